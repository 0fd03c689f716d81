// A flow as the code generator lays it out: each range has one block that goes round, and loops are natural.
//
// The interpreter's flow tests ranges at the bottom, in a copy of the test at the top, and a loop with several ends may have both forms.
// LLVM rotates loops itself and knows best a loop with one header: the copies of one range_next become one block again.
#pragma once

#include <vector>

#include "jit/flow/flow.h"

namespace px::jit::baseline {

struct LoopPlan {
  flow::BlockIndex header;
  std::vector<uint8_t> is_latch;  // by block: jumps back to the header
  // Runs in strips of px_poll_interval rounds with a poll between them, so that the loop itself can be counted and vectorised. Otherwise
  // each round pays `cost` from the function's fuel.
  bool strips;
  int64_t cost;
};

struct Graph {
  flow::Flow flow;           // the blocks of the unit's, at their indices, and the ranges' after them; liveness is filled in
  std::vector<int> loop_of;  // by block: index into `loops` of the loop that it is the header of, or -1
  std::vector<LoopPlan> loops;
  bool has_fuel = false;  // some loop pays by the round

  // The block at which to go on in place of `block`, where that is the body of one range alone: the range's, a round undone. Otherwise
  // `block` itself.
  flow::BlockIndex entry_of(flow::BlockIndex block) const;
};

Graph make_graph(const flow::Flow&);

}  // namespace px::jit::baseline
