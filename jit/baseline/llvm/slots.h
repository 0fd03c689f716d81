// What each slot of a function holds, as far as machine code cares: found from definitions and uses, so that a slot becomes one LLVM
// variable of one type.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/baseline/unit.h"

namespace px::jit::baseline {

// `word` is any eight bytes: integers of both signs, and what is mixed or never looked at. `flag` is a boolean.
enum class Kind : uint8_t { word, f64, f32, flag, pointer };

struct SlotKinds {
  std::vector<Kind> slots;    // by slot
  std::vector<Kind> results;  // of what the function returns
};

// Of the register form of a scalar.
constexpr Kind kind_of(Scalar s) {
  return s == Scalar::f64 ? Kind::f64 : s == Scalar::f32 ? Kind::f32 : s == Scalar::boolean ? Kind::flag : Kind::word;
}

// One a function of the unit. Calls inside the unit pass arguments and results in the callee's kinds.
std::vector<SlotKinds> find_kinds(const Unit&);

// The constants of slots that nothing redefines: `known[slot]` says whether `bits[slot]` is its value throughout.
struct SlotConstants {
  std::vector<uint8_t> known;
  std::vector<uint64_t> bits;
};
SlotConstants find_constants(const flow::Flow&);

}  // namespace px::jit::baseline
