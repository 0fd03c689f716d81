#include "jit/flow/optimise.h"

#include <algorithm>

namespace px::jit::flow {

using typed::Instr;
using typed::Op;

void thread_jumps(Flow& flow) {
  auto jumps_only = [&](BlockIndex b) { return flow.blocks[b].code.size() == 1 && flow.blocks[b].last().op == Op::jump_; };
  auto destination = [&](BlockIndex b) {
    // Bounded: an empty endless loop jumps to itself.
    for (size_t hops = 0; jumps_only(b) && hops < flow.blocks.size(); ++hops) b = flow.blocks[b].last().target;
    return b;
  };
  for (BlockIndex b : flow.layout) {
    Instr& last = flow.blocks[b].last();
    if (last.op != Op::jump_ && last.op != Op::branch_ && last.op != Op::range_next_ && last.op != Op::guard_) continue;
    last.target = destination(last.target);
    if (last.op != Op::jump_) last.target2 = destination(last.target2);
    if (last.op == Op::branch_ && last.target == last.target2) last.op = Op::jump_;
  }
  drop_unreachable(flow);

  std::vector<uint32_t> entries(flow.blocks.size());
  entries[0] = 1;
  for (BlockIndex b : flow.layout) for_each_successor(flow.blocks[b], [&](BlockIndex s) { ++entries[s]; });
  std::vector<uint8_t> gone(flow.blocks.size());
  for (BlockIndex b : flow.layout) {
    if (gone[b]) continue;
    Block& block = flow.blocks[b];
    while (block.last().op == Op::jump_ && block.last().target != b && entries[block.last().target] == 1) {
      // A guard's block holds nothing else that may fail.
      bool guarded = flow.blocks[block.last().target].last().op == Op::guard_;
      if (guarded && std::ranges::any_of(block.code, [&](const Instr& i) { return may_fail(*flow.function, i); })) break;
      BlockIndex next = block.last().target;
      Block& swallowed = flow.blocks[next];
      block.code.pop_back();
      block.code.insert(block.code.end(), swallowed.code.begin(), swallowed.code.end());
      block.cold |= swallowed.cold;
      gone[next] = 1;
    }
  }
  std::erase_if(flow.layout, [&](BlockIndex b) { return gone[b]; });
}

void order_layout(Flow& flow) {
  std::ranges::stable_sort(flow.layout, {}, [&](BlockIndex b) { return b != 0 && flow.blocks[b].cold; });
}

void optimise(Flow& flow) {
  thread_jumps(flow);
  split_moves(flow);
  forward_constants(flow);
  forward_copies(flow);
  simplify_ranges(flow);
  drop_dead(flow);
  coalesce_moves(flow);
  hoist_invariants(flow);
  rotate_loops(flow);
  thread_jumps(flow);
  forward_copies(flow);
  drop_dead(flow);
  coalesce_moves(flow);
  order_layout(flow);
}

}  // namespace px::jit::flow
