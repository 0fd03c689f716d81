// Rules: constants, globals, moves and operators.
#include <algorithm>

#include "jit/builtins/complex.h"
#include "jit/builtins/optional.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/pruning.h"
#include "jit/infer/transfer.h"

namespace px::jit::transfer {

using typed::Slot;

namespace {

Plan constant_plan(const Constant& value, const Type* type) {
  if (type->is_tuple()) (void)tuple_type(type->elements);  // not too large
  return {.results = {{type, value}}, .lower = [value, type](Lowering& low, std::span<const Slot> d) {
            if (type->slots) low.emitter.move(d[0], low.emitter.constant_value(value, type), type->slots);
          }};
}

Plan global_array(Inference& inf, uint32_t index, const Type* type) {
  uint32_t hidden = inf.add_hidden({&inf.spec().function->outermost(), index, type});
  return {.results = {{type}},
          .lower = [hidden, type](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.hidden(hidden), type->slots); }};
}

Plan operation(Inference& inf, Operator op, std::vector<Argument> arguments) {
  return inf.call_builtin(operator_builtin(op), std::move(arguments), std::string(info(op).symbol));
}

}  // namespace

Plan constant(Inference& inf, std::span<const int32_t> operands) {
  auto& value = inf.code().constants[operands[1]];
  const Type* type = constant_type(value);
  if (!type) unsupported("the constant " + to_string(value), "");
  return constant_plan(value, type);
}

Plan global(Inference& inf, std::span<const int32_t> operands) {
  auto index = static_cast<uint32_t>(operands[1]);
  auto& name = inf.code().globals[index].path;
  auto& value = inf.spec().globals->at(index);
  switch (value.kind) {
    case GlobalValue::Kind::constant: {
      const Type* type = constant_type(value.constant);
      if (!type) unsupported("'" + name + "' is " + to_string(value.constant), "");
      return constant_plan(value.constant, type);
    }
    case GlobalValue::Kind::function:
      return {.results = {{types::function(value.function)}}, .lower = [](Lowering&, std::span<const Slot>) {}};
    case GlobalValue::Kind::array:
      return global_array(inf, index, value.array);
    case GlobalValue::Kind::unresolved:
      throw InferenceError{runtime::ExcKind::NameError, "name '" + name + "' is not defined"};
    case GlobalValue::Kind::unsupported:
      break;
  }
  unsupported("'" + name + "' is " + value.what, "");
}

Plan move(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read(operands[1]);
  return {.results = {from},
          .lower = [from](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(from), from.type->slots); }};
}

Plan unset(Inference& inf, std::span<const int32_t> operands) {
  inf.read(operands[0]);
  return {.results = {{}}, .lower = [](Lowering&, std::span<const Slot>) {}};
}

Plan make_function(Inference& inf, std::span<const int32_t> operands) {
  auto& function = inf.spec().function->nested(static_cast<size_t>(operands[1]));
  std::vector<Argument> captured;
  std::vector<const Type*> list;
  for (int32_t k = 0; k < operands[2]; ++k) {
    captured.push_back(inf.read(operands[3 + static_cast<size_t>(k)]));
    list.push_back(captured.back().type);
  }
  return {.results = {{types::function(&function, list)}}, .lower = [captured](Lowering& low, std::span<const Slot> d) {
            Slot to = d[0];
            for (auto& a : captured) {
              low.emitter.move(to, low.of(a), a.type->slots);
              to += a.type->slots;
            }
          }};
}

Plan unary(Inference& inf, std::span<const int32_t> operands) {
  return operation(inf, static_cast<Operator>(operands[1]), {inf.read(operands[2])});
}

Plan binary(Inference& inf, std::span<const int32_t> operands) {
  auto op = static_cast<Operator>(operands[1]);
  Argument left = inf.read(operands[2]), right = inf.read(operands[3]);
  if (auto plan = compare_members(inf, op, left, right)) return *plan;
  return operation(inf, op, {left, right});
}

Plan inplace(Inference& inf, std::span<const int32_t> operands) {
  auto op = static_cast<Operator>(operands[1]);
  std::vector<Argument> pair = {inf.read(operands[2]), with_numbers(inf.read(operands[3]))};
  auto& entry = operator_builtin(op);
  if (pair[0].type->is_array() && is_elementwise(entry, pair))
    return elementwise(inf, entry, pair, std::string(info(op).symbol) + "=", true);
  return operation(inf, op, std::move(pair));
}

Plan compare(Inference& inf, std::span<const int32_t> operands) {
  Plan plan = binary(inf, operands);
  auto& known = plan.results[0].literal;
  if (!known || !decided_by_argument(inf)) return plan;
  return constant_plan(Constant{int64_t{std::get<bool>(known->value)}}, types::int64());
}

}  // namespace px::jit::transfer

namespace px::jit {

namespace {

// Functions that read no elements of the arrays that they are given, unless their rule says so: they look at types and shapes, make views
// or iterators, or say themselves what they touch.
bool looks_at_shapes(std::string_view name) {
  static constexpr std::string_view names[] = {
      "len",
      "isinstance",
      "type",
      "iter",
      "enumerate",
      "zip",
      "reversed",
      "sum",
      "any",
      "all",
      "item",
      "reshape",
      "operator.is_",
      "operator.is_not",
      "numpy.flip",
      "numpy.flipud",
      "numpy.fliplr",
      "numpy.transpose",
      "numpy.reshape",
      "numpy.ravel",
      "numpy.nditer",
      "numpy.isscalar",
      "numpy.iscomplexobj",
      "numpy.isrealobj",
      "numpy.ndenumerate",
      "numpy.empty_like",
      "numpy.zeros_like",
      "numpy.ones_like",
      "numpy.full_like",
  };
  constexpr std::string_view intrinsics = "px.library.intrinsics.";
  if (name.starts_with(intrinsics)) return name.substr(intrinsics.size()) != "norm" && name.substr(intrinsics.size()) != "singular_values";
  return std::ranges::find(names, name) != std::end(names) || name.starts_with("px.interlocked.") || name.starts_with("px.contexts.");
}

// The arrays in a tuple.
void add_arrays(const Argument& tuple, std::vector<Argument>& out) {
  if (tuple.held) return;
  Argument part = tuple;
  part.whole = tuple.whole ? tuple.whole : tuple.type;
  for (auto* e : tuple.type->elements) {
    part.type = e;
    if (e->is_array()) out.push_back(part);
    if (e->is_tuple()) add_arrays(part, out);
    part.offset += e->slots;
  }
}

}  // namespace

Plan Inference::call_builtin(const Builtin& entry, std::vector<Argument> arguments, const std::string& shown, const Argument* method) {
  bool counted = arguments.size() >= entry.least && arguments.size() <= entry.most, complex = false;
  Resolution r;
  if (counted && std::ranges::any_of(arguments, [](auto& a) { return a.type->is_optional(); })) r = resolve_optional(arguments, entry);
  if (!r.result)
    for (auto& a : arguments) a = !arguments[0].type->is_list() ? value_of(a) : present(a);  // a list holds members as they are
  for (auto& a : arguments) {
    complex = complex || a.type->is_complex();
  }
  if (!method && is_elementwise(entry, arguments)) return elementwise(*this, entry, arguments, shown);
  for (auto& a : arguments)
    if (a.type->is_array() && is_complex(a.type->scalar) && !entry.complex)
      unsupported(shown + " of an array of complex numbers", "a loop over its elements");
  if (counted && complex) r = resolve_complex(arguments, entry);
  if (counted && !r.result) r = entry.resolve(arguments, entry);
  if (!r.callable()) {
    std::string list;
    for (auto& a : arguments) list += (list.empty() ? "" : ", ") + to_string(a.type);
    mistyped(shown + " has no rule for (" + list + ")" + (r.advice.empty() ? "" : ": " + r.advice));
  }
  std::vector<Argument> reads, writes;
  const bool touches = r.touch != Touch::nothing || !looks_at_shapes(entry.name);
  for (size_t k = 0; k < arguments.size() && touches; ++k) {
    if (arguments[k].type->is_tuple()) add_arrays(arguments[k], reads);
    if (!arguments[k].type->is_array()) continue;
    Argument array = arguments[k];
    if (method && k == 0) {  // the method's slots are its array's
      array = *method;
      array.whole = method->whole ? method->whole : method->type;
      array.type = arguments[k].type;
    }
    (r.touch == Touch::writes && k == 0 ? writes : reads).push_back(array);
  }
  const int snapshot = entry.name == "px.contexts.snapshot_begin" ? 1 : entry.name == "px.contexts.snapshot_end" ? -1 : 0;
  return {.results = {{r.result, r.literal}},
          .callees = {},
          .lower =
              [r, bound = method ? std::optional(*method) : std::nullopt, arguments = std::move(arguments)](
                  Lowering& low, std::span<const typed::Slot> d) {
                std::vector<typed::Slot> slots;
                std::vector<const Type*> types;
                for (auto& a : arguments) {
                  slots.push_back(low.of(bound && slots.empty() ? *bound : a));  // the method's slots are its array's
                  types.push_back(a.type);
                }
                r.emit(low.emitter, types, slots, d[0]);
              },
          .reads = std::move(reads),
          .writes = std::move(writes),
          .snapshot = snapshot};
}

}  // namespace px::jit
