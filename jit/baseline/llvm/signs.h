// What is known of integers in slots without running anything: which are never negative, and which are always inside an axis of an array.
// Each says something of every value that a definition ever gives the slot, wherever it is read.
#pragma once

#include <vector>

#include "jit/baseline/llvm/slots.h"

namespace px::jit::baseline {

struct Signs {
  std::vector<uint8_t> nonnegative;  // by slot: as an i64
  std::vector<typed::Slot> origin;   // by slot: the slot that never changes and whose value it has (perhaps itself), or no_slot
  std::vector<typed::Slot> below;    // by slot: the origin of what every value is less than, or no_slot
};

Signs find_signs(const flow::Flow&, const SlotConstants&);

}  // namespace px::jit::baseline
