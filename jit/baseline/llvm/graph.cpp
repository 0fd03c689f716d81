#include "jit/baseline/llvm/graph.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "jit/baseline/llvm/slots.h"

namespace px::jit::baseline {

using flow::BlockIndex;
using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

constexpr int64_t call_cost = 64;  // rounds that a call may stand for
constexpr int64_t few_rounds = 256;

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

// Past blocks that only jump on. An empty endless loop jumps to itself.
BlockIndex destination(const flow::Flow& flow, BlockIndex b) {
  for (size_t hops = 0; hops < flow.blocks.size(); ++hops) {
    const flow::Block& block = flow.blocks[b];
    if (block.code.size() != 1 || block.last().op != Op::jump_) break;
    b = block.last().target;
  }
  return b;
}

// The block that only held a range's test, and that some of a loop's ends still go to, is not a header beside the range's own.
void thread_jumps(flow::Flow& flow) {
  for (BlockIndex b : flow.layout) {
    Instr& last = flow.blocks[b].last();
    if (last.op != Op::jump_ && last.op != Op::branch_ && last.op != Op::range_next_ && last.op != Op::guard_) continue;
    last.target = destination(flow, last.target);
    if (last.op != Op::jump_) last.target2 = destination(flow, last.target2);
  }
  flow::drop_unreachable(flow);
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

// The least of the constants that the iterator of a range of step 1 starts at, if it always starts at one.
std::optional<int64_t> least_of(const flow::Flow& flow, const SlotConstants& constants, const Instr& next) {
  std::optional<int64_t> least;
  if (next.op != Op::range_next_ || next.aux != flow::unit_step || next.kind != Scalar::i64) return least;
  for (BlockIndex b : flow.layout) {
    for (const Instr& i : flow.blocks[b].code) {
      if (i.op == Op::range_next_ || !defines_iterator(flow, i, next.a, 1)) continue;
      if (i.op != Op::range_init_ || i.aux != flow::unit_step || !constants.known[i.a]) return {};
      auto start = static_cast<int64_t>(constants.bits[i.a]);
      least = std::min(least.value_or(start), start);
    }
  }
  return least;
}

// A range of step 1 whose bounds are constants near each other.
bool is_short(const flow::Flow& flow, const SlotConstants& constants, const Instr& next, int64_t least) {
  for (BlockIndex b : flow.layout) {
    for (const Instr& i : flow.blocks[b].code) {
      if (i.op != Op::range_init_ || i.d != next.a) continue;
      if (!constants.known[i.b] || static_cast<int64_t>(constants.bits[i.b]) >= least + few_rounds) return false;
    }
  }
  return true;
}

}  // namespace

Graph::Start Graph::start_at(BlockIndex block) const {
  BlockIndex there = destination(flow, block);
  if (there != block) return {there, false};
  BlockIndex only = UINT32_MAX;
  for (BlockIndex b : flow.layout) {
    bool leads = false;
    flow::for_each_successor(flow.blocks[b], [&](BlockIndex s) { leads |= s == block; });
    if (!leads) continue;
    if (only != UINT32_MAX) return {block, false};
    only = b;
  }
  if (only == UINT32_MAX) return {block, false};
  const Instr& last = flow.blocks[only].last();
  if (last.op != Op::range_next_ || last.target2 != block || last.target == block) return {block, false};
  return {only, true};
}

std::vector<uint8_t> reached_from(const flow::Flow& flow, BlockIndex start) {
  std::vector<uint8_t> reached(flow.blocks.size());
  std::vector<BlockIndex> ahead{start};
  while (!ahead.empty()) {
    BlockIndex b = ahead.back();
    ahead.pop_back();
    if (std::exchange(reached[b], 1) != 0) continue;
    flow::for_each_successor(flow.blocks[b], [&](BlockIndex s) { ahead.push_back(s); });
  }
  return reached;
}

Graph make_graph(const flow::Flow& original) {
  Graph graph;
  flow::Flow& flow = graph.flow;
  flow.function = std::make_unique<typed::Function>(*original.function);
  flow.blocks = original.blocks;
  flow.layout = original.layout;
  share_ranges(flow);
  thread_jumps(flow);
  flow::find_liveness(flow);

  SlotConstants constants = find_constants(flow);
  graph.loop_of.assign(flow.blocks.size(), -1);
  std::vector<flow::Loop> loops = flow::find_loops(flow);
  for (const flow::Loop& loop : loops) graph.loop_of[loop.header] = static_cast<int>(&loop - loops.data());
  for (const flow::Loop& loop : loops) {
    const Instr& last = flow.blocks[loop.header].last();
    LoopPlan plan{loop.header, std::vector<uint8_t>(flow.blocks.size()), LoopPlan::Polls::fuel, cost_of(flow, loop),
                  least_of(flow, constants, last)};
    for (BlockIndex b : loop.latches) plan.is_latch[b] = 1;
    bool innermost = true;
    for (BlockIndex b : loop.members) innermost &= b == loop.header || graph.loop_of[b] < 0;
    if (innermost && plan.cost == 1) {
      bool range = last.op == Op::range_next_ && owns_iterator(flow, loop);
      plan.polls = range ? LoopPlan::Polls::range_strips : LoopPlan::Polls::counted_strips;
      if (range && plan.least && *plan.least > INT64_MIN / 2 && is_short(flow, constants, last, *plan.least))
        plan.polls = LoopPlan::Polls::none;
    }
    graph.has_fuel |= plan.polls == LoopPlan::Polls::fuel;
    graph.loops.push_back(std::move(plan));
  }
  return graph;
}

}  // namespace px::jit::baseline
