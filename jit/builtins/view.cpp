#include "jit/builtins/view.h"

#include <algorithm>
#include <string>

#include "jit/builtins/array.h"
#include "jit/builtins/array_functions.h"
#include "jit/builtins/strided.h"
#include "runtime/context.h"

namespace px::jit {

namespace {

int32_t fail(runtime::ExcKind kind, const std::string& text) {
  return runtime::Context::current()->exc.set(kind, text), 1;
}

struct Bounds {
  int64_t start, step, length;
};

// start:stop:step on an axis of `size`, as PySlice_AdjustIndices has it. Step is not 0.
Bounds adjust(const uint64_t* parts, int given, int64_t size) {
  auto part = [&](int bit, size_t k, int64_t otherwise) { return given & bit ? static_cast<int64_t>(parts[k]) : otherwise; };
  int64_t step = part(view_step, 2, 1);
  int64_t lower = step < 0 ? -1 : 0, upper = step < 0 ? size - 1 : size;
  auto clamp = [&](int64_t bound) {
    if (bound < 0) bound += size;
    return bound < 0 ? lower : bound >= size ? upper : bound;
  };
  int64_t start = given & view_start ? clamp(part(view_start, 0, 0)) : step < 0 ? upper : lower;
  int64_t stop = given & view_stop ? clamp(part(view_stop, 1, 0)) : step < 0 ? lower : upper;
  int64_t length = 0;
  if (step < 0 && stop < start) {
    length = static_cast<int64_t>(static_cast<uint64_t>(start - stop - 1) / (uint64_t{0} - static_cast<uint64_t>(step))) + 1;
  } else if (step > 0 && start < stop) {
    length = (stop - start - 1) / step + 1;
  }
  return {start, step, length};
}

void copy_elements(Scalar to, Scalar from, const Strided& target, const Strided& source) {
  ArrayValue t{target, to}, f{source, from};
  copy_array(t, f);
}

}  // namespace

int32_t array_view(const uint64_t* x, uint64_t* result) {
  bool checked = x[0] != 0;
  int ndim = static_cast<int>(x[1]), count = static_cast<int>(x[2]), given = 0, slots = 0;
  for (int k = 0; k < count; ++k) {
    auto code = static_cast<int>(x[3] >> (4 * k) & 15);
    given += code != view_integer;
    slots += code == view_integer ? 1 : code == view_new_axis ? 0 : 3;
  }
  const uint64_t *index = x + 4, *array = index + slots;
  uint64_t data = array[array_data_slot];
  for (int k = 0, axis = 0, out = 0; k < count; ++k) {
    auto code = static_cast<int>(x[3] >> (4 * k) & 15);
    if (code == view_new_axis) {
      result[array_shape_slot(given, out)] = 1;
      result[array_stride_slot(given, out++)] = 0;
      continue;
    }
    auto size = static_cast<int64_t>(array[array_shape_slot(ndim, axis)]);
    uint64_t stride = array[array_stride_slot(ndim, axis)];
    if (code == view_integer) {
      auto i = static_cast<int64_t>(*index++);
      int64_t at = i < 0 ? i + size : i;
      if (checked && (at < 0 || at >= size))
        return fail(runtime::ExcKind::IndexError, "index " + std::to_string(i) + " is out of bounds for axis " + std::to_string(axis) +
                                                      " with size " + std::to_string(size));
      data += static_cast<uint64_t>(at) * stride;
    } else {
      if (code & view_step && index[2] == 0) return fail(runtime::ExcKind::ValueError, "slice step cannot be zero");
      Bounds b = adjust(index, code, size);
      index += 3;
      data += static_cast<uint64_t>(b.start) * stride;
      result[array_shape_slot(given, out)] = static_cast<uint64_t>(b.length);
      result[array_stride_slot(given, out++)] = stride * static_cast<uint64_t>(b.step);
    }
    ++axis;
  }
  result[array_data_slot] = data;
  result[array_flags_slot(given)] = array[array_flags_slot(ndim)];
  return 0;
}

int32_t tuple_element(const uint64_t* x, uint64_t* result) {
  auto count = static_cast<int64_t>(x[0]), width = static_cast<int64_t>(x[1]), i = static_cast<int64_t>(x[2]);
  int64_t at = i < 0 ? i + count : i;
  if (at < 0 || at >= count) return fail(runtime::ExcKind::IndexError, "tuple index out of range");
  std::copy_n(x + 3 + at * width, width, result);
  return 0;
}

int32_t array_assign(const uint64_t* x, uint64_t* result) {
  (void)result;
  auto to = static_cast<Scalar>(x[0] & 15), from = static_cast<Scalar>(x[0] >> 4);
  int ndim = static_cast<int>(x[1]), from_ndim = static_cast<int>(x[2]);
  Strided target = Strided::of(x + 3, ndim), source = Strided::of(x + 3 + 2 + 2 * ndim, from_ndim), spread = target;
  // The source in the target's shape: axes of size 1, and axes that it lacks, are repeated.
  bool fits = true;
  for (int k = 1; k <= from_ndim; ++k) {
    int64_t size = source.shape[static_cast<size_t>(from_ndim - k)], wanted = k <= ndim ? target.shape[static_cast<size_t>(ndim - k)] : 1;
    fits = fits && (size == wanted || size == 1);
  }
  if (!fits) return fail(runtime::ExcKind::ValueError, "cannot assign slice from input of different size");
  if (target.size() == 0) return 0;
  spread.data = source.data;
  for (int k = 1; k <= ndim; ++k) {
    bool repeated = k > from_ndim || source.shape[static_cast<size_t>(from_ndim - k)] == 1;
    spread.strides[static_cast<size_t>(ndim - k)] = repeated ? 0 : source.strides[static_cast<size_t>(from_ndim - k)];
  }
  if (to == from && same_place(target, spread)) return 0;  // `a[1:] += b` ends so
  if (overlap(target, item_size(to), source, item_size(from))) {
    Strided copy = spread;
    int64_t stride = static_cast<int64_t>(item_size(from)), bytes = stride;
    for (int axis = ndim; axis-- > 0;) {
      copy.strides[static_cast<size_t>(axis)] = bytes;
      bytes *= copy.shape[static_cast<size_t>(axis)];
    }
    auto& context = *runtime::Context::current();
    copy.data = static_cast<char*>(context.arena.allocate(static_cast<size_t>(bytes), 64));
    if (!copy.data) return context.set_no_memory("Allocation failed (probably too large)."), 1;
    copy_elements(from, from, copy, spread);
    spread = copy;
  }
  copy_elements(to, from, target, spread);
  return 0;
}

namespace {

void fill_elements(const Strided& target, Scalar element, uint64_t slot) {
  with_scalar(element, [&]<Scalar s>() {
    using T = interp::ElementType<s>;
    auto value = static_cast<T>(interp::get<interp::RegisterType<s>>(slot));
    for_lines(target, target, [value](char* p, int64_t n, int64_t step, char*, int64_t) {
      if (step == sizeof(T)) {
        for (int64_t k = 0; k < n; ++k) store_element(p + k * int64_t{sizeof(T)}, value);
      } else {
        for (int64_t k = 0; k < n; ++k, p += step) store_element(p, value);
      }
      return true;
    });
  });
}

}  // namespace

int32_t array_fill(const uint64_t* x, uint64_t*) {
  auto element = static_cast<Scalar>(x[0]);
  int ndim = static_cast<int>(x[1]);
  if (!is_complex(element)) return fill_elements(Strided::of(x + 3, ndim), element, x[2]), 0;
  Strided target = Strided::of(x + 4, ndim);
  Scalar part = part_of_complex(element);
  fill_elements(target, part, x[2]);
  target.data += item_size(part);
  fill_elements(target, part, x[3]);
  return 0;
}

void emit_assign(Emitter& e, const Type* to_type, typed::Slot to, const Type* from_type, typed::Slot from) {
  std::vector<typed::Slot> slots = {e.int_constant(static_cast<int>(to_type->scalar) + 16 * static_cast<int>(from_type->scalar)),
                                    e.int_constant(to_type->ndim), e.int_constant(from_type->ndim)};
  for (uint32_t k = 0; k < to_type->slots; ++k) slots.push_back(to + k);
  for (uint32_t k = 0; k < from_type->slots; ++k) slots.push_back(from + k);
  e.call_runtime("px_array_assign", array_assign, std::move(slots), e.temporary(types::int64()), 1);
}

void emit_fill(Emitter& e, const Type* type, typed::Slot array, typed::Slot value) {
  std::vector<typed::Slot> slots = {e.int_constant(static_cast<int>(type->scalar)), e.int_constant(type->ndim), value};
  if (is_complex(type->scalar)) slots.push_back(value + 1);
  for (uint32_t k = 0; k < type->slots; ++k) slots.push_back(array + k);
  e.call_runtime("px_array_fill", array_fill, std::move(slots), e.temporary(types::int64()), 1);
}

int32_t array_convert(const uint64_t* x, uint64_t* result) {
  auto to = static_cast<Scalar>(x[0] & 15), from = static_cast<Scalar>(x[0] >> 4);
  int ndim = static_cast<int>(x[1]);
  std::array<uint64_t, 4 + Strided::most> make = {x[1], item_size(to), 0, 0};
  for (int axis = 0; axis < ndim; ++axis) make[4 + static_cast<size_t>(axis)] = x[2 + array_shape_slot(ndim, axis)];
  std::array<uint64_t, 2 + 2 * Strided::most> made{};
  if (int32_t failed = array_new(make.data(), made.data())) return failed;
  copy_elements(to, from, Strided::of(made.data(), ndim), Strided::of(x + 2, ndim));
  std::copy_n(made.begin(), 2 + 2 * ndim, result);
  return 0;
}

int32_t array_reshape(const uint64_t* x, uint64_t* result) {
  int ndim = static_cast<int>(x[1]), old = static_cast<int>(x[2]);
  const uint64_t* array = x + 3 + ndim;
  Strided from = Strided::of(array, old);
  int64_t known = 1;
  int open = -1;
  std::array<int64_t, Strided::most> shape{};
  for (int axis = 0; axis < ndim; ++axis) {
    auto size = shape[static_cast<size_t>(axis)] = static_cast<int64_t>(x[3 + axis]);
    if (size >= 0) {
      known = static_cast<int64_t>(static_cast<uint64_t>(known) * static_cast<uint64_t>(size));
    } else if (open >= 0) {
      return fail(runtime::ExcKind::ValueError, "multiple negative shape values");
    } else {
      open = axis;
    }
  }
  if (open >= 0 ? (known == 0 ? from.size() != 0 : from.size() % known != 0) : from.size() != known)
    return fail(runtime::ExcKind::ValueError, "total size of new array must be unchanged");
  if (open >= 0) shape[static_cast<size_t>(open)] = known == 0 ? 0 : from.size() / known;
  uint64_t stride = x[0];
  for (int axis = ndim; axis-- > 0;) {
    const auto size = static_cast<uint64_t>(shape[static_cast<size_t>(axis)]);
    result[array_shape_slot(ndim, axis)] = size;
    result[array_stride_slot(ndim, axis)] = stride;
    stride *= size;
  }
  result[array_flags_slot(ndim)] = array[array_flags_slot(old)];
  result[array_data_slot] = array[array_data_slot];
  return 0;
}

}  // namespace px::jit
