// A flow as the code generator lays it out: each range has one block that goes round, and loops are natural.
//
// The interpreter's flow tests ranges at the bottom, in a copy of the test at the top, and a loop with several ends may have both forms.
// LLVM rotates loops itself and knows best a loop with one header: the copies of one range_next become one block again.
#pragma once

#include <optional>
#include <vector>

#include "jit/flow/flow.h"

namespace px::jit::baseline {

struct LoopPlan {
  flow::BlockIndex header;
  std::vector<uint8_t> is_latch;  // by block: jumps back to the header
  // Innermost loops run in strips of px_poll_interval rounds with a poll between them. A range's strip is a bound on the range, so that the
  // loop can be counted and vectorised; another loop's is counted. Ranges of a few rounds by their constants do not poll. Other loops pay
  // `cost` from the function's fuel each round.
  enum class Polls : uint8_t { none, range_strips, counted_strips, fuel } polls;
  int64_t cost;
  // Ranges of step 1: what the range's variable is never below, where that is known.
  std::optional<int64_t> least;
};

struct Graph {
  flow::Flow flow;           // the blocks of the unit's, at their indices, and the ranges' after them; liveness is filled in
  std::vector<int> loop_of;  // by block: index into `loops` of the loop that it is the header of, or -1
  std::vector<LoopPlan> loops;
  bool has_fuel = false;  // some loop pays by the round

  // Where a frame that stands at the start of `block` goes on. `undo`: it is the range of which `block` is the body, a round back, so that
  // the loop is entered at its header.
  struct Start {
    flow::BlockIndex block;
    bool undo;
  };
  Start start_at(flow::BlockIndex block) const;
};

Graph make_graph(const flow::Flow&);

// By block: whether it is reached from `start`.
std::vector<uint8_t> reached_from(const flow::Flow&, flow::BlockIndex start);

}  // namespace px::jit::baseline
