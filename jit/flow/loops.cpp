// Loops: ranges of step 1, invariants, the test at the bottom.
#include <algorithm>
#include <unordered_map>

#include "jit/flow/optimise.h"

namespace px::jit::flow {

using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

constexpr size_t longest_header = 12;  // instructions that are worth copying to a loop's bottom

// The slot that `slot` was copied from in the block before `end`, or `slot` itself; the copy must still equal it at `end`.
Slot copied_from(const Flow& flow, const Block& block, size_t end, Slot slot) {
  for (size_t i = end; i-- > 0;) {
    bool defines = false;
    for_each_definition(*flow.function, block.code[i], [&](Slot s) { defines |= s == slot; });
    if (!defines) continue;
    if (block.code[i].op != Op::move_ || block.code[i].aux != 1) return slot;
    Slot source = block.code[i].a;
    bool changed = false;
    for (size_t k = i + 1; k < end; ++k) for_each_definition(*flow.function, block.code[k], [&](Slot s) { changed |= s == source; });
    return changed ? slot : source;
  }
  return slot;
}

// A copy of `instr` for another place: its entry in the tables is its own.
Instr duplicate(typed::Function& function, Instr instr) {
  auto again = [&](auto& table) {
    auto entry = table[instr.aux];
    table.push_back(std::move(entry));
    instr.aux = static_cast<uint32_t>(table.size()) - 1;
  };
  if (instr.op == Op::load_ || instr.op == Op::store_) again(function.accesses);
  if (instr.op == Op::call_) again(function.calls);
  if (instr.op == Op::runtime_) again(function.runtime_calls);
  return instr;
}

}  // namespace

void simplify_ranges(Flow& flow) {
  const typed::Function& function = *flow.function;
  std::unordered_map<Slot, uint64_t> constants;
  std::vector<uint32_t> definitions(function.frame_slots + 1);
  for (BlockIndex b : flow.layout) {
    for (const Instr& instr : flow.blocks[b].code) for_each_definition(function, instr, [&](Slot s) { ++definitions[s]; });
  }
  for (const typed::Constant& constant : function.constants) {
    if (definitions[constant.slot] == 0) constants[constant.slot] = constant.bits;
  }
  // Iterators of which every range_init has step 1 and that nothing but range_init and range_next touches.
  std::unordered_map<Slot, bool> simple;
  auto spoil = [&](Slot s) {
    for (Slot first : {s, s - 1, s - 2}) {
      if (auto found = simple.find(first); found != simple.end()) found->second = false;
    }
  };
  for (BlockIndex b : flow.layout) {
    for (const Instr& instr : flow.blocks[b].code) {
      if (instr.op == Op::range_init_) simple[instr.d] = true;
    }
  }
  for (BlockIndex b : flow.layout) {
    const Block& block = flow.blocks[b];
    for (size_t j = 0; j < block.code.size(); ++j) {
      const Instr& instr = block.code[j];
      if (instr.op == Op::range_init_) {
        Slot step = copied_from(flow, block, j, instr.a + 2);
        auto value = constants.find(step);
        if (value == constants.end() || value->second != 1) simple[instr.d] = false;
        for_each_use(function, instr, spoil);
        for (Slot k : {1u, 2u}) {
          if (simple.contains(instr.d + k)) simple[instr.d] = simple[instr.d + k] = false;
        }
      } else if (instr.op == Op::range_next_) {
        spoil(instr.d);
        for (Slot k : {1u, 2u}) {
          if (simple.contains(instr.a + k)) simple[instr.a + k] = false;
          if (simple.contains(instr.a - k)) simple[instr.a - k] = false;
        }
      } else {
        for_each_use(function, instr, spoil);
        for_each_definition(function, instr, spoil);
      }
    }
  }
  for (BlockIndex b : flow.layout) {
    Block& block = flow.blocks[b];
    for (size_t j = 0; j < block.code.size(); ++j) {
      Instr& instr = block.code[j];
      if (instr.op == Op::range_init_ && simple[instr.d]) {
        Slot range = instr.a;
        instr.a = copied_from(flow, block, j, range);
        instr.b = copied_from(flow, block, j, range + 1);
        instr.aux = unit_step;
      } else if (instr.op == Op::range_next_) {
        if (auto found = simple.find(instr.a); found != simple.end() && found->second) instr.aux = unit_step;
      }
    }
  }
}

void hoist_invariants(Flow& flow) {
  find_liveness(flow);
  const typed::Function& function = *flow.function;
  std::vector<uint32_t> definitions(function.frame_slots + 1);
  for (BlockIndex b : flow.layout) {
    for (const Instr& instr : flow.blocks[b].code) for_each_definition(function, instr, [&](Slot s) { ++definitions[s]; });
  }
  auto before = predecessors(flow);
  for (const Loop& loop : find_loops(flow)) {
    // The block that enters the loop, where it is one and leads nowhere else.
    BlockIndex entry = UINT32_MAX;
    bool several = loop.header == 0;
    for (BlockIndex p : before[loop.header]) {
      if (std::find(loop.latches.begin(), loop.latches.end(), p) != loop.latches.end()) continue;
      several |= entry != UINT32_MAX;
      entry = p;
    }
    if (several || entry == UINT32_MAX || flow.blocks[entry].last().op != Op::jump_) continue;
    std::vector<uint8_t> changes(function.frame_slots + 1);
    for (BlockIndex b : loop.members) {
      for (const Instr& instr : flow.blocks[b].code) for_each_definition(function, instr, [&](Slot s) { changes[s] = 1; });
    }
    // Members in the layout's order, so that what depends on another invariant comes after it.
    std::vector<BlockIndex> members = loop.members;
    std::sort(members.begin(), members.end());
    for (bool found = true; found;) {
      found = false;
      for (BlockIndex b : members) {
        std::vector<Instr>& code = flow.blocks[b].code;
        for (size_t j = 0; j < code.size(); ++j) {
          const Instr& instr = code[j];
          if (!yields_value(instr.op) || !is_pure(function, instr) || instr.op == Op::load_) continue;
          if (definitions[instr.d] != 1 || is_live(flow.blocks[loop.header].live_in, instr.d)) continue;
          bool varies = false;
          for_each_use(function, instr, [&](Slot s) { varies |= changes[s] != 0; });
          if (varies) continue;
          std::vector<Instr>& outside = flow.blocks[entry].code;
          outside.insert(outside.end() - 1, instr);
          changes[instr.d] = 0;
          code.erase(code.begin() + static_cast<ptrdiff_t>(j));
          --j;
          found = true;
        }
      }
    }
    find_liveness(flow);
  }
}

void rotate_loops(Flow& flow) {
  for (const Loop& loop : find_loops(flow)) {
    const Block& header = flow.blocks[loop.header];
    bool tests = header.last().op == Op::branch_ || header.last().op == Op::range_next_;
    if (!tests || header.code.size() > longest_header) continue;
    for (BlockIndex latch : loop.latches) {
      if (latch == loop.header || flow.blocks[latch].last().op != Op::jump_) continue;
      std::vector<Instr> copy;
      for (const Instr& instr : flow.blocks[loop.header].code) copy.push_back(duplicate(*flow.function, instr));
      std::vector<Instr>& code = flow.blocks[latch].code;
      code.pop_back();
      code.insert(code.end(), copy.begin(), copy.end());
    }
  }
}

}  // namespace px::jit::flow
