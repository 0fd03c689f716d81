#include "jit/builtins/array.h"

#include <cstring>

#include "jit/types/type.h"
#include "runtime/context.h"

namespace px::jit {

namespace {

// Fills in C-order strides and flags of an array value whose shape slots are set.
void set_c_strides(uint64_t* array, int ndim, uint64_t item_size) {
  uint64_t stride = item_size;
  for (int axis = ndim; axis-- > 0;) {
    array[array_stride_slot(ndim, axis)] = stride;
    stride *= array[array_shape_slot(ndim, axis)];
  }
  array[array_flags_slot(ndim)] = 1;
}

// Of the item's own width, so that the loop is of stores and not of calls.
template <class T>
void fill_as(char* data, uint64_t bytes, uint64_t bits) {
  auto value = static_cast<T>(bits);
  for (uint64_t at = 0; at < bytes; at += sizeof value) std::memcpy(data + at, &value, sizeof value);
}
void fill_elements(char* data, uint64_t bytes, uint64_t item, uint64_t bits) {
  switch (item) {
    case 1:
      std::memset(data, static_cast<int>(bits & 0xff), bytes);
      return;
    case 2:
      return fill_as<uint16_t>(data, bytes, bits);
    case 4:
      return fill_as<uint32_t>(data, bytes, bits);
    default:
      return fill_as<uint64_t>(data, bytes, bits);
  }
}

}  // namespace

namespace {

constexpr const char* no_memory = "Allocation failed (probably too large).";

// One dimension, not filled, of a size that is in order: what loops make most. False where it is not that.
bool new_line(runtime::Context& context, const uint64_t* arguments, uint64_t* result) {
  constexpr uint64_t largest = uint64_t{1} << 40;
  const uint64_t item = arguments[1], size = arguments[4];
  if (arguments[0] != 1 || arguments[2] != 0 || size - 1 >= largest) return false;
  void* data = context.arena.allocate(size * item, 64);
  if (!data) [[unlikely]]
    return false;
  result[array_data_slot] = reinterpret_cast<uint64_t>(data);
  result[array_shape_slot(1, 0)] = size;
  result[array_stride_slot(1, 0)] = item;
  result[array_flags_slot(1)] = 1;
  return true;
}

}  // namespace

int32_t array_new(const uint64_t* arguments, uint64_t* result) {
  auto& context = *runtime::Context::current();
  if (new_line(context, arguments, result)) [[likely]]
    return 0;
  int ndim = static_cast<int>(arguments[0]);
  uint64_t item = arguments[1], fill = arguments[2], bits = arguments[3];
  uint64_t bytes = item;
  for (int axis = 0; axis < ndim; ++axis) {
    auto size = static_cast<int64_t>(arguments[4 + axis]);
    if (size < 0) return context.exc.set(runtime::ExcKind::ValueError, "negative dimensions not allowed"), 1;
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes) || bytes > INT64_MAX)
      return context.exc.set(runtime::ExcKind::ValueError,
                             "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size."),
             1;
    result[array_shape_slot(ndim, axis)] = static_cast<uint64_t>(size);
  }
  char* data = static_cast<char*>(context.arena.allocate(bytes ? bytes : 1, 64));
  if (!data) return context.set_no_memory(no_memory), 1;
  if (fill == 1 || (fill == 2 && bits == 0)) {
    std::memset(data, 0, bytes);
  } else if (fill == 2) {
    fill_elements(data, bytes, item, bits);
  }
  result[array_data_slot] = reinterpret_cast<uint64_t>(data);
  set_c_strides(result, ndim, item);
  return 0;
}

}  // namespace px::jit
