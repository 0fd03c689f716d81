// Rules: jumps, branches and loops.
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
  if (from.type->kind == TypeKind::range)
    return {.results = {{types::range_iter(from.type->scalar)}}, .lower = [from](Lowering& low, std::span<const Slot> d) {
              low.emitter.unary(Op::range_init_, register_kind(from.type->scalar), d[0], low.of(from));
            }};
  if (from.type->is_array() && from.type->ndim == 1)
    return {.results = {{types::array_iter(from.type)}}, .lower = [from](Lowering& low, std::span<const Slot> d) {
              low.emitter.move(d[0], low.of(from), from.type->slots);
              low.emitter.move(d[0] + from.type->slots, low.emitter.int_constant(0), 1);
            }};
  if (from.type->is_array())
    unsupported("iterating over a " + std::to_string(from.type->ndim) + "-d array", "loop over range(len(a)) and index");
  if (from.type->is_tuple()) unsupported("iterating over a tuple", "unpack it, or index it with constants");
  mistyped(to_string(from.type) + " cannot be iterated over");
}

Plan next(Inference& inf, std::span<const int32_t> operands) {
  Argument it = inf.read(operands[1]);
  const Type* element = types::scalar(it.type->scalar);
  if (it.type->kind == TypeKind::range_iter)
    return {.results = {{element}}, .lower = [it](Lowering& low, std::span<const Slot> d) {
              uint32_t body = low.edge(0), done = low.edge(1);
              low.emitter.emit({.op = Op::range_next_, .kind = register_kind(it.type->scalar), .d = d[0], .a = low.of(it), .target = done});
              low.emitter.jump(body);
            }};
  if (it.type->kind != TypeKind::array_iter) mistyped(to_string(it.type) + " is no iterator");
  return {.results = {{element}}, .lower = [it, element](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            uint32_t body = low.edge(0), done = low.edge(1), more = e.new_label();
            Slot array = low.of(it), index = array + it.type->slots - 1, left = e.temporary(types::boolean());
            e.binary(Op::lt_, Scalar::i64, left, index, array + array_shape_slot(1, 0));
            e.branch(left, more, done);
            e.bind(more);
            const Type* type = types::array(it.type->scalar, 1, it.type->layout, it.type->writable);
            e.out().accesses.push_back({.array = array, .type = type, .index = {index}, .bounds_check = false, .wraparound = false});
            e.emit({.op = Op::load_,
                    .kind = register_kind(element->scalar),
                    .d = d[0],
                    .aux = static_cast<uint32_t>(e.out().accesses.size() - 1)});
            e.binary(Op::add_, Scalar::i64, index, index, e.int_constant(1));
            e.jump(body);
          }};
}

}  // namespace px::jit::transfer
