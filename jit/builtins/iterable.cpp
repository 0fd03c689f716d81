#include "jit/builtins/iterable.h"

#include <cstring>

#include "jit/builtins/complex.h"
#include "jit/builtins/list.h"
#include "jit/builtins/nditer.h"
#include "jit/builtins/view.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

const Type* array_of(const Type* it) {
  return types::array(it->scalar, it->ndim, it->layout, it->writable);
}

// The element at `index`, which is known to be in bounds.
void element(Emitter& e, const Type* array, Slot at, Slot index, Slot d) {
  if (array->ndim > 1) {
    // The rest of the axes as they are: an index word of one integer and whole slices.
    int64_t word = view_integer;
    for (int axis = 1; axis < array->ndim; ++axis) word |= int64_t{view_slice} << (4 * axis);
    std::vector<Slot> slots = {e.int_constant(0), e.int_constant(array->ndim), e.int_constant(array->ndim), e.int_constant(word), index};
    for (int axis = 1; axis < array->ndim; ++axis)
      for (int part = 0; part < 3; ++part) slots.push_back(e.int_constant(0));
    for (uint32_t k = 0; k < array->slots; ++k) slots.push_back(at + k);
    return e.call_runtime("px_array_view", array_view, std::move(slots), d, array->slots - 2);
  }
  emit_element(e, array, at, {index}, d);
}

// Whether `index` is below `size`; if not, goes to `done`.
void check(Emitter& e, Slot index, Slot size, uint32_t done) {
  uint32_t more = e.new_label();
  Slot left = e.temporary(types::boolean());
  e.binary(Op::lt_, Scalar::i64, left, index, size);
  e.branch(left, more, done);
  e.bind(more);
}

void advance(Emitter& e, Slot index) {
  e.binary(Op::add_, Scalar::i64, index, index, e.int_constant(1));
}

bool goes_over_indices(const Type* it) {
  return it->kind == TypeKind::iterator && (it->text == "ndindex" || it->text == "ndenumerate" || it->text == "flat");
}

void next_index(Emitter& e, const Type* it, Slot at, Slot d, uint32_t done) {
  auto* over = it->elements[0];
  auto ndim = static_cast<uint32_t>(it->elements[1]->elements.size());
  Slot shape = over->is_array() ? at + array_shape_slot(static_cast<int>(ndim), 0) : at, index = at + over->slots, left = index + ndim;
  uint32_t more = e.new_label(), out = e.new_label();
  Slot test = e.temporary(types::boolean());
  e.binary(Op::gt_, Scalar::i64, test, left, e.int_constant(0));
  e.branch(test, more, done);
  e.bind(more);
  if (it->text != "flat" && ndim > 0) {
    e.move(d, index, ndim);
    d += ndim;
  }
  if (over->is_array()) {
    std::vector<Slot> indices;
    for (uint32_t k = 0; k < ndim; ++k) indices.push_back(index + k);
    emit_element(e, over, at, std::move(indices), d);
  }
  e.binary(Op::sub_, Scalar::i64, left, left, e.int_constant(1));
  for (uint32_t k = ndim; k-- > 0;) {
    uint32_t wrap = e.new_label();
    advance(e, index + k);
    e.binary(Op::lt_, Scalar::i64, test, index + k, shape + k);
    e.branch(test, out, wrap);
    e.bind(wrap);
    e.move(index + k, e.int_constant(0), 1);
  }
  e.jump(out);
  e.bind(out);
}

bool is_shared(const Type* it) {
  return it->kind == TypeKind::iterator && it->text == "shared";
}

// The state's slots from the running context's memory. Result: its address.
int32_t iterator_new(const uint64_t* x, uint64_t* result) {
  auto& context = *runtime::Context::current();
  const size_t bytes = x[0] * sizeof(uint64_t);
  void* state = context.arena.allocate(bytes, alignof(uint64_t));
  if (!state) return context.set_no_memory("no memory left for an iterator"), 1;
  std::memcpy(state, x + 1, bytes);
  *result = reinterpret_cast<uint64_t>(state);
  return 0;
}
// Arguments: the address, how many slots.
int32_t iterator_load(const uint64_t* x, uint64_t* result) {
  std::memcpy(result, reinterpret_cast<const void*>(x[0]), x[1] * sizeof(uint64_t));
  return 0;
}
// Arguments: the address, how many slots, the slots.
int32_t iterator_store(const uint64_t* x, uint64_t*) {
  std::memcpy(reinterpret_cast<void*>(x[0]), x + 2, x[1] * sizeof(uint64_t));
  return 0;
}

void next_shared(Emitter& e, const Type* inner, Slot at, Slot d, uint32_t done) {
  Slot state = e.temporary(inner), count = e.int_constant(inner->slots);
  auto keep = [&] {
    std::vector<Slot> slots = {at, count};
    for (uint32_t k = 0; k < inner->slots; ++k) slots.push_back(state + k);
    e.call_runtime("px_iterator_store", iterator_store, std::move(slots), e.temporary(types::int64()), 1);
  };
  uint32_t exhausted = e.new_label(), end = e.new_label();
  e.call_runtime("px_iterator_load", iterator_load, {at, count}, state, inner->slots);
  emit_next(e, inner, state, d, exhausted);
  keep();
  e.jump(end);
  e.bind(exhausted);
  keep();
  e.jump(done);
  e.bind(end);
}

}  // namespace

const Type* shared_iterator(const Type* inner) {
  return types::iterator("shared", std::span(&inner, 1));
}

void emit_shared_iterator(Emitter& e, const Type* from, Slot value, Slot d) {
  const Type* inner = iterator_of(from);
  Slot state = e.temporary(inner);
  emit_iter(e, from, value, state);
  std::vector<Slot> slots = {e.int_constant(inner->slots)};
  for (uint32_t k = 0; k < inner->slots; ++k) slots.push_back(state + k);
  e.call_runtime("px_iterator_new", iterator_new, std::move(slots), d, 1);
}

Slot emit_shared_state(Emitter& e, const Type* shared, Slot at) {
  const Type* inner = shared->elements[0];
  Slot state = e.temporary(inner);
  e.call_runtime("px_iterator_load", iterator_load, {at, e.int_constant(inner->slots)}, state, inner->slots);
  return state;
}

void emit_tuple_element(Emitter& e, const Type* tuple, Slot from, Slot index, Slot d) {
  uint32_t width = tuple->elements[0]->slots;
  std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(tuple->elements.size())), e.int_constant(width), index};
  for (uint32_t k = 0; k < tuple->slots; ++k) slots.push_back(from + k);
  e.call_runtime("px_tuple_element", tuple_element, std::move(slots), d, width);
}

const Type* iterator_of(const Type* t) {
  switch (t->kind) {
    case TypeKind::range:
      return types::range_iter(t->scalar);
    case TypeKind::array:
      return t->ndim > 0 ? types::array_iter(t) : nullptr;
    case TypeKind::records:
      return t->ndim == 1 ? types::iterator("records", std::span(&t, 1)) : nullptr;
    case TypeKind::tuple:
      for (auto* e : t->elements)
        if (e != t->elements[0]) return nullptr;
      return t->elements.empty() ? nullptr : types::iterator("tuple", std::span(&t, 1));
    case TypeKind::list:
      return t->elements.empty() ? nullptr : types::iterator("list", std::span(&t, 1));
    case TypeKind::range_iter:
    case TypeKind::array_iter:
    case TypeKind::iterator:
      return t;
    default:
      return nullptr;
  }
}

const Type* index_iterator(std::string_view name, const Type* over) {
  size_t ndim = over->is_array() ? over->ndim : over->elements.size();
  const Type* at = types::tuple(std::vector<const Type*>(ndim, types::int64()));
  const Type* parts[] = {over->is_array() ? over : at, at, types::int64()};  // where it is, how many are left
  return types::iterator(name, parts);
}

void emit_index_iterator(Emitter& e, const Type* it, Slot value, Slot d) {
  auto* over = it->elements[0];
  auto ndim = static_cast<uint32_t>(it->elements[1]->elements.size());
  Slot shape = over->is_array() ? d + array_shape_slot(static_cast<int>(ndim), 0) : d, at = d + over->slots, left = at + ndim;
  e.move(d, value, over->slots);
  e.move(left, e.int_constant(1), 1);
  // As Numba: an axis of a negative size has one round.
  Slot negative = over->is_array() ? 0 : e.temporary(types::boolean()), size = over->is_array() ? 0 : e.temporary(types::int64());
  for (uint32_t k = 0; k < ndim; ++k) {
    e.move(at + k, e.int_constant(0), 1);
    if (!over->is_array()) {
      e.binary(Op::lt_, Scalar::i64, negative, shape + k, e.int_constant(0));
      e.binary(Op::max_, Scalar::i64, size, shape + k, e.convert(negative, types::boolean(), types::int64()));
    }
    e.binary(Op::mul_, Scalar::i64, left, left, over->is_array() ? shape + k : size);
  }
}

const Type* yielded(const Type* it) {
  if (is_shared(it)) return yielded(it->elements[0]);
  if (goes_over_indices(it)) {
    if (it->text == "ndindex") return it->elements[1];
    const Type* element = types::scalar(it->elements[0]->scalar);
    const Type* pair[] = {it->elements[1], element};
    return it->text == "flat" ? element : types::tuple(pair);
  }
  if (it->kind == TypeKind::range_iter) return types::scalar(it->scalar);
  if (it->kind == TypeKind::array_iter)  // rows have any layout, as in Numba
    return it->ndim == 1 ? types::scalar(it->scalar) : types::array(it->scalar, it->ndim - 1, Layout::any, it->writable);
  if (it->text == "nditer") return nditer_item(it);
  if (it->text == "records") return types::record(it->elements[0]->elements[0]->text, it->elements[0]->writable);
  if (it->text == "tuple" || it->text == "list") return it->elements[0]->elements[0];
  std::vector<const Type*> parts;
  if (it->text == "enumerate") parts.push_back(types::int64());
  for (auto* e : it->elements) parts.push_back(yielded(e));
  return types::tuple(parts);
}

void emit_iter(Emitter& e, const Type* from, Slot value, Slot d) {
  switch (from->kind) {
    case TypeKind::range:
      return e.unary(Op::range_init_, register_kind(from->scalar), d, value);
    case TypeKind::array:
      e.move(d, value, from->slots);
      e.move(d + from->slots, e.int_constant(0), 1);
      return;
    case TypeKind::records:
    case TypeKind::tuple:
    case TypeKind::list:
      e.move(d + 1, value, from->slots);
      e.move(d, e.int_constant(0), 1);
      return;
    default:
      e.move(d, value, from->slots);
  }
}

void emit_next(Emitter& e, const Type* it, Slot at, Slot d, uint32_t done) {
  if (is_shared(it)) return next_shared(e, it->elements[0], at, d, done);
  if (it->kind == TypeKind::range_iter) {
    e.emit({.op = Op::range_next_, .kind = register_kind(it->scalar), .d = d, .a = at, .target = done});
    return;
  }
  if (it->kind == TypeKind::array_iter) {
    Slot index = at + it->slots - 1;
    check(e, index, at + array_shape_slot(it->ndim, 0), done);
    element(e, array_of(it), at, index, d);
    return advance(e, index);
  }
  if (it->text == "nditer") return next_nditer(e, it, at, d, done);
  if (it->text == "records") {
    check(e, at, at + 1 + array_shape_slot(1, 0), done);
    Slot step = e.temporary(types::int64());
    e.binary(Op::mul_, Scalar::i64, step, at, at + 1 + array_stride_slot(1, 0));
    e.binary(Op::add_, Scalar::i64, d, at + 1, step);
    return advance(e, at);
  }
  if (it->text == "tuple") {
    auto count = static_cast<int64_t>(it->elements[0]->elements.size());
    check(e, at, e.int_constant(count), done);
    emit_tuple_element(e, it->elements[0], at + 1, at, d);
    return advance(e, at);
  }
  if (it->text == "list") {  // it may grow and shrink meanwhile
    Slot size = e.temporary(types::int64());
    e.call_runtime("px_list_size", list_size, {at + 1}, size, 1);
    check(e, at, size, done);
    call_list(e, "px_list_get", list_get, at + 1, it->elements[0], {at}, d, yielded(it)->slots);
    return advance(e, at);
  }
  if (goes_over_indices(it)) return next_index(e, it, at, d, done);
  if (it->elements.empty()) {  // zip(): no rounds
    uint32_t more = e.new_label();
    e.branch(e.constant(0, types::boolean()), more, done);
    return e.bind(more);
  }
  // Through a copy: where a later part is exhausted, `d` keeps what it was.
  const Type* item = yielded(it);
  Slot to = e.temporary(item), next = to, part = at;
  bool counts = it->text == "enumerate";
  if (counts) next += 1, part += 1;
  for (auto* inner : it->elements) {
    emit_next(e, inner, part, next, done);
    part += inner->slots;
    next += yielded(inner)->slots;
  }
  if (counts) {
    e.move(to, at, 1);
    advance(e, at);
  }
  e.move(d, to, item->slots);
}

}  // namespace px::jit
