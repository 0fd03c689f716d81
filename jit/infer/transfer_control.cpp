// Rules: jumps, branches and loops.
#include "jit/builtins/iterable.h"
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"

namespace px::jit {

TransferRule transfer_rule(Opcode op) {
#define raise raise_exception
  static constexpr TransferRule rules[] = {
#define PX_OPCODE(name, operands, doc) transfer::name,
#include "jit/code/opcodes.def"
#undef PX_OPCODE
  };
#undef raise
  return rules[static_cast<size_t>(op)];
}

}  // namespace px::jit

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

Plan jump(Inference&, std::span<const int32_t>) {
  return {.lower = [](Lowering& low, std::span<const Slot>) { low.emitter.jump(low.edge(0)); }};
}

Plan branch(Inference& inf, std::span<const int32_t> operands) {
  Argument condition = inf.read(operands[0]);
  auto& truth = operator_builtin(Operator::truth);
  Argument list[] = {condition};
  Resolution r = truth.resolve(list, truth);
  if (!r.result) mistyped("the truth of " + to_string(condition.type) + " is not defined" + (r.advice.empty() ? "" : ": " + r.advice));
  if (r.literal) {  // a branch that the types or constants decide: the other side is not even typed, as in Numba
    bool taken = std::get<bool>(r.literal->value);
    return {.takes_first = taken, .takes_second = !taken, .lower = [taken](Lowering& low, std::span<const Slot>) {
              low.emitter.jump(low.edge(taken ? 0 : 1));
            }};
  }
  return {.lower = [condition](Lowering& low, std::span<const Slot>) {
    Slot c = low.emitter.convert(low.of(condition), condition.type, types::boolean());
    uint32_t yes = low.edge(0), no = low.edge(1);
    low.emitter.branch(c, yes, no);
  }};
}

Plan iter(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read(operands[1]);
  if (const Type* it = iterator_of(from.type))
    return {.results = {{it}},
            .lower = [from](Lowering& low, std::span<const Slot> d) { emit_iter(low.emitter, from.type, low.of(from), d[0]); }};
  if (from.type->is_tuple()) unsupported("iterating over a tuple of different types", "unpack it, or index it with constants");
  mistyped(to_string(from.type) + " cannot be iterated over");
}

Plan next(Inference& inf, std::span<const int32_t> operands) {
  Argument it = inf.read(operands[1]);
  if (iterator_of(it.type) != it.type) mistyped(to_string(it.type) + " is no iterator");
  return {.results = {{yielded(it.type)}}, .lower = [it](Lowering& low, std::span<const Slot> d) {
            uint32_t body = low.edge(0), done = low.edge(1);
            emit_next(low.emitter, it.type, low.of(it), d[0], done);
            low.emitter.jump(body);
          }};
}

}  // namespace px::jit::transfer
