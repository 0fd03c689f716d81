// What inference decides about one px instruction: the types of what it writes, and how it is lowered.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "jit/infer/emitter.h"

namespace px::jit {

class Lowering;
struct ArrayExpression;

struct Plan {
  // One a destination register, in operand order. Null type: not known yet (a recursive call whose result is still open).
  std::vector<Argument> results;
  bool pending = false;  // nothing after this instruction can be inferred yet
  // Branches and `next`: which successors can be reached.
  bool takes_first = true, takes_second = true;
  std::vector<const Specialisation*> callees;  // px functions that the instruction calls
  // Emits the typed code. `d`: the destination runs, one a result.
  std::function<void(Lowering&, std::span<const typed::Slot> d)> lower;
  // Arrays whose elements the instruction reads or writes, all of them: loads and stores of single elements speak for themselves.
  std::vector<Argument> reads = {}, writes = {};
  std::vector<Argument> handed = {};  // to `callees`, which may write to arrays in them
  int snapshot = 0;                   // 1: a snapshot's block begins behind it; -1: one ends
  std::vector<Argument> unset = {};   // registers that it reads, not set on some path, of types whose zero is no value: looked at first
  bool allocates = false;             // makes memory, though its kind of instruction passes on what was there
  std::shared_ptr<ArrayExpression> expression = nullptr;  // the result is its value, which a later instruction may compute instead
};

}  // namespace px::jit
