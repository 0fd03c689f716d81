// Rules: jumps, branches and loops.
#include <algorithm>

#include "jit/builtins/complex.h"
#include "jit/builtins/iterable.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/pruning.h"
#include "jit/infer/transfer.h"
#include "runtime/context.h"

namespace px::jit {

TransferRule transfer_rule(Opcode op) {
#define raise raise_exception
#define catch catch_exception
  static constexpr TransferRule rules[] = {
#define PX_OPCODE(name, operands, doc) transfer::name,
#include "jit/code/opcodes.def"
#undef PX_OPCODE
  };
#undef raise
#undef catch
  return rules[static_cast<size_t>(op)];
}

}  // namespace px::jit

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

Plan jump(Inference&, std::span<const int32_t>) {
  return {.lower = [](Lowering& low, std::span<const Slot>) { low.emitter.jump(low.edge(0)); }};
}

namespace {

// An exception that a function cannot catch goes on; of another, a copy for `reraise` where there is one (argument 1). Its result: the
// copy.
int32_t exception_caught(const uint64_t* x, uint64_t* result) {
  auto& context = *runtime::Context::current();
  *result = 0;
  if (context.exc.kind == runtime::ExcKind::KeyboardInterrupt) return context.exc.in_trace = true, 1;
  if (x[0] == 0) return 0;
  void* copy = context.arena.allocate(sizeof(runtime::ExcInfo), alignof(runtime::ExcInfo));
  if (!copy) return context.set_no_memory("cannot keep an exception"), 1;
  *result = reinterpret_cast<uint64_t>(new (copy) runtime::ExcInfo(context.exc));
  return 0;
}

int32_t exception_raised_again(const uint64_t* x, uint64_t*) {
  auto& exc = runtime::Context::current()->exc;
  if (x[0] == 0) return exc.set(runtime::ExcKind::SystemError, "nothing was caught that could be raised again"), 1;
  exc = *reinterpret_cast<const runtime::ExcInfo*>(x[0]);
  exc.in_trace = true;
  return 1;
}

}  // namespace

Plan catch_exception(Inference& inf, std::span<const int32_t> operands) {
  bool kept = false;
  for (auto& i : inf.code().instructions) kept |= i.op == Opcode::reraise_ && inf.code().operands_of(i)[0] == operands[0];
  return {.results = {{types::int64()}}, .lower = [kept](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            e.call_runtime("px_exception_caught", exception_caught, {e.int_constant(kept)}, d[0], 1);
          }};
}

Plan reraise(Inference& inf, std::span<const int32_t> operands) {
  Argument exception = inf.read(operands[0]);
  return {.lower = [exception](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    e.call_runtime("px_exception_raised_again", exception_raised_again, {low.of(exception)}, e.temporary(types::int64()), 1);
    if (e.handler != Emitter::out_of_function) return e.jump(e.handler);
    e.raise(runtime::ExcKind::SystemError, "unreachable");
  }};
}

Plan branch(Inference& inf, std::span<const int32_t> operands) {
  Argument condition = with_numbers(inf.read_value(operands[0]));
  auto& truth = operator_builtin(Operator::truth);
  Argument list[] = {condition};
  Resolution r = condition.type->is_complex() ? resolve_complex(list, truth) : truth.resolve(list, truth);
  if (!r.result) mistyped("the truth of " + to_string(condition.type) + " is not defined" + (r.advice.empty() ? "" : ": " + r.advice));
  if (r.literal && decides_branch(inf, operands[0])) {  // the other side is not even typed
    bool taken = std::get<bool>(r.literal->value);
    return {.takes_first = taken, .takes_second = !taken, .lower = [taken](Lowering& low, std::span<const Slot>) {
              low.emitter.jump(low.edge(taken ? 0 : 1));
            }};
  }
  if (!condition.type->is_scalar())
    return {.lower = [condition, r](Lowering& low, std::span<const Slot>) {
      Slot c = low.emitter.temporary(types::boolean());
      const Slot slots[] = {low.of(condition)};
      r.lower(low.emitter, slots, c);
      uint32_t yes = low.edge(0), no = low.edge(1);
      low.emitter.branch(c, yes, no);
    }};
  return {.lower = [condition](Lowering& low, std::span<const Slot>) {
    Slot c = low.emitter.convert(low.of(condition), condition.type, types::boolean());
    uint32_t yes = low.edge(0), no = low.edge(1);
    low.emitter.branch(c, yes, no);
  }};
}

namespace {

// The instruction that alone assigns to a register, where it is an `op`.
const Instruction* definition(Inference& inf, int32_t reg, Opcode op) {
  auto& code = inf.code();
  if (inf.cfg().definition_count[reg] != 1) return nullptr;
  auto found = std::ranges::find_if(code.instructions, [&](auto& i) { return i.op == op && code.operands_of(i)[0] == reg; });
  return found == code.instructions.end() ? nullptr : &*found;
}

// The items of a tuple that literal_unroll was given as constants; null for any other register.
std::shared_ptr<const ConstantTuple> unrolled_constants(Inference& inf, int32_t reg) {
  auto& code = inf.code();
  const Instruction* call = definition(inf, reg, Opcode::call_);
  const Instruction* callee = call ? definition(inf, code.operands_of(*call)[1], Opcode::global_) : nullptr;
  if (!callee || code.operands_of(*call)[2] != 1) return nullptr;
  auto* name = std::get_if<NamedValue>(&inf.spec().globals->at(code.operands_of(*callee)[1]).constant.value);
  if (!name || name->name != "numba.misc.special.literal_unroll") return nullptr;
  const int32_t given = code.operands_of(*call)[3];
  const std::optional<Constant> literal = inf.read(reg).literal;
  if (auto* tuple = literal ? std::get_if<std::shared_ptr<const ConstantTuple>>(&literal->value) : nullptr) return *tuple;
  const Instruction* built = definition(inf, given, Opcode::build_tuple_);
  if (!built) return nullptr;
  auto items = std::make_shared<ConstantTuple>();
  for (int32_t item : code.operands_of(*built).subspan(2)) {
    const Instruction* constant = definition(inf, item, Opcode::constant_);
    if (!constant) return nullptr;
    items->push_back(code.constants[code.operands_of(*constant)[1]]);
  }
  return items;
}

}  // namespace

Plan iter(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read_value(operands[1]);
  // An empty tuple, or a list of nothing: the loop has no rounds. If something is put in later, all is analysed again.
  if ((from.type->is_list() || from.type->is_tuple()) && from.type->elements.empty())
    return {.results = {{types::none()}}, .lower = [](Lowering&, std::span<const Slot>) {}};
  // Constants stay constants: indices of tuples of several types, say.
  if (auto items = from.type->is_tuple() ? unrolled_constants(inf, operands[1]) : nullptr)
    throw Unroll{inf.at(), from.type->elements.size(), std::move(items)};
  if (const Type* it = iterator_of(from.type))
    return {.results = {{it}},
            .lower = [from](Lowering& low, std::span<const Slot> d) { emit_iter(low.emitter, from.type, low.of(from), d[0]); }};
  if (from.type->is_tuple()) throw Unroll{inf.at(), from.type->elements.size()};
  mistyped(to_string(from.type) + " cannot be iterated over");
}

Plan next(Inference& inf, std::span<const int32_t> operands) {
  Argument it = inf.read(operands[1]);
  if (it.type->is_none())
    return {.results = {{types::none()}}, .takes_first = false, .lower = [](Lowering& low, std::span<const Slot>) {
              low.emitter.jump(low.edge(1));
            }};
  if (iterator_of(it.type) != it.type) mistyped(to_string(it.type) + " is no iterator");
  return {.results = {{yielded(it.type)}}, .lower = [it](Lowering& low, std::span<const Slot> d) {
            uint32_t body = low.edge(0), done = low.edge(1);
            emit_next(low.emitter, it.type, low.of(it), d[0], done);
            low.emitter.jump(body);
          }};
}

}  // namespace px::jit::transfer
