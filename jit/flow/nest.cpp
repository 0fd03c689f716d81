#include "jit/flow/nest.h"

#include <algorithm>

namespace px::jit::flow {

using typed::Op;

Nest find_nest(const Flow& flow) {
  std::vector<Loop> found = find_loops(flow);
  // A loop has more blocks than any in it.
  std::ranges::stable_sort(found, std::greater<>{}, [](const Loop& loop) { return loop.members.size(); });
  Nest nest;
  nest.loop_of.assign(flow.blocks.size(), no_loop);
  for (Loop& loop : found) {
    NestedLoop made;
    auto index = static_cast<uint32_t>(nest.loops.size());
    made.header = loop.header;
    made.outer = nest.loop_of[loop.header];
    made.outermost = made.outer == no_loop ? index : nest.loops[made.outer].outermost;
    made.depth = made.outer == no_loop ? 1 : nest.loops[made.outer].depth + 1;
    made.members = std::move(loop.members);
    // The range_next that leaves the loop says what it counts with; two different ones say nothing.
    bool several = false;
    for (BlockIndex b : made.members) {
      const typed::Instr& last = flow.blocks[b].last();
      if (last.op != Op::range_next_ || std::ranges::find(made.members, last.target) != made.members.end()) continue;
      several |= made.iterator != typed::no_slot && made.iterator != last.a;
      made.iterator = last.a;
      made.unit = last.aux == unit_step;
    }
    if (several) made.iterator = typed::no_slot;
    for (BlockIndex b : made.members) nest.loop_of[b] = index;
    nest.loops.push_back(std::move(made));
  }
  return nest;
}

}  // namespace px::jit::flow
