// Rules: attributes and tuples.
#include <algorithm>

#include "jit/builtins/children.h"
#include "jit/builtins/complex.h"
#include "jit/builtins/interlocked.h"
#include "jit/builtins/iterable.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"
#include "jit/library.h"
#include "jit/types/record.h"

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

namespace {

const Type* integers(int count) {
  return types::tuple(std::vector<const Type*>(static_cast<size_t>(count), types::int64()));
}

Plan known_int(int64_t value) {
  return {.results = {{types::int64(), Constant{value}}},
          .lower = [value](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.emitter.int_constant(value), 1); }};
}

// A value that its type says all of.
Plan nothing_of(const Type* type) {
  return {.results = {{type}}, .lower = [](Lowering&, std::span<const Slot>) {}};
}
Plan bound_method(const Argument& a, const std::string& name) {
  return {.results = {{types::method(a.type, name)}},
          .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), a.type->slots); }};
}

Plan product(const Argument& a, int64_t factor) {
  return {.results = {{types::int64()}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            e.move(d[0], e.int_constant(factor), 1);
            for (int axis = 0; axis < a.type->ndim; ++axis)
              e.binary(Op::mul_, Scalar::i64, d[0], d[0], low.of(a) + array_shape_slot(a.type->ndim, axis));
          }};
}

// The real or the imaginary parts of an array of complex numbers, as a view.
Plan parts(const Argument& a, bool imaginary) {
  const Type* type = types::array(part_of_complex(a.type->scalar), a.type->ndim, Layout::any, a.type->writable);
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            Slot from = low.of(a), offset = e.int_constant(imaginary ? static_cast<int64_t>(item_size(type->scalar)) : 0);
            e.move(d[0], from, type->slots);
            e.binary(Op::add_, Scalar::i64, d[0], from, offset);
          }};
}

Plan transpose(const Argument& a) {
  int ndim = a.type->ndim;
  Layout layout = a.type->layout == Layout::c ? Layout::f : a.type->layout == Layout::f ? Layout::c : Layout::any;
  const Type* type = array_of_element(element_type(a.type), ndim, ndim <= 1 ? a.type->layout : layout, a.type->writable);
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            Slot from = low.of(a);
            // Through a copy: the destination may be the array's own register.
            Slot to = e.temporary(type);
            e.move(to, from, 1);
            for (int axis = 0; axis < ndim; ++axis) {
              e.move(to + array_shape_slot(ndim, axis), from + array_shape_slot(ndim, ndim - 1 - axis), 1);
              e.move(to + array_stride_slot(ndim, axis), from + array_stride_slot(ndim, ndim - 1 - axis), 1);
            }
            e.move(to + array_flags_slot(ndim), from + array_flags_slot(ndim), 1);
            e.move(d[0], to, type->slots);
          }};
}

}  // namespace

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> list;
  size_t at = text.find('(') + 1, end = text.find(')');
  while (at < end) {
    size_t next = std::min(text.find(',', at), end);
    list.push_back(text.substr(at, next - at));
    at = next + 1;
  }
  return list;
}

Plan part_of(const Argument& a, uint32_t first, uint32_t count, const Type* type) {
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a) + first, count); }};
}

Plan getattr(Inference& inf, std::span<const int32_t> operands) {
  auto& name = inf.code().names[operands[2]];
  const Argument member = inf.read_value(operands[1]);
  if (member.type->is_enum_member() && name == "value") {
    if (auto value = enum_value(member))
      return {.results = {{value->type, value->literal}}, .lower = [value = *value](Lowering& low, std::span<const Slot> d) {
                low.emitter.move(d[0], low.of(value), value.type->slots);
              }};
    unsupported("the value of a member of " + to_string(member.type) + ", whose members have values of several types", "");
  }
  Argument a = with_numbers(member);
  if (a.type->is_record()) return record_field(a, name);
  if (a.type->is_array() || a.type->is_records()) {
    int ndim = a.type->ndim;
    auto item = static_cast<int64_t>(element_bytes(a.type));
    if (name == "shape") return part_of(a, array_shape_slot(ndim, 0), a.type->ndim, integers(ndim));
    if (name == "strides") return part_of(a, array_stride_slot(ndim, 0), a.type->ndim, integers(ndim));
    if (name == "ndim") return known_int(ndim);
    if (name == "itemsize") return known_int(item);
    if (name == "size") return product(a, 1);
    if (name == "nbytes") return product(a, item);
    if (a.type->is_records()) {
      const Type* record = a.type->elements[0];
      const bool own = !find_field(record, name);  // the array's: fields come first
      if (own && name == "dtype") return nothing_of(record_dtype(record));
      if (own && (name == "copy" || name == "reshape" || name == "ravel" || name == "flatten")) return bound_method(a, name);
      if (!own || name != "T") return records_field(a, name);
    }
    if (name == "T") return transpose(a);
    if (name == "flat") {
      const Type* it = index_iterator("flat", a.type);
      return {.results = {{it}},
              .lower = [=](Lowering& low, std::span<const Slot> d) { emit_index_iterator(low.emitter, it, low.of(a), d[0]); }};
    }
    if (is_complex(a.type->scalar) && (name == "real" || name == "imag")) return parts(a, name == "imag");
    if (name == "real") return part_of(a, 0, a.type->slots, a.type);
    if (name == "imag") {
      Plan zeros = inf.call_builtin(*find_builtin("numpy.zeros_like"), {a}, "the attribute .imag");
      auto* t = zeros.results[0].type;
      zeros.results[0].type = types::array(t->scalar, t->ndim, t->layout, false);
      return zeros;
    }
    if (name == "dtype") return nothing_of(types::dtype(a.type->scalar));
    if (find_method(name) || find_library("array." + name)) return bound_method(a, name);
  }
  if (a.type->kind == TypeKind::dtype && name == "itemsize")
    return known_int(static_cast<int64_t>(is_record_dtype(a.type) ? record_bytes(types::record(a.type->text)) : item_size(a.type->scalar)));
  if (a.type->kind == TypeKind::range) {
    uint32_t which = name == "start" ? 0 : name == "stop" ? 1 : name == "step" ? 2 : 3;
    if (which < 3) return part_of(a, which, 1, types::scalar(a.type->scalar));
  }
  if (a.type->is_number()) {
    if (name == "conjugate" || find_library("number." + name))
      return {.results = {{types::method(a.type, name)}},
              .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), a.type->slots); }};
    if (Resolution r = resolve_part(a.type, name); r.result)
      return {.results = {{r.result}}, .lower = [a, r](Lowering& low, std::span<const Slot> d) {
                const Slot slots[] = {low.of(a)};
                r.lower(low.emitter, slots, d[0]);
              }};
  }
  if (a.type->kind == TypeKind::interlocked) {
    const bool list = a.type->text == "List";
    if (name == "value" && !list)
      return {.results = {{types::scalar(a.type->scalar)}}, .lower = [a](Lowering& low, std::span<const Slot> d) {
                low.emitter.call_runtime("px_interlocked_load", interlocked_load(a.type), {low.of(a)}, d[0], 1);
              }};
    if (find_interlocked_method(a.type, name))
      return {.results = {{types::method(a.type, name)}},
              .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), 1); }};
    unsupported("the attribute ." + name + " of " + to_string(a.type), list ? "push: a list is read on the main thread" : "");
  }
  if (a.type->kind == TypeKind::work) {
    if (find_work_method(name))
      return {.results = {{types::method(a.type, name)}},
              .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), 1); }};
    unsupported("the attribute ." + name + " of a child context", "result()");
  }
  if (a.type->is_tuple() && !a.type->text.empty()) {
    auto fields = fields_of(a.type->text);
    auto place = std::ranges::find(fields, name);
    if (place != fields.end()) {
      uint32_t first = 0;
      auto k = static_cast<size_t>(place - fields.begin());
      for (size_t j = 0; j < k; ++j) first += a.type->elements[j]->slots;
      return part_of(a, first, a.type->elements[k]->slots, a.type->elements[k]);
    }
  }
  if (a.type->is_tuple() && find_library("tuple." + name))
    return {.results = {{types::method(a.type, name)}},
            .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), a.type->slots); }};
  if (a.type->is_list() && find_list_method(name)) {
    Argument method{types::method(a.type, name)};
    method.origin = a.origin;
    return {.results = {method}, .lower = [a](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a), 1); }};
  }
  unsupported("the attribute ." + name + " of " + to_string(a.type), a.type->is_array() ? "write the loop out" : "");
}

Plan build_tuple(Inference& inf, std::span<const int32_t> operands) {
  std::vector<Argument> items;
  std::vector<const Type*> elements;
  for (int32_t k = 0; k < operands[1]; ++k) {
    items.push_back(inf.read(operands[2 + static_cast<size_t>(k)]));
    elements.push_back(items.back().type);
  }
  const Type* type = tuple_type(elements);
  return {.results = {{type}}, .lower = [type, items](Lowering& low, std::span<const Slot> d) {
            // Through a copy where an item may be the tuple that is replaced.
            bool overlaps = false;
            for (auto& item : items) overlaps |= low.of(item) == d[0] && item.type->slots > 0 && items.size() > 1;
            Slot to = overlaps ? low.emitter.temporary(type) : d[0], at = to;
            for (auto& item : items) {
              low.emitter.move(at, low.of(item), item.type->slots);
              at += item.type->slots;
            }
            low.emitter.move(d[0], to, type->slots);
          }};
}

Plan unpack_star(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read(operands[0]);
  if (!from.type->is_tuple()) unsupported("unpacking " + to_string(from.type), "index its elements");
  auto star = static_cast<size_t>(operands[1]), targets = static_cast<size_t>(operands[2]);
  auto& elements = from.type->elements;
  if (elements.size() + 1 < targets)
    throw InferenceError{runtime::ExcKind::ValueError, "not enough values to unpack (expected at least " + std::to_string(targets - 1) +
                                                           ", got " + std::to_string(elements.size()) + ")"};
  size_t rest = elements.size() + 1 - targets;
  Plan plan;
  for (size_t k = 0; k < targets; ++k) {
    if (k == star) {
      plan.results.push_back({types::tuple(std::span(elements).subspan(star, rest))});
    } else {
      plan.results.push_back({elements[k < star ? k : k + rest - 1]});
    }
  }
  plan.lower = [from, results = plan.results](Lowering& low, std::span<const Slot> d) {
    Slot s = low.of(from);
    for (size_t k = 0; k < d.size(); ++k) {
      low.emitter.move(d[k], s, results[k].type->slots);
      s += results[k].type->slots;
    }
  };
  return plan;
}

namespace {

// Whatever a loop can go over: an array, a range, an iterator.
Plan unpack_items(const Argument& from, size_t wanted) {
  const Type* it = iterator_of(from.type);
  if (!it) unsupported("unpacking " + to_string(from.type), "index its elements");
  const Type* item = yielded(it);
  Plan plan;
  for (size_t k = 0; k < wanted; ++k) plan.results.push_back({item});
  plan.lower = [=](Lowering& low, std::span<const Slot> d) {
    auto& e = low.emitter;
    Slot at = e.temporary(it), one_more = e.temporary(item);
    emit_iter(e, from.type, low.of(from), at);
    for (size_t got = 0; got < wanted; ++got) {
      uint32_t few = e.new_label(), enough = e.new_label();
      emit_next(e, it, at, d[got], few);
      e.jump(enough);
      e.bind(few);
      e.raise(runtime::ExcKind::ValueError,
              "not enough values to unpack (expected " + std::to_string(wanted) + ", got " + std::to_string(got) + ")");
      e.bind(enough);
    }
    uint32_t right = e.new_label();
    emit_next(e, it, at, one_more, right);
    e.raise(runtime::ExcKind::ValueError, "too many values to unpack (expected " + std::to_string(wanted) + ")");
    e.bind(right);
  };
  return plan;
}

}  // namespace

Plan unpack(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read_value(operands[0]);
  auto wanted = static_cast<size_t>(operands[1]);
  if (from.type->is_list()) return unpack_list(from, wanted);
  if (!from.type->is_tuple()) return unpack_items(from, wanted);
  auto& elements = from.type->elements;
  if (elements.size() < wanted)
    throw InferenceError{runtime::ExcKind::ValueError, "not enough values to unpack (expected " + std::to_string(wanted) + ", got " +
                                                           std::to_string(elements.size()) + ")"};
  if (elements.size() > wanted)
    throw InferenceError{runtime::ExcKind::ValueError, "too many values to unpack (expected " + std::to_string(wanted) + ")"};
  Plan plan;
  for (auto* e : elements) plan.results.push_back({e});
  plan.lower = [from](Lowering& low, std::span<const Slot> d) {
    // A destination may be the tuple's own register only if it is named again: then its slots are another run, since its type is another.
    Slot s = low.of(from);
    for (size_t k = 0; k < d.size(); ++k) {
      low.emitter.move(d[k], s, from.type->elements[k]->slots);
      s += from.type->elements[k]->slots;
    }
  };
  return plan;
}

}  // namespace px::jit::transfer
