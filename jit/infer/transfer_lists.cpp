// Rules: lists.
#include "jit/builtins/list.h"
#include "jit/builtins/view.h"
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"

namespace px::jit::transfer {

using typed::Slot;

namespace {

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

const Type* item_of(const Argument& list) {
  Inference::require_known(list.type);
  return list.type->elements[0];
}

// How the run-time functions are told of a slice.
std::vector<Slot> bounds(Emitter& e, const Argument& slice, Slot first) {
  auto given = [&](size_t k, int bit) { return slice.type->text[k] == '1' ? bit : 0; };
  std::vector<Slot> list = {e.int_constant(given(0, view_start) | given(1, view_stop) | given(2, view_step))};
  for (Slot k = 0; k < 3; ++k) list.push_back(first + k);
  return list;
}

void check_index(const Argument& index) {
  if (!is_whole(index.type) && index.type->kind != TypeKind::slice)
    throw InferenceError{runtime::ExcKind::TypeError, "list indices must be integers or slices, not " + to_string(index.type)};
}

}  // namespace

Plan build_list(Inference& inf, std::span<const int32_t> operands) {
  std::vector<Argument> items;
  const Type* element = nullptr;
  for (int32_t k = 0; k < operands[1]; ++k) {
    items.push_back(inf.read(operands[2 + static_cast<size_t>(k)]));
    auto* t = items.back().type;
    Inference::require_known(t);
    const Type* both = element ? unify(element, t) : t;
    if (!both) mistyped("a list of " + to_string(element) + " and " + to_string(t) + ": give its items one type, or use a tuple");
    element = both;
  }
  Argument made = inf.new_list(element);
  if (made.type->elements.empty())
    return {.results = {made}, .lower = [made](Lowering& low, std::span<const Slot> d) {
              auto& e = low.emitter;
              e.call_runtime("px_list_new", list_new, {e.int_constant(0), e.int_constant(0)}, d[0], 1);
            }};
  return {.results = {made}, .lower = [made, items](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            const Type* element = made.type->elements[0];
            std::vector<Slot> slots = {e.int_constant(element->slots), e.int_constant(static_cast<int64_t>(items.size()))};
            for (auto& item : items)
              for (Slot s : slots_of(e.convert(low.of(item), item.type, element), element->slots)) slots.push_back(s);
            e.call_runtime("px_list_new", list_new, std::move(slots), d[0], 1);
          }};
}

Plan list_append(Inference& inf, std::span<const int32_t> operands) {
  Argument value = inf.read(operands[1]), list = inf.read(operands[0]);
  if (!list.type->is_list()) mistyped(to_string(list.type) + " has no append");  // in code that no front end writes
  list = inf.widened(list, value.type);
  const Type* element = item_of(list);
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    call_list(e, "px_list_append", jit::list_append, low.of(list), list.type,
              slots_of(e.convert(low.of(value), value.type, element), element->slots));
  }};
}

Plan list_item(const Argument& list, const Argument& index) {
  const Type* element = item_of(list);
  check_index(index);
  if (index.type->kind == TypeKind::slice)
    return {.results = {{list.type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
              call_list(low.emitter, "px_list_slice", list_slice, low.of(list), list.type, bounds(low.emitter, index, low.of(index)), d[0]);
            }};
  return {.results = {{element}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            call_list(low.emitter, "px_list_get", list_get, low.of(list), list.type, {low.of(index)}, d[0], element->slots);
          }};
}

Plan unpack_list(const Argument& list, size_t wanted) {
  const Type* element = item_of(list);
  Plan plan;
  for (size_t k = 0; k < wanted; ++k) plan.results.push_back({element});
  plan.lower = [=](Lowering& low, std::span<const Slot> d) {
    auto& e = low.emitter;
    Slot from = e.temporary(list.type), size = e.temporary(types::int64()), test = e.temporary(types::boolean());
    Slot count = e.int_constant(static_cast<int64_t>(wanted));
    uint32_t many = e.new_label(), right = e.new_label();
    e.move(from, low.of(list), 1);
    e.call_runtime("px_list_size", list_size, {from}, size, 1);
    for (size_t got = 0; got < wanted; ++got) {
      uint32_t few = e.new_label(), enough = e.new_label();
      e.binary(typed::Op::eq_, Scalar::i64, test, size, e.int_constant(static_cast<int64_t>(got)));
      e.branch(test, few, enough);
      e.bind(few);
      e.raise(runtime::ExcKind::ValueError,
              "not enough values to unpack (expected " + std::to_string(wanted) + ", got " + std::to_string(got) + ")");
      e.bind(enough);
    }
    e.binary(typed::Op::gt_, Scalar::i64, test, size, count);
    e.branch(test, many, right);
    e.bind(many);
    e.raise(runtime::ExcKind::ValueError, "too many values to unpack (expected " + std::to_string(wanted) + ")");
    e.bind(right);
    for (size_t k = 0; k < wanted; ++k)
      call_list(e, "px_list_get", list_get, from, list.type, {e.int_constant(static_cast<int64_t>(k))}, d[k], element->slots);
  };
  return plan;
}

Plan store_list_item(Inference& inf, const Argument& list, const Argument& index, const Argument& value) {
  check_index(index);
  if (index.type->kind == TypeKind::slice) {
    if (!value.type->is_list()) mistyped("assigning " + to_string(value.type) + " to a slice of a list: make a list of it");
    Argument into = inf.widened(list, item_of(value));
    if (into.type != value.type) mistyped("assigning a " + to_string(value.type) + " to a slice of a " + to_string(into.type));
    return {.lower = [=](Lowering& low, std::span<const Slot>) {
      auto rest = bounds(low.emitter, index, low.of(index));
      rest.push_back(low.of(value));
      call_list(low.emitter, "px_list_set_slice", list_set_slice, low.of(into), into.type, std::move(rest));
    }};
  }
  const Type* element = item_of(list);
  if (conversion(value.type, element) == Conversion::impossible)
    mistyped("cannot store " + to_string(value.type) + " in " + to_string(list.type));
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    std::vector<Slot> rest = {low.of(index)};
    for (Slot s : slots_of(e.convert(low.of(value), value.type, element), element->slots)) rest.push_back(s);
    call_list(e, "px_list_set", list_set, low.of(list), list.type, std::move(rest));
  }};
}

Plan delitem(Inference& inf, std::span<const int32_t> operands) {
  Argument list = inf.read(operands[0]), index = inf.read(operands[1]);
  if (!list.type->is_list()) mistyped("an element of " + to_string(list.type) + " cannot be deleted");
  (void)item_of(list);
  check_index(index);
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    if (index.type->kind == TypeKind::slice) {
      call_list(low.emitter, "px_list_delete_slice", list_delete_slice, low.of(list), list.type, bounds(low.emitter, index, low.of(index)));
    } else {
      call_list(low.emitter, "px_list_delete", list_delete, low.of(list), list.type, {low.of(index)});
    }
  }};
}

}  // namespace px::jit::transfer
