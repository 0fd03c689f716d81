#include "jit/builtins/fancy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/elementwise.h"

namespace px::jit {

namespace {

// What the index arrays select: the array's axes before and behind them, and where in between to go.
struct Selection {
  ArrayValue array;
  int before = 0, behind = 0;    // axes of the array
  std::vector<int64_t> shape;    // of what is selected in between
  std::vector<int64_t> offsets;  // bytes, in C order of `shape`
  std::vector<int64_t> result_shape() const {
    std::vector<int64_t> s(array.shape.begin(), array.shape.begin() + before);
    s.insert(s.end(), shape.begin(), shape.end());
    s.insert(s.end(), array.shape.begin() + behind, array.shape.begin() + array.ndim);
    return s;
  }
};

struct Positions {  // along one axis, wrapped and checked
  std::vector<int64_t> shape, values;
};

bool out_of_bounds(int64_t index, int axis, int64_t size) {
  raise(runtime::ExcKind::IndexError,
        "index " + std::to_string(index) + " is out of bounds for axis " + std::to_string(axis) + " with size " + std::to_string(size));
  return false;
}

bool read_integers(const ArrayValue& index, int axis, int64_t size, Positions& p) {
  p.shape.assign(index.shape.begin(), index.shape.begin() + index.ndim);
  p.values.reserve(static_cast<size_t>(index.size()));
  return with_scalar(index.element, [&]<Scalar s>() {
    return for_elements<interp::ElementType<s>>(index, [&](auto v) {
      auto i = static_cast<int64_t>(v);
      int64_t at = i < 0 ? i + size : i;
      if (at < 0 || at >= size) return out_of_bounds(i, axis, size);
      p.values.push_back(at);
      return true;
    });
  });
}

// One list of positions an axis of the mask.
bool read_mask(const ArrayValue& mask, const ArrayValue& array, int axis, std::vector<Positions>& list) {
  for (int k = 0; k < mask.ndim; ++k)
    if (mask.shape[static_cast<size_t>(k)] != array.shape[static_cast<size_t>(axis + k)])
      return raise(runtime::ExcKind::IndexError, "boolean index did not match indexed array"), false;
  std::vector<Positions> found(static_cast<size_t>(mask.ndim));
  std::array<int64_t, Strided::most> at{};
  for_elements<uint8_t>(mask, [&](uint8_t v) {
    if (v)
      for (size_t k = 0; k < found.size(); ++k) found[k].values.push_back(at[k]);
    for (int k = mask.ndim; k-- > 0;) {
      if (++at[static_cast<size_t>(k)] < mask.shape[static_cast<size_t>(k)]) break;
      at[static_cast<size_t>(k)] = 0;
    }
    return true;
  });
  for (auto& p : found) {
    p.shape = {static_cast<int64_t>(p.values.size())};
    list.push_back(std::move(p));
  }
  return true;
}

// Reads the arguments up to the array.
bool select(Reader& in, Selection& s) {
  auto axis = static_cast<int>(in.integer());
  std::vector<ArrayValue> indices(static_cast<size_t>(in.integer()));
  for (auto& index : indices) index = in.array();
  s.array = in.array();
  s.before = s.behind = axis;
  std::vector<Positions> lists;
  for (auto& index : indices) {
    if (index.element == Scalar::boolean) {
      if (!read_mask(index, s.array, s.behind, lists)) return false;
      s.behind += index.ndim;
    } else {
      lists.emplace_back();
      if (!read_integers(index, s.behind, s.array.shape[static_cast<size_t>(s.behind)], lists.back())) return false;
      ++s.behind;
    }
  }
  size_t ndim = 0;
  for (auto& p : lists) ndim = std::max(ndim, p.shape.size());
  s.shape.assign(ndim, 1);
  for (auto& p : lists) {
    Strided shaped;
    shaped.ndim = static_cast<int>(p.shape.size());
    std::ranges::copy(p.shape, shaped.shape.begin());
    if (!broadcast(s.shape, shaped)) return shapes_differ(), false;
  }
  int64_t count = 1;
  for (int64_t n : s.shape) count *= n;
  s.offsets.assign(static_cast<size_t>(count), 0);
  for (size_t k = 0; k < lists.size(); ++k) {
    int64_t stride = s.array.strides[static_cast<size_t>(s.before) + k];
    auto& p = lists[k];
    if (p.shape == s.shape) {
      for (size_t i = 0; i < s.offsets.size(); ++i) s.offsets[i] += p.values[i] * stride;
      continue;
    }
    std::vector<int64_t> at(ndim, 0);
    for (auto& offset : s.offsets) {
      int64_t place = 0;
      for (size_t d = 0; d < p.shape.size(); ++d) {
        size_t from = ndim - p.shape.size() + d;
        place = place * p.shape[d] + (p.shape[d] == 1 ? 0 : at[from]);
      }
      offset += p.values[static_cast<size_t>(place)] * stride;
      for (size_t d = ndim; d-- > 0;) {
        if (++at[d] < s.shape[d]) break;
        at[d] = 0;
      }
    }
  }
  return true;
}

// `each(address, bytes)` for each run of elements, in C order of the result.
template <class Each>
void for_runs(const Selection& s, Each each) {
  auto& a = s.array;
  Strided outer, inner;
  outer.data = inner.data = a.data;
  outer.ndim = s.before;
  inner.ndim = a.ndim - s.behind;
  std::copy_n(a.shape.begin(), s.before, outer.shape.begin());
  std::copy_n(a.strides.begin(), s.before, outer.strides.begin());
  std::copy_n(a.shape.begin() + s.behind, inner.ndim, inner.shape.begin());
  std::copy_n(a.strides.begin() + s.behind, inner.ndim, inner.strides.begin());
  auto item = static_cast<size_t>(a.item());
  auto one = [&](char* p) {
    if (inner.ndim == 0) return each(p, item);
    Strided rest = inner;
    rest.data = p;
    for_lines(rest, rest, [&](char* q, int64_t n, int64_t stride, char*, int64_t) {
      if (stride == static_cast<int64_t>(item)) {
        each(q, item * static_cast<size_t>(n));
      } else {
        for (int64_t k = 0; k < n; ++k, q += stride) each(q, item);
      }
      return true;
    });
  };
  for_lines(outer, outer, [&](char* p, int64_t n, int64_t stride, char*, int64_t) {
    for (int64_t k = 0; k < n; ++k, p += stride)
      for (int64_t offset : s.offsets) one(p + offset);
    return true;
  });
}

// One element a run: a loop of its own width.
template <class T>
void gather(const Selection& s, char* to) {
  auto* d = reinterpret_cast<T*>(to);
  for (int64_t offset : s.offsets) *d++ = load_element<T>(s.array.data + offset);
}

// --- A mask of the array's own shape: no positions are written down. ---

// The mask and the array; false where the arguments are something else. `in` is behind the array then.
bool one_mask(Reader& in, ArrayValue& mask, ArrayValue& array) {
  Reader at = in;
  if (at.integer() != 0 || at.integer() != 1) return false;
  mask = at.array();
  array = at.array();
  if (mask.element != Scalar::boolean || mask.ndim != array.ndim || mask.shape != array.shape) return false;
  in = at;
  return true;
}

int64_t count_true(const ArrayValue& mask) {
  int64_t count = 0;
  for_elements<uint8_t>(mask, [&](uint8_t v) { return count += v != 0, true; });
  return count;
}

// Each element is written, and stays where the mask has it.
template <class T>
void compress(const ArrayValue& array, const ArrayValue& mask, T* out, int64_t count) {
  T* end = out + count;
  for_lines(array, mask, [&](const char* p, int64_t n, int64_t stride, const char* q, int64_t mask_stride) {
    T* to = out;
    for (int64_t k = 0; k < n && to < end; ++k, p += stride, q += mask_stride) {
      *to = load_element<T>(p);
      to += *q != 0;
    }
    out = to;
    return out < end;
  });
}

template <class T>
void set_where(const ArrayValue& array, const ArrayValue& mask, T value) {
  for_lines(array, mask, [&](char* p, int64_t n, int64_t stride, const char* q, int64_t mask_stride) {
    for (int64_t k = 0; k < n; ++k, p += stride, q += mask_stride)
      if (*q) store_element(p, value);
    return true;
  });
}

}  // namespace

int32_t fancy_get(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue mask, array, kept;
  if (one_mask(in, mask, array)) {
    const int64_t shape[] = {count_true(mask)};
    if (int32_t failed = make_array(array.element, shape, result, kept)) return failed;
    with_size(item_size(array.element), [&]<class T>(T) { compress(array, mask, reinterpret_cast<T*>(kept.data), shape[0]); });
    return 0;
  }
  Selection s;
  if (!select(in, s)) return 1;
  ArrayValue made;
  if (int32_t failed = make_array(s.array.element, s.result_shape(), result, made)) return failed;
  char* to = made.data;
  if (s.before == 0 && s.behind == s.array.ndim)
    return with_size(item_size(s.array.element), [&]<class T>(T) { return gather<T>(s, to), 0; });
  for_runs(s, [&](const char* from, size_t bytes) {
    std::memcpy(to, from, bytes);
    to += bytes;
  });
  return 0;
}

bool fancy_elements(const uint64_t* x, const std::function<bool(const char*)>& each) {
  Reader in(x);
  Selection s;
  if (!select(in, s)) return false;
  bool all = true;
  for_runs(s, [&](const char* p, size_t bytes) {
    for (const char* end = p + bytes; all && p < end; p += s.array.item()) all = each(p);
  });
  return all;
}

int32_t fancy_set(const uint64_t* x, uint64_t*) {
  Reader in(x);
  ArrayValue mask, array;
  Reader scalar = in;
  bool apart = one_mask(scalar, mask, array) && !overlap(mask, 1, array, item_size(array.element));
  if (apart && scalar.integer() == 0) {
    with_size(item_size(array.element), [&]<class T>(T value) {
      std::array<char, 16> bits{};
      put_number(bits.data(), array.element, scalar.here());
      std::memcpy(&value, bits.data(), sizeof value);
      set_where(array, mask, value);
    });
    return 0;
  }
  Selection s;
  if (!select(in, s)) return 1;
  auto item = static_cast<size_t>(s.array.item());
  if (in.integer() == 0) {
    std::array<char, 16> bits{};
    put_number(bits.data(), s.array.element, in.here());
    for_runs(s, [&](char* to, size_t bytes) {
      for (size_t k = 0; k < bytes; k += item) std::memcpy(to + k, bits.data(), item);
    });
    return 0;
  }
  // The value in the shape of what is selected, converted first: it may share memory with the array.
  ArrayValue value = in.array();
  auto shape = s.result_shape();
  if (value.ndim > static_cast<int>(shape.size())) return raise_value("cannot assign slice from input of different size");
  auto same = shape;
  if (!broadcast(same, value) || same != shape) return raise_value("cannot assign slice from input of different size");
  ArrayValue spread = value, made;
  spread.ndim = static_cast<int>(shape.size());
  for (int k = 1; k <= spread.ndim; ++k) {
    auto to = static_cast<size_t>(spread.ndim - k);
    bool repeated = k > value.ndim || value.shape[static_cast<size_t>(value.ndim - k)] == 1;
    spread.shape[to] = shape[to];
    spread.strides[to] = repeated ? 0 : value.strides[static_cast<size_t>(value.ndim - k)];
  }
  std::vector<char> memory(static_cast<size_t>(spread.size()) * item);
  made = spread;
  made.element = s.array.element;
  made.data = memory.data();
  auto stride = static_cast<int64_t>(item);
  for (int k = spread.ndim; k-- > 0;) {
    made.strides[static_cast<size_t>(k)] = stride;
    stride *= made.shape[static_cast<size_t>(k)];
  }
  copy_array(made, spread);
  const char* from = memory.data();
  for_runs(s, [&](char* to, size_t bytes) {
    std::memcpy(to, from, bytes);
    from += bytes;
  });
  return 0;
}

}  // namespace px::jit
