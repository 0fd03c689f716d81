#include "jit/baseline/llvm/graph.h"

#include <map>
#include <tuple>

namespace px::jit::baseline {

using flow::BlockIndex;
using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

constexpr int64_t call_cost = 64;  // rounds that a call may stand for

// Each group of equal range_next instructions becomes one block.
void share_ranges(flow::Flow& flow) {
  using Key = std::tuple<Slot, Slot, uint32_t, uint32_t, uint32_t, Scalar>;
  std::map<Key, BlockIndex> shared;
  std::vector<BlockIndex> layout = flow.layout;
  for (BlockIndex b : layout) {
    Instr last = flow.blocks[b].last();
    if (last.op != Op::range_next_) continue;
    auto [found, is_new] = shared.try_emplace({last.a, last.d, last.target, last.target2, last.aux, last.kind}, flow.blocks.size());
    if (is_new) {
      flow::Block block;
      block.code.push_back(last);
      flow.blocks.push_back(std::move(block));
      flow.layout.push_back(found->second);
    }
    Instr jump{};
    jump.op = Op::jump_;
    jump.target = found->second;
    jump.line = last.line;
    flow.blocks[b].last() = jump;
  }
}

bool defines_iterator(const flow::Flow& flow, const Instr& instr, Slot iterator, uint32_t slots) {
  bool found = false;
  flow::for_each_definition(*flow.function, instr, [&](Slot s) { found |= s >= iterator && s < iterator + slots; });
  return found;
}

// Whether nothing in the loop but the range's own block moves its iterator on.
bool owns_iterator(const flow::Flow& flow, const flow::Loop& loop) {
  const Instr& next = flow.blocks[loop.header].last();
  uint32_t slots = next.aux == flow::unit_step ? 2 : 3;
  for (BlockIndex b : loop.members) {
    if (b == loop.header) continue;
    for (const Instr& instr : flow.blocks[b].code) {
      if (defines_iterator(flow, instr, next.a, slots)) return false;
    }
  }
  return true;
}

int64_t cost_of(const flow::Flow& flow, const flow::Loop& loop) {
  int64_t cost = 1;
  for (BlockIndex b : loop.members) {
    for (const Instr& instr : flow.blocks[b].code) cost += instr.op == Op::call_ || instr.op == Op::runtime_ ? call_cost : 0;
  }
  return cost;
}

}  // namespace

BlockIndex Graph::entry_of(BlockIndex block) const {
  BlockIndex only = UINT32_MAX;
  for (BlockIndex b : flow.layout) {
    bool leads = false;
    flow::for_each_successor(flow.blocks[b], [&](BlockIndex s) { leads |= s == block; });
    if (!leads) continue;
    if (only != UINT32_MAX) return block;
    only = b;
  }
  if (only == UINT32_MAX) return block;
  const Instr& last = flow.blocks[only].last();
  return last.op == Op::range_next_ && last.target2 == block && last.target != block ? only : block;
}

Graph make_graph(const flow::Flow& original) {
  Graph graph;
  flow::Flow& flow = graph.flow;
  flow.function = std::make_unique<typed::Function>(*original.function);
  flow.blocks = original.blocks;
  flow.layout = original.layout;
  share_ranges(flow);
  flow::find_liveness(flow);

  graph.loop_of.assign(flow.blocks.size(), -1);
  std::vector<flow::Loop> loops = flow::find_loops(flow);
  for (const flow::Loop& loop : loops) graph.loop_of[loop.header] = static_cast<int>(&loop - loops.data());
  for (const flow::Loop& loop : loops) {
    LoopPlan plan{loop.header, std::vector<uint8_t>(flow.blocks.size()), false, cost_of(flow, loop)};
    for (BlockIndex b : loop.latches) plan.is_latch[b] = 1;
    bool innermost = true;
    for (BlockIndex b : loop.members) innermost &= b == loop.header || graph.loop_of[b] < 0;
    const Instr& last = flow.blocks[loop.header].last();
    plan.strips = innermost && plan.cost == 1 && last.op == Op::range_next_ && owns_iterator(flow, loop);
    graph.has_fuel |= !plan.strips;
    graph.loops.push_back(std::move(plan));
  }
  return graph;
}

}  // namespace px::jit::baseline
