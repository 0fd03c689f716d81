// Rules: attributes, indexing, tuples.
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"
#include "runtime/context.h"

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

Plan slots_of(const Argument& a, uint32_t first, uint32_t count, const Type* type) {
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) { low.emitter.move(d[0], low.of(a) + first, count); }};
}

Plan product(const Argument& a, int64_t factor) {
  return {.results = {{types::int64()}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            e.move(d[0], e.int_constant(factor), 1);
            for (int axis = 0; axis < a.type->ndim; ++axis)
              e.binary(Op::mul_, Scalar::i64, d[0], d[0], low.of(a) + array_shape_slot(a.type->ndim, axis));
          }};
}

Plan transpose(const Argument& a) {
  int ndim = a.type->ndim;
  Layout layout = a.type->layout == Layout::c ? Layout::f : a.type->layout == Layout::f ? Layout::c : Layout::any;
  const Type* type = types::array(a.type->scalar, ndim, ndim <= 1 ? a.type->layout : layout, a.type->writable);
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

// The indices of `a[index]`, as 64-bit registers: one, or the elements of a tuple.
struct Indices {
  std::vector<const Type*> types;
  Argument value;
};

Indices indices(const Argument& array, const Argument& index) {
  Indices list{index.type->is_tuple() ? index.type->elements : std::vector<const Type*>{index.type}, index};
  for (auto* t : list.types)
    if (!t->is_scalar() || !is_integer(t->scalar)) {
      if (t->kind == TypeKind::slice) unsupported("slicing an array", "loop over the indices");
      unsupported("indexing an array with " + to_string(t), "integer indices");
    }
  if (list.types.size() > array.type->ndim)
    mistyped("too many indices: " + std::to_string(list.types.size()) + " for a " + std::to_string(array.type->ndim) + "-d array");
  return list;
}

// Appends the access to the function's table and says its index.
uint32_t access(Lowering& low, const Argument& array, const Indices& list) {
  auto& e = low.emitter;
  typed::Access a{.array = low.of(array), .type = array.type, .index = {}, .bounds_check = e.bounds_check};
  a.index_unsigned = true;
  for (auto* t : list.types) a.index_unsigned = a.index_unsigned && is_unsigned(t->scalar);
  Slot s = low.of(list.value);
  for (size_t k = 0; k < list.types.size(); ++k)
    a.index.push_back(s + static_cast<Slot>(k));  // narrow integers are extended in their slots
  e.out().accesses.push_back(std::move(a));
  return static_cast<uint32_t>(e.out().accesses.size() - 1);
}

// Fewer indices than dimensions: a view of what remains. Arguments: whether bounds are checked, indices given, ndim, indices, array slots.
int32_t partial_index(const uint64_t* x, uint64_t* result) {
  auto given = static_cast<int>(x[1]), ndim = static_cast<int>(x[2]);
  const uint64_t *index = x + 3, *array = index + given;
  uint64_t data = array[array_data_slot];
  for (int axis = 0; axis < given; ++axis) {
    auto i = static_cast<int64_t>(index[axis]), size = static_cast<int64_t>(array[array_shape_slot(ndim, axis)]);
    int64_t at = i < 0 ? i + size : i;
    if (x[0] && (at < 0 || at >= size)) {
      std::string text =
          "index " + std::to_string(i) + " is out of bounds for axis " + std::to_string(axis) + " with size " + std::to_string(size);
      return runtime::Context::current()->exc.set(runtime::ExcKind::IndexError, text), 1;
    }
    data += static_cast<uint64_t>(at) * array[array_stride_slot(ndim, axis)];
  }
  int rest = ndim - given;
  result[array_data_slot] = data;
  for (int axis = 0; axis < rest; ++axis) {
    result[array_shape_slot(rest, axis)] = array[array_shape_slot(ndim, given + axis)];
    result[array_stride_slot(rest, axis)] = array[array_stride_slot(ndim, given + axis)];
  }
  result[array_flags_slot(rest)] = array[array_flags_slot(ndim)];
  return 0;
}

Plan subarray(const Argument& array, const Indices& list) {
  int ndim = array.type->ndim, given = static_cast<int>(list.types.size());
  Layout layout = array.type->layout == Layout::c ? Layout::c : Layout::any;
  const Type* type = types::array(array.type->scalar, ndim - given, layout, array.type->writable);
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            std::vector<Slot> slots = {e.int_constant(e.bounds_check), e.int_constant(given), e.int_constant(ndim)};
            for (int k = 0; k < given; ++k) slots.push_back(low.of(list.value) + static_cast<Slot>(k));
            for (uint32_t k = 0; k < array.type->slots; ++k) slots.push_back(low.of(array) + k);
            e.call_runtime("px_partial_index", partial_index, std::move(slots), d[0], type->slots);
          }};
}

// An element of a tuple whose elements are all of one scalar type, by an index known at run time. Arguments: count, index, elements.
int32_t tuple_element(const uint64_t* x, uint64_t* result) {
  auto count = static_cast<int64_t>(x[0]), i = static_cast<int64_t>(x[1]);
  int64_t at = i < 0 ? i + count : i;
  if (at < 0 || at >= count) return runtime::Context::current()->exc.set(runtime::ExcKind::IndexError, "tuple index out of range"), 1;
  *result = x[2 + at];
  return 0;
}

Plan tuple_item(const Argument& tuple, const Argument& index) {
  auto& elements = tuple.type->elements;
  if (!index.type->is_scalar() || !is_integer(index.type->scalar))
    unsupported("indexing a tuple with " + to_string(index.type), "an integer");
  auto count = static_cast<int64_t>(elements.size());
  if (index.literal) {
    auto* whole = std::get_if<int64_t>(&index.literal->value);
    if (!whole) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};  // beyond int64
    int64_t k = *whole;
    int64_t at = k < 0 ? k + count : k;
    if (at < 0 || at >= count) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};
    uint32_t first = 0;
    for (int64_t j = 0; j < at; ++j) first += elements[static_cast<size_t>(j)]->slots;
    auto* type = elements[static_cast<size_t>(at)];
    return slots_of(tuple, first, type->slots, type);
  }
  for (auto* e : elements)
    if (e != elements[0] || !e->is_scalar()) unsupported("indexing a tuple of different types with a variable", "a constant index");
  if (elements.empty()) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};
  return {.results = {{elements[0]}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            std::vector<Slot> slots = {e.int_constant(count), low.of(index)};
            for (int64_t k = 0; k < count; ++k) slots.push_back(low.of(tuple) + static_cast<Slot>(k));
            e.call_runtime("px_tuple_element", tuple_element, std::move(slots), d[0], 1);
          }};
}

}  // namespace

Plan getattr(Inference& inf, std::span<const int32_t> operands) {
  Argument a = inf.read(operands[1]);
  auto& name = inf.code().names[operands[2]];
  if (a.type->is_array()) {
    int ndim = a.type->ndim;
    auto item = static_cast<int64_t>(item_size(a.type->scalar));
    if (name == "shape") return slots_of(a, array_shape_slot(ndim, 0), a.type->ndim, integers(ndim));
    if (name == "strides") return slots_of(a, array_stride_slot(ndim, 0), a.type->ndim, integers(ndim));
    if (name == "ndim") return known_int(ndim);
    if (name == "itemsize") return known_int(item);
    if (name == "size") return product(a, 1);
    if (name == "nbytes") return product(a, item);
    if (name == "T") return transpose(a);
    if (name == "dtype") return {.results = {{types::dtype(a.type->scalar)}}, .lower = [](Lowering&, std::span<const Slot>) {}};
  }
  unsupported("the attribute ." + name + " of " + to_string(a.type), a.type->is_array() ? "write the loop out" : "");
}

Plan getitem(Inference& inf, std::span<const int32_t> operands) {
  Argument a = inf.read(operands[1]), index = inf.read(operands[2]);
  if (a.type->is_tuple()) return tuple_item(a, index);
  if (!a.type->is_array()) mistyped(to_string(a.type) + " cannot be indexed");
  Indices list = indices(a, index);
  if (list.types.size() < a.type->ndim) return subarray(a, list);
  return {.results = {{types::scalar(a.type->scalar)}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            uint32_t aux = access(low, a, list);
            low.emitter.emit({.op = Op::load_, .kind = register_kind(a.type->scalar), .d = d[0], .aux = aux});
          }};
}

Plan setitem(Inference& inf, std::span<const int32_t> operands) {
  Argument a = inf.read(operands[0]), index = inf.read(operands[1]), value = inf.read(operands[2]);
  if (a.type->is_tuple()) throw InferenceError{runtime::ExcKind::TypeError, "'tuple' object does not support item assignment"};
  if (!a.type->is_array()) mistyped(to_string(a.type) + " does not support item assignment");
  if (!a.type->writable)
    throw InferenceError{
        runtime::ExcKind::ProtectionError,
        inf.register_name(a.reg) + " is read-only here: a context writes only to arrays that it was handed as writable arguments"};
  Indices list = indices(a, index);
  if (list.types.size() < a.type->ndim) unsupported("assigning to part of an array", "loop over the indices");
  if (!value.type->is_scalar()) mistyped("cannot store " + to_string(value.type) + " in " + to_string(a.type));
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    const Type* element = types::scalar(a.type->scalar);
    Slot s = low.emitter.convert(low.of(value), value.type, element);
    uint32_t aux = access(low, a, list);
    low.emitter.emit({.op = Op::store_, .kind = register_kind(a.type->scalar), .a = s, .aux = aux});
  }};
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

Plan build_list(Inference&, std::span<const int32_t>) {
  unsupported("a list", "an array (np.empty) or a tuple");
}

Plan build_slice(Inference& inf, std::span<const int32_t> operands) {
  Argument parts[] = {inf.read(operands[1]), inf.read(operands[2]), inf.read(operands[3])};
  const Type* type = types::slice(!parts[0].type->is_none(), !parts[1].type->is_none(), !parts[2].type->is_none());
  return {.results = {{type}}, .lower = [](Lowering&, std::span<const Slot>) {}};
}

Plan unpack(Inference& inf, std::span<const int32_t> operands) {
  Argument from = inf.read(operands[0]);
  auto wanted = static_cast<size_t>(operands[1]);
  if (!from.type->is_tuple()) unsupported("unpacking " + to_string(from.type), "index its elements");
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
