// Typed code as basic blocks: copied from a typed::Function and cleaned up. Interpreter and baseline compiler are both made from it; the
// same function always gives the same flow, so that a frame of the one is a frame of the other at the start of each block.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "jit/typed/typed.h"

namespace px::jit::flow {

using BlockIndex = uint32_t;

// Straight code. The last instruction is a jump, branch, range_next, guard, ret or raise, whose targets are block indices: `target` of a
// jump; `target` and `target2` of a branch and a guard (of whose block only the instruction before it may fail); `target` (exhausted) and
// `target2` (next round) of a range_next.
//
// Ranges of step 1 have a form of their own, with `aux` = `unit_step`: range_init sets d[0..2) = {next, stop} from the slots a and b;
// range_next goes round while a[0] < a[1], with d = a[0] and a[0] increased.
constexpr uint32_t unit_step = 1;

struct Block {
  std::vector<typed::Instr> code;
  std::vector<uint64_t> live_in, live_out;  // bits by slot, set by `find_liveness`
  uint32_t depth = 0;                       // loops around it
  bool cold = false;                        // ends in a raise

  typed::Instr& last() { return code.back(); }
  const typed::Instr& last() const { return code.back(); }
};

struct Flow {
  // What the blocks' instructions refer to by `aux`: the typed function without its code, the passes' own to change. Raises are as they
  // were.
  std::unique_ptr<typed::Function> function;
  std::vector<Block> blocks;       // 0 is the entry
  std::vector<BlockIndex> layout;  // reachable blocks in the order in which they are laid out
};

// A loop: the blocks from which its header is reached again without leaving it.
struct Loop {
  BlockIndex header;
  std::vector<BlockIndex> members;  // header included
  std::vector<BlockIndex> latches;  // members that jump to the header
};

Flow build_flow(const typed::Function&);
void find_liveness(Flow&);
bool is_live(const std::vector<uint64_t>& slots, typed::Slot);
void drop_unreachable(Flow&);
std::vector<std::vector<BlockIndex>> predecessors(const Flow&);
std::vector<Loop> find_loops(const Flow&);  // natural loops, one a header; inner before outer

// Up to two.
template <class Visit>
void for_each_successor(const Block& block, Visit visit) {
  const typed::Instr& last = block.last();
  using typed::Op;
  bool two = last.op == Op::branch_ || last.op == Op::range_next_ || last.op == Op::guard_;
  if (last.op == Op::jump_ || two) visit(last.target);
  if (two) visit(last.target2);
}

template <class Visit>
void for_each_use(const typed::Function& function, const typed::Instr& instr, Visit visit) {
  using typed::Op;
  auto run = [&](typed::Slot first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) visit(first + i);
  };
  auto list = [&](const std::vector<typed::Slot>& slots) {
    for (typed::Slot slot : slots) visit(slot);
  };
  switch (instr.op) {
    case Op::move_:
    case Op::ret_:
      return run(instr.a, instr.aux);
    case Op::range_init_:
      if (instr.aux != unit_step) return run(instr.a, 3);
      visit(instr.a);
      return visit(instr.b);
    case Op::range_next_:
      return run(instr.a, instr.aux == unit_step ? 2 : 3);
    case Op::load_:
    case Op::store_: {
      const typed::Access& access = function.accesses[instr.aux];
      run(access.array, access.type->slots);
      list(access.index);
      if (instr.op == Op::store_) visit(instr.a);
      return;
    }
    case Op::jump_:
    case Op::guard_:
      return;
    case Op::call_:
      return list(function.calls[instr.aux].arguments);
    case Op::runtime_:
      return list(function.runtime_calls[instr.aux].arguments);
    case Op::raise_:
      return list(function.raises[instr.aux].arguments);
    default:
      if (instr.a != typed::no_slot) visit(instr.a);
      if (instr.b != typed::no_slot) visit(instr.b);
  }
}

template <class Visit>
void for_each_definition(const typed::Function& function, const typed::Instr& instr, Visit visit) {
  using typed::Op;
  auto run = [&](typed::Slot first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) visit(first + i);
  };
  switch (instr.op) {
    case Op::move_:
      return run(instr.d, instr.aux);
    case Op::range_init_:
      return run(instr.d, instr.aux == unit_step ? 2 : 3);
    case Op::range_next_:
      visit(instr.d);
      return run(instr.a, instr.aux == unit_step ? 1 : 3);
    case Op::call_:
      return run(function.calls[instr.aux].result, function.calls[instr.aux].result_slots);
    case Op::runtime_:
      return run(function.runtime_calls[instr.aux].result, function.runtime_calls[instr.aux].result_slots);
    case Op::store_:
    case Op::jump_:
    case Op::branch_:
    case Op::guard_:
    case Op::ret_:
    case Op::raise_:
      return;
    default:
      visit(instr.d);
  }
}

// Calls rewrite(slot&) for each use that stands alone, not in a run of slots; the others keep their slots.
template <class Rewrite>
void rewrite_uses(typed::Function& function, typed::Instr& instr, Rewrite rewrite) {
  using typed::Op;
  auto list = [&](std::vector<typed::Slot>& slots) {
    for (typed::Slot& slot : slots) rewrite(slot);
  };
  switch (instr.op) {
    case Op::move_:
    case Op::ret_:
      if (instr.aux == 1) rewrite(instr.a);
      return;
    case Op::range_init_:
      if (instr.aux == unit_step) rewrite(instr.a), rewrite(instr.b);
      return;
    case Op::range_next_:
    case Op::jump_:
    case Op::guard_:
    case Op::raise_:
      return;
    case Op::load_:
    case Op::store_:
      list(function.accesses[instr.aux].index);
      if (instr.op == Op::store_) rewrite(instr.a);
      return;
    case Op::call_:
      return list(function.calls[instr.aux].arguments);
    case Op::runtime_:
      return list(function.runtime_calls[instr.aux].arguments);
    default:
      if (instr.a != typed::no_slot) rewrite(instr.a);
      if (instr.b != typed::no_slot) rewrite(instr.b);
  }
}

bool may_fail(const typed::Function&, const typed::Instr&);
inline bool writes_memory(const typed::Instr& i) {
  return i.op == typed::Op::store_ || i.op == typed::Op::call_ || i.op == typed::Op::runtime_;
}
// The operator's value is one slot, `d`.
bool yields_value(typed::Op);
// Nothing but its definitions: may be dropped where they are dead, or done later.
bool is_pure(const typed::Function&, const typed::Instr&);

}  // namespace px::jit::flow
