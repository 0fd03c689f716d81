#include "jit/flow/flow.h"

#include <algorithm>

namespace px::jit::flow {

using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

bool ends_block(Op op) {
  return op == Op::jump_ || op == Op::branch_ || op == Op::range_next_ || op == Op::guard_ || op == Op::ret_ || op == Op::raise_;
}

void set_bit(std::vector<uint64_t>& bits, Slot slot) {
  bits[slot / 64] |= uint64_t{1} << slot % 64;
}

// Reverse postorder of what is reachable, by an explicit stack: code may be long.
std::vector<BlockIndex> order_blocks(const Flow& flow) {
  std::vector<uint8_t> seen(flow.blocks.size());
  std::vector<std::pair<BlockIndex, int>> stack{{0, 0}};
  std::vector<BlockIndex> order;
  seen[0] = 1;
  while (!stack.empty()) {
    auto& [block, step] = stack.back();
    BlockIndex successors[2];
    int count = 0;
    for_each_successor(flow.blocks[block], [&](BlockIndex s) { successors[count++] = s; });
    if (step == count) {
      order.push_back(block);
      stack.pop_back();
      continue;
    }
    BlockIndex next = successors[step++];
    if (!seen[next]) {
      seen[next] = 1;
      stack.push_back({next, 0});
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace

Flow build_flow(const typed::Function& function) {
  const std::vector<Instr>& code = function.code;
  std::vector<uint8_t> leads(code.size() + 1);
  leads[0] = 1;
  for (size_t i = 0; i < code.size(); ++i) {
    const Instr& instr = code[i];
    if (instr.op == Op::jump_ || instr.op == Op::branch_ || instr.op == Op::range_next_ || instr.op == Op::guard_) leads[instr.target] = 1;
    if (instr.op == Op::branch_ || instr.op == Op::guard_) leads[instr.target2] = 1;
    if (ends_block(instr.op)) leads[i + 1] = 1;
    if (instr.op == Op::guard_ && i > 0) leads[i - 1] = 1;  // what may fail for another reason is in another block
  }
  std::vector<BlockIndex> block_of(code.size() + 1);
  BlockIndex count = 0;
  for (size_t i = 0; i <= code.size(); ++i) {
    if (leads[i] && i > 0) ++count;
    block_of[i] = count;
  }

  Flow flow;
  flow.function = std::make_unique<typed::Function>();
  typed::Function& own = *flow.function;
  own.parameter_slots = function.parameter_slots;
  own.frame_slots = function.frame_slots;
  own.constants = function.constants;
  own.accesses = function.accesses;
  own.calls = function.calls;
  own.runtime_calls = function.runtime_calls;
  own.raises = function.raises;
  own.pointers = function.pointers;
  own.slot_names = function.slot_names;
  flow.blocks.resize(block_of[code.size() - 1] + 1);
  for (size_t i = 0; i < code.size(); ++i) {
    Block& block = flow.blocks[block_of[i]];
    Instr instr = code[i];
    if (instr.op == Op::range_next_) instr.target2 = block_of[i + 1];
    if (instr.op == Op::branch_ || instr.op == Op::guard_) instr.target2 = block_of[instr.target2];
    if (instr.op == Op::jump_ || instr.op == Op::branch_ || instr.op == Op::range_next_ || instr.op == Op::guard_)
      instr.target = block_of[instr.target];
    block.code.push_back(instr);
    if (!ends_block(instr.op) && i + 1 < code.size() && leads[i + 1]) {
      Instr jump{};
      jump.op = Op::jump_;
      jump.target = block_of[i + 1];
      jump.line = instr.line;
      block.code.push_back(jump);
    }
    block.cold = instr.op == Op::raise_;
  }
  for (BlockIndex i = 0; i < flow.blocks.size(); ++i) flow.layout.push_back(i);
  drop_unreachable(flow);
  return flow;
}

void drop_unreachable(Flow& flow) {
  std::vector<uint8_t> reachable(flow.blocks.size());
  for (BlockIndex b : order_blocks(flow)) reachable[b] = 1;
  std::erase_if(flow.layout, [&](BlockIndex b) { return !reachable[b]; });
}

bool is_live(const std::vector<uint64_t>& slots, Slot slot) {
  return slots[slot / 64] >> slot % 64 & 1;
}

void find_liveness(Flow& flow) {
  size_t words = flow.function->frame_slots / 64 + 1;
  std::vector<std::vector<uint64_t>> used(flow.blocks.size()), defined(flow.blocks.size());
  for (BlockIndex b : flow.layout) {
    Block& block = flow.blocks[b];
    block.live_in.assign(words, 0);
    block.live_out.assign(words, 0);
    used[b].assign(words, 0);
    defined[b].assign(words, 0);
    for (const Instr& instr : block.code) {
      for_each_use(*flow.function, instr, [&](Slot s) {
        if (!is_live(defined[b], s)) set_bit(used[b], s);
      });
      // range_next defines `d` only where it goes on: not a definition on the way out.
      for_each_definition(*flow.function, instr, [&](Slot s) {
        if (!(instr.op == Op::range_next_ && s == instr.d)) set_bit(defined[b], s);
      });
    }
  }
  std::vector<BlockIndex> order = order_blocks(flow);
  std::reverse(order.begin(), order.end());
  for (bool changed = true; changed;) {
    changed = false;
    for (BlockIndex b : order) {
      Block& block = flow.blocks[b];
      for_each_successor(block, [&](BlockIndex s) {
        for (size_t w = 0; w < words; ++w) block.live_out[w] |= flow.blocks[s].live_in[w];
      });
      for (size_t w = 0; w < words; ++w) {
        uint64_t in = used[b][w] | (block.live_out[w] & ~defined[b][w]);
        changed |= in != block.live_in[w];
        block.live_in[w] = in;
      }
    }
  }
}

std::vector<std::vector<BlockIndex>> predecessors(const Flow& flow) {
  std::vector<std::vector<BlockIndex>> result(flow.blocks.size());
  for (BlockIndex b : flow.layout) for_each_successor(flow.blocks[b], [&](BlockIndex s) { result[s].push_back(b); });
  return result;
}

std::vector<Loop> find_loops(const Flow& flow) {
  // Dominators by the usual iteration over reverse postorder; `number` is a block's place in it.
  std::vector<BlockIndex> order = order_blocks(flow);
  constexpr uint32_t none = UINT32_MAX;
  std::vector<uint32_t> number(flow.blocks.size(), none), dominator(order.size(), none);
  for (uint32_t i = 0; i < order.size(); ++i) number[order[i]] = i;
  auto before = predecessors(flow);
  dominator[0] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 1; i < order.size(); ++i) {
      uint32_t meet = none;
      for (BlockIndex p : before[order[i]]) {
        uint32_t x = number[p];
        if (x == none || dominator[x] == none) continue;
        if (meet == none) {
          meet = x;
          continue;
        }
        while (x != meet) (x > meet ? x : meet) = dominator[x > meet ? x : meet];
      }
      changed |= meet != dominator[i];
      dominator[i] = meet;
    }
  }
  auto dominates = [&](uint32_t a, uint32_t b) {
    while (b > a) b = dominator[b];
    return a == b;
  };

  std::vector<Loop> loops;
  for (uint32_t i = static_cast<uint32_t>(order.size()); i-- > 0;) {
    Loop loop{order[i], {order[i]}, {}};
    for (BlockIndex p : before[order[i]]) {
      if (number[p] != none && dominates(i, number[p])) loop.latches.push_back(p);
    }
    if (loop.latches.empty()) continue;
    std::vector<uint8_t> inside(flow.blocks.size());
    inside[loop.header] = 1;
    std::vector<BlockIndex> work = loop.latches;
    while (!work.empty()) {
      BlockIndex b = work.back();
      work.pop_back();
      if (inside[b]) continue;
      inside[b] = 1;
      loop.members.push_back(b);
      work.insert(work.end(), before[b].begin(), before[b].end());
    }
    loops.push_back(std::move(loop));
  }
  return loops;
}

bool may_fail(const typed::Function& function, const Instr& instr) {
  switch (instr.op) {
    case Op::truediv_:
    case Op::floordiv_:
    case Op::mod_:
      return instr.aux != 0;
    case Op::range_init_:
      return instr.aux != unit_step;
    case Op::shl_:
    case Op::shr_:
    case Op::call_:
    case Op::runtime_:
    case Op::raise_:
      return true;
    case Op::load_:
    case Op::store_:
      return function.accesses[instr.aux].bounds_check;
    default:
      return false;
  }
}

bool yields_value(Op op) {
  switch (op) {
    case Op::move_:
    case Op::store_:
    case Op::range_init_:
    case Op::call_:
    case Op::runtime_:
      return false;
    default:
      return !ends_block(op);
  }
}

bool is_pure(const typed::Function& function, const Instr& instr) {
  return !may_fail(function, instr) && !writes_memory(instr) && !ends_block(instr.op);
}

}  // namespace px::jit::flow
