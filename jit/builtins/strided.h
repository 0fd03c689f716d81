// Array values at run time: their slots read into a shape, and loops over all elements that the compiler can vectorise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "jit/interp/value.h"
#include "jit/types/type.h"

namespace px::jit {

struct Strided {
  static constexpr int most = 8;
  char* data = nullptr;
  int ndim = 0;
  std::array<int64_t, most> shape{}, strides{};  // strides in bytes

  static Strided of(const uint64_t* slots, int ndim) {
    Strided a;
    a.data = reinterpret_cast<char*>(slots[array_data_slot]);
    a.ndim = ndim;
    for (int axis = 0; axis < ndim; ++axis) {
      a.shape[static_cast<size_t>(axis)] = static_cast<int64_t>(slots[array_shape_slot(ndim, axis)]);
      a.strides[static_cast<size_t>(axis)] = static_cast<int64_t>(slots[array_stride_slot(ndim, axis)]);
    }
    return a;
  }
  // The axes in reverse: an array in Fortran order walked in the order of its memory.
  Strided reversed() const {
    Strided a = *this;
    for (int axis = 0; axis < ndim; ++axis) {
      a.shape[static_cast<size_t>(axis)] = shape[static_cast<size_t>(ndim - 1 - axis)];
      a.strides[static_cast<size_t>(axis)] = strides[static_cast<size_t>(ndim - 1 - axis)];
    }
    return a;
  }
  int64_t size() const {
    uint64_t n = 1;  // beside an axis of no elements others may be of any size
    for (int axis = 0; axis < ndim; ++axis) n *= static_cast<uint64_t>(shape[static_cast<size_t>(axis)]);
    return static_cast<int64_t>(n);
  }
};

// The bytes that an array with at least one element lies in.
struct Extent {
  const char *first, *end;
};
inline Extent extent(const Strided& a, size_t item) {
  Extent e{a.data, a.data + item};
  for (int axis = 0; axis < a.ndim; ++axis) {
    auto k = static_cast<size_t>(axis);
    int64_t span = a.strides[k] * (a.shape[k] - 1);
    (span < 0 ? e.first : e.end) += span;
  }
  return e;
}
// Whether the arrays, items of these sizes, may share memory.
inline bool overlap(const Strided& a, size_t item_a, const Strided& b, size_t item_b) {
  if (a.size() == 0 || b.size() == 0) return false;
  Extent x = extent(a, item_a), y = extent(b, item_b);
  return x.first < y.end && y.first < x.end;
}
// Whether each element of one is where the same element of the other is.
inline bool same_place(const Strided& a, const Strided& b) {
  return a.data == b.data && a.ndim == b.ndim && a.shape == b.shape && a.strides == b.strides;
}

// Where the element at these indices lies, of an array's slots; nothing where an index is out of bounds. Negative ones count from the end
// unless they are unsigned.
inline std::optional<uint64_t> element_place(const uint64_t* array, int ndim, const uint64_t* index, bool index_unsigned) {
  uint64_t address = array[array_data_slot];
  for (int axis = 0; axis < ndim; ++axis) {
    const uint64_t size = array[array_shape_slot(ndim, axis)];
    const uint64_t at = static_cast<int64_t>(index[axis]) < 0 && !index_unsigned ? index[axis] + size : index[axis];
    if (at >= size) return {};
    address += at * array[array_stride_slot(ndim, axis)];
  }
  return address;
}

// Calls `line(a, n, stride of a, b, stride of b)` for each line of the last axis, in C order, until it says false; `b` has a's shape.
// Whether all lines were passed.
template <class Line>
bool for_lines(const Strided& a, const Strided& b, Line line) {
  if (a.size() == 0) return true;
  int outer = a.ndim > 0 ? a.ndim - 1 : 0;
  auto last = static_cast<size_t>(outer);
  int64_t n = a.ndim > 0 ? a.shape[last] : 1, step_a = a.ndim > 0 ? a.strides[last] : 0, step_b = a.ndim > 0 ? b.strides[last] : 0;
  std::array<int64_t, Strided::most> at{};
  char *p = a.data, *q = b.data;
  for (;;) {
    if (!line(p, n, step_a, q, step_b)) return false;
    int axis = outer - 1;
    for (; axis >= 0; --axis) {
      auto k = static_cast<size_t>(axis);
      p += a.strides[k];
      q += b.strides[k];
      if (++at[k] < a.shape[k]) break;
      p -= a.strides[k] * a.shape[k];
      q -= b.strides[k] * a.shape[k];
      at[k] = 0;
    }
    if (axis < 0) return true;
  }
}

// An element where it lies, which may be anywhere: the fields of packed records are not aligned. Arrays that px made are, and may be
// walked by pointers of their type.
template <class T>
[[gnu::always_inline]] inline T load_element(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
template <class T>
[[gnu::always_inline]] inline void store_element(char* p, T value) {
  std::memcpy(p, &value, sizeof value);
}
// Element k of those that lie side by side.
template <class T>
[[gnu::always_inline]] inline T load_element(const char* p, int64_t k) {
  return load_element<T>(p + k * static_cast<int64_t>(sizeof(T)));
}
inline bool is_aligned(const char* p, size_t bytes) {
  return reinterpret_cast<uintptr_t>(p) % bytes == 0;
}

// Calls `each(value)`, of the element's C++ type T, in C order until it says false. Whether all were passed.
template <class T, class Each>
bool for_elements(const Strided& a, Each each) {
  return for_lines(a, a, [&](const char* p, int64_t n, int64_t stride, const char*, int64_t) {
    if (stride == sizeof(T)) {
      for (int64_t k = 0; k < n; ++k)
        if (!each(load_element<T>(p, k))) return false;
      return true;
    }
    for (int64_t k = 0; k < n; ++k, p += stride)
      if (!each(load_element<T>(p))) return false;
    return true;
  });
}

// `f(T())` for a type of an element's size.
template <class F>
auto with_size(size_t bytes, F f) {
  switch (bytes) {
    case 1:
      return f(uint8_t());
    case 2:
      return f(uint16_t());
    case 4:
      return f(uint32_t());
    case 8:
      return f(uint64_t());
    default:
      return f(std::array<uint64_t, 2>());
  }
}

// `f.template operator()<s>()` for the scalar that is known at run time.
template <class F>
auto with_scalar(Scalar s, F f) {
  switch (s) {
    case Scalar::boolean:
      return f.template operator()<Scalar::boolean>();
    case Scalar::i8:
      return f.template operator()<Scalar::i8>();
    case Scalar::i16:
      return f.template operator()<Scalar::i16>();
    case Scalar::i32:
      return f.template operator()<Scalar::i32>();
    case Scalar::i64:
      return f.template operator()<Scalar::i64>();
    case Scalar::u8:
      return f.template operator()<Scalar::u8>();
    case Scalar::u16:
      return f.template operator()<Scalar::u16>();
    case Scalar::u32:
      return f.template operator()<Scalar::u32>();
    case Scalar::u64:
      return f.template operator()<Scalar::u64>();
    case Scalar::f32:
      return f.template operator()<Scalar::f32>();
    default:
      return f.template operator()<Scalar::f64>();
  }
}

}  // namespace px::jit
