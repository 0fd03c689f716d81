// The loops of a flow as a nest: which block lies in which loop, which loop in which, and what a range loop counts with.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/flow/flow.h"

namespace px::jit::flow {

constexpr uint32_t no_loop = UINT32_MAX;

struct NestedLoop {
  BlockIndex header;
  uint32_t outer = no_loop;      // the loop around it
  uint32_t outermost = no_loop;  // the loop around it that no loop is around; itself perhaps
  uint32_t depth = 1;            // loops around its blocks, itself included
  // The iterator of the range that it goes round by: two slots {next, stop} where `unit`, else three {next, step, remaining}; or none.
  typed::Slot iterator = typed::no_slot;
  bool unit = false;
  std::vector<BlockIndex> members;  // header included
};

struct Nest {
  std::vector<NestedLoop> loops;  // outer before inner
  std::vector<uint32_t> loop_of;  // by block: the innermost loop, or no_loop
  uint32_t find(BlockIndex header) const {
    for (uint32_t i = 0; i < loops.size(); ++i)
      if (loops[i].header == header) return i;
    return no_loop;
  }
};

Nest find_nest(const Flow&);

// How often a range loop will still go round, from the slots of its iterator.
inline uint64_t rounds_left(const uint64_t* iterator, bool unit) {
  if (!unit) return iterator[2];
  auto next = static_cast<int64_t>(iterator[0]), stop = static_cast<int64_t>(iterator[1]);
  return next < stop ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(next) : 0;
}

}  // namespace px::jit::flow
