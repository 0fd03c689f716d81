#include "jit/infer/enumeration.h"

#include <algorithm>

#include "jit/code/named_tuple.h"
#include "jit/infer/lowering.h"
#include "jit/types/enum_text.h"

namespace px::jit {

namespace {

const Type* number_type(const Type* type) {
  if (is_int_enum(type)) return type->elements[0];
  if (!type->is_tuple()) return type;
  std::vector<const Type*> elements;
  for (auto* e : type->elements) elements.push_back(number_type(e));
  return elements == type->elements ? type : types::tuple(elements, type->text);
}

const ConstantTuple* items_of(const Constant& value) {
  auto* tuple = std::get_if<std::shared_ptr<const ConstantTuple>>(&value.value);
  return tuple ? tuple->get() : nullptr;
}

Constant number_constant(const Constant& value) {
  const ConstantTuple* items = items_of(value);
  if (!items) return value;
  if (auto mark = named_tuple_of(*items); mark && enum_kind(*mark) == int_enum) return items->front();
  auto numbers = std::make_shared<ConstantTuple>();
  for (auto& item : *items) numbers->push_back(number_constant(item));
  return {std::shared_ptr<const ConstantTuple>(std::move(numbers))};
}

// The same slots in another type.
Argument seen_as(Argument value, const Type* type) {
  if (!value.held && !value.whole) value.whole = value.type;
  value.type = type;
  return value;
}

Argument as_value(const Argument& member) {
  Argument value = seen_as(member, member.type->elements[0]);
  if (value.literal) value.literal = items_of(*value.literal)->front();
  return value;
}

Plan known(bool answer) {
  return {.results = {{types::boolean(), Constant{answer}}}, .lower = [answer](Lowering& low, std::span<const typed::Slot> d) {
            low.emitter.move(d[0], low.emitter.constant(answer, types::boolean()), 1);
          }};
}

}  // namespace

bool is_enum_text(std::string_view text) {
  return !enum_kind(text).empty();
}

bool is_int_enum(const Type* type) {
  return type->is_enum_member() && enum_kind(type->text) == int_enum;
}

Argument with_numbers(Argument value) {
  const Type* type = number_type(value.type);
  if (type == value.type) return value;
  if (value.literal) value.literal = number_constant(*value.literal);
  return seen_as(std::move(value), type);
}

std::optional<Plan> compare_members(Inference& inf, Operator op, const Argument& left, const Argument& right) {
  const bool same_object = op == Operator::is_ || op == Operator::is_not, positive = op == Operator::eq || op == Operator::is_;
  if (!positive && op != Operator::ne && op != Operator::is_not) return {};
  if (left.type->is_none() || right.type->is_none()) return {};
  const Argument a = Inference::present(left), b = Inference::present(right);
  if (!a.type->is_enum_member() && !b.type->is_enum_member()) return {};
  const bool numbers = (is_int_enum(a.type) || a.type->is_number()) && (is_int_enum(b.type) || b.type->is_number());
  if (numbers && !same_object) return {};  // their numbers are equal or not
  if (a.type != b.type) return known(!positive);
  // Members of one class are the same where their values are.
  return inf.call_builtin(operator_builtin(positive ? Operator::eq : Operator::ne), {as_value(a), as_value(b)}, positive ? "==" : "!=");
}

std::optional<Argument> enum_value(const Argument& member) {
  if (enum_kind(member.type->text) == opaque_enum) return {};
  return as_value(member);
}

}  // namespace px::jit
