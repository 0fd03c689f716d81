#include "jit/builtins/nditer.h"

#include <algorithm>

#include "jit/builtins/complex.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

// The iterator's parts: the arrays, the next index, how many are left.
const std::vector<const Type*>& arrays_of(const Type* it) {
  return it->elements[0]->elements;
}
int dimensions(const Type* it) {
  return static_cast<int>(it->elements[1]->elements.size());
}

bool in_fortran_order(std::span<const Type* const> arrays) {
  int c = 0, f = 0;
  for (auto* a : arrays) {
    if (a->ndim == 0) continue;
    c += a->layout == Layout::c;
    f += a->layout == Layout::f || (a->ndim == 1 && a->layout == Layout::c);
  }
  return f > c;
}

const Type* view_of_one(const Type* array) {
  return types::array(array->scalar, 0, Layout::c, array->writable);
}

// Arguments: how many sizes, those of one array, the last ones of the array that all go with.
int32_t check_shape(const uint64_t* x, uint64_t*) {
  if (std::equal(x + 1, x + 1 + x[0], x + 1 + x[0])) return 0;
  runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, "nditer(): operands could not be broadcast together");
  return 1;
}

int32_t check_single(const uint64_t* x, uint64_t*) {
  uint64_t size = 1;
  for (uint64_t k = 0; k < x[0]; ++k) size *= x[1 + k];
  if (size == 1) return 0;
  runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, "item(): can only convert an array of size 1 to a Python scalar");
  return 1;
}

Resolution item(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_array()) return {};
  return {.result = types::scalar(t->scalar),
          .literal = {},
          .parameters = {},
          .lower =
              [t](Emitter& e, std::span<const Slot> a, Slot d) {
                if (t->ndim > 0) {
                  std::vector<Slot> slots = {e.int_constant(t->ndim)};
                  for (int axis = 0; axis < t->ndim; ++axis) slots.push_back(a[0] + array_shape_slot(t->ndim, axis));
                  e.call_runtime("px_check_single", check_single, std::move(slots), e.temporary(types::int64()), 1);
                }
                Slot only = e.temporary(types::array(t->scalar, 0, Layout::c));
                e.move(only, a[0], 1);
                e.move(only + array_flags_slot(0), a[0] + array_flags_slot(t->ndim), 1);
                emit_element(e, types::array(t->scalar, 0, Layout::c), only, {}, d);
              },
          .advice = {}};
}
const Builtin item_entry{"item", item, "the number in an array of one element", "", {"self"}, 1, nullptr, 1, 1, {}, true};

}  // namespace

Resolution nditer(std::span<const Argument> arguments, const Builtin&) {
  auto* given = arguments[0].type;
  std::vector<const Type*> arrays = given->is_tuple() ? given->elements : std::vector<const Type*>{given};
  if (arrays.empty() || !std::ranges::all_of(arrays, [](auto* t) { return t->is_array() || t->is_scalar(); }))
    return {.advice = "it takes arrays and numbers, one or a tuple of them"};
  // A number is an array without dimensions.
  const std::vector<const Type*> given_parts = arrays;
  std::vector<Resolution> numbers;  // what makes it; none for an array
  static const auto& full = *find_builtin("numpy.full");
  for (auto*& t : arrays) {
    Resolution& made = numbers.emplace_back();
    if (!t->is_scalar()) continue;
    const Argument pair[] = {{types::tuple({}), {}, -1, 0}, {t, {}, -1, 0}};
    made = full.resolve(pair, full);
    t = made.result;
  }
  int ndim = 0;
  for (auto* a : arrays) ndim = std::max<int>(ndim, a->ndim);
  const Type* parts[] = {types::tuple(arrays), types::tuple(std::vector<const Type*>(static_cast<size_t>(ndim), types::int64())),
                         types::int64()};
  const Type* it = types::iterator("nditer", parts);
  return {.result = it,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> from, Slot d) {
                Slot at = d, index = d + it->elements[0]->slots, left = index + static_cast<Slot>(ndim), shape = 0;
                Slot source = from[0];
                for (size_t k = 0; k < arrays.size(); ++k) {
                  if (numbers[k].result) {
                    const Slot slots[] = {source, source};
                    const Type* const types[] = {types::tuple({}), given_parts[k]};
                    numbers[k].emit(e, types, slots, at);
                  } else {
                    e.move(at, source, arrays[k]->slots);
                  }
                  source += given_parts[k]->slots;
                  at += arrays[k]->slots;
                }
                at = d;
                bool found = false;
                for (auto* a : arrays) {
                  if (a->ndim == ndim && !found) shape = at + array_shape_slot(ndim, 0), found = true;
                  at += a->slots;
                }
                at = d;
                for (auto* a : arrays) {
                  Slot own = at + array_shape_slot(a->ndim, 0), main = shape + static_cast<Slot>(ndim - a->ndim);
                  at += a->slots;
                  if (own == main || a->ndim == 0) continue;
                  std::vector<Slot> slots = {e.int_constant(a->ndim)};
                  for (Slot first : {own, main})
                    for (Slot k = 0; k < a->ndim; ++k) slots.push_back(first + k);
                  e.call_runtime("px_nditer_shape", check_shape, std::move(slots), e.temporary(types::int64()), 1);
                }
                e.move(left, e.int_constant(1), 1);
                for (Slot k = 0; k < static_cast<Slot>(ndim); ++k) {
                  e.move(index + k, e.int_constant(0), 1);
                  e.binary(Op::mul_, Scalar::i64, left, left, shape + k);
                }
              },
          .advice = {}};
}

const Type* nditer_item(const Type* it) {
  std::vector<const Type*> views;
  for (auto* a : arrays_of(it)) views.push_back(view_of_one(a));
  return views.size() == 1 ? views[0] : types::tuple(views);
}

void next_nditer(Emitter& e, const Type* it, Slot at, Slot d, uint32_t done) {
  auto& arrays = arrays_of(it);
  int ndim = dimensions(it);
  Slot index = at + it->elements[0]->slots, left = index + static_cast<Slot>(ndim), shape = 0, array = at;
  bool found = false;
  uint32_t more = e.new_label(), out = e.new_label();
  Slot test = e.temporary(types::boolean()), step = e.temporary(types::int64());
  e.binary(Op::gt_, Scalar::i64, test, left, e.int_constant(0));
  e.branch(test, more, done);
  e.bind(more);
  for (auto* a : arrays) {
    if (a->ndim == ndim && !found) shape = array + array_shape_slot(ndim, 0), found = true;
    Slot address = e.temporary(types::int64());
    e.move(address, array, 1);
    for (int axis = 0; axis < a->ndim; ++axis) {
      Slot place = index + static_cast<Slot>(ndim - a->ndim + axis);
      e.binary(Op::mul_, Scalar::i64, step, place, array + array_stride_slot(a->ndim, axis));
      e.binary(Op::add_, Scalar::i64, address, address, step);
    }
    e.move(d, address, 1);
    e.move(d + array_flags_slot(0), array + array_flags_slot(a->ndim), 1);
    d += 2;
    array += a->slots;
  }
  e.binary(Op::sub_, Scalar::i64, left, left, e.int_constant(1));
  bool fortran = in_fortran_order(arrays);
  for (int k = 0; k < ndim; ++k) {
    auto axis = static_cast<Slot>(fortran ? k : ndim - 1 - k);
    uint32_t wrap = e.new_label();
    e.binary(Op::add_, Scalar::i64, index + axis, index + axis, e.int_constant(1));
    e.binary(Op::lt_, Scalar::i64, test, index + axis, shape + axis);
    e.branch(test, out, wrap);
    e.bind(wrap);
    e.move(index + axis, e.int_constant(0), 1);
  }
  e.jump(out);
  e.bind(out);
}

const Builtin& item_method_builtin() {
  return item_entry;
}

}  // namespace px::jit
