// NumPy: sorting and searching. The order of equal elements is part of a result: the quicksort is Numba's, step by step.
#include <algorithm>
#include <bit>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/items.h"
#include "jit/builtins/radix_order.h"
#include "jit/builtins/vector_sort.h"

namespace px::jit {

namespace {

using Arguments = std::span<const Argument>;

// Sorts `r[0..n)`; `key(x)` of an element is what is compared.
template <class R, class Key>
void quicksort(R* r, int64_t n, Key key) {
  constexpr int64_t small = 15;
  auto before = [&](const R& a, const R& b) { return is_less(key(a), key(b)); };
  std::vector<std::pair<int64_t, int64_t>> open = {{0, n - 1}};
  while (!open.empty()) {
    auto [low, high] = open.back();
    open.pop_back();
    while (high - low >= small) {
      int64_t mid = (low + high) >> 1;
      if (before(r[mid], r[low])) std::swap(r[low], r[mid]);
      if (before(r[high], r[mid])) std::swap(r[high], r[mid]);
      if (before(r[mid], r[low])) std::swap(r[low], r[mid]);
      auto pivot = key(r[mid]);
      std::swap(r[high], r[mid]);
      int64_t i = low, j = high - 1;
      for (;;) {
        while (i < high && is_less(key(r[i]), pivot)) ++i;
        while (j >= low && is_less(pivot, key(r[j]))) --j;
        if (i >= j) break;
        std::swap(r[i++], r[j--]);
      }
      std::swap(r[i], r[high]);
      if (high - i > i - low) {
        if (high > i) open.emplace_back(i + 1, high);
        high = i - 1;
      } else {
        if (i > low) open.emplace_back(low, i - 1);
        low = i + 1;
      }
    }
    for (int64_t i = low + 1; i <= high; ++i) {
      R k = r[i];
      auto v = key(k);
      int64_t j = i;
      for (; j > low && is_less(v, key(r[j - 1])); --j) r[j] = r[j - 1];
      r[j] = k;
    }
  }
}

// Whether equal elements have equal bits, so that their order does not matter. NaNs are moved behind the others: how many there are.
template <class T>
bool one_order(T* data, int64_t n, int64_t& nans) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  constexpr Bits minus_zero = Bits{1} << (8 * sizeof(T) - 1);
  bool plus = false, minus = false, same = true, nan = false;
  for (int64_t k = 0; k < n; ++k) {
    auto bits = std::bit_cast<Bits>(data[k]);
    plus |= bits == 0;
    minus |= bits == minus_zero;
    nan |= data[k] != data[k];  // NOLINT(misc-redundant-expression)
  }
  nans = 0;
  if (plus && minus) return false;
  if (!nan) return true;
  T* first = std::find_if(data, data + n, [](T x) { return x != x; });  // NOLINT(misc-redundant-expression)
  auto wanted = std::bit_cast<Bits>(*first);
  std::for_each(data, data + n, [&](T x) { same = same && (x == x || std::bit_cast<Bits>(x) == wanted); });  // NOLINT
  if (!same) return false;
  T value = *first, *kept = std::remove_if(first, data + n, [](T x) { return x != x; });  // NOLINT(misc-redundant-expression)
  nans = data + n - kept;
  std::fill_n(kept, nans, value);
  return true;
}

template <class T>
void sort_line(T* data, int64_t n) {
  if constexpr (std::integral<T>) {
    sort_numbers(data, n);
  } else {
    if constexpr (std::floating_point<T>) {
      int64_t nans = 0;
      if (one_order(data, n, nans)) return sort_numbers(data, n - nans);
    }
    quicksort(data, n, [](T x) { return x; });
  }
}

// Each line of the last axis.
void sort_in_place(const ArrayValue& a) {
  with_item(a.element, [&]<class T>() {
    std::vector<T> line;
    for_lines(a, a, [&](char* p, int64_t n, int64_t stride, char*, int64_t) {
      if (stride == sizeof(T) && is_aligned(p, alignof(T))) return sort_line(reinterpret_cast<T*>(p), n), true;
      line.resize(static_cast<size_t>(n));
      for (int64_t k = 0; k < n; ++k) line[static_cast<size_t>(k)] = load_element<T>(p + k * stride);
      sort_line(line.data(), n);
      for (int64_t k = 0; k < n; ++k) store_element(p + k * stride, line[static_cast<size_t>(k)]);
      return true;
    });
  });
}

int32_t run_sort_method(const uint64_t* x, uint64_t*) {
  sort_in_place(Reader(x).array());
  return 0;
}
int32_t run_sort(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array(), made;
  if (int32_t failed = packed_copy(a, a.element, result, made)) return failed;
  sort_in_place(made);
  return 0;
}
int32_t run_argsort(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool stable = in.integer() != 0;
  ArrayValue a = packed(in.array()), made;
  if (!a.data) return 1;
  if (int32_t failed = make_array(Scalar::i64, std::span(a.shape.data(), 1), result, made)) return failed;
  auto* order = reinterpret_cast<int64_t*>(made.data);
  int64_t n = a.shape[0];
  for (int64_t k = 0; k < n; ++k) order[k] = k;
  with_item(a.element, [&]<class T>() {
    auto* data = reinterpret_cast<const T*>(a.data);
    constexpr int64_t few = 256, most = int64_t{1} << 32;
    if constexpr (is_real_item<T>) {
      if (n >= few && n < most) {
        // Of different elements there is one order; the stable one is always this.
        if (radix_order(data, n, order) || stable) return;
        for (int64_t k = 0; k < n; ++k) order[k] = k;
      }
    }
    auto key = [data](int64_t k) { return data[k]; };
    if (!stable) return quicksort(order, n, key);
    std::vector<int64_t> other(static_cast<size_t>(n));
    auto before = [&](int64_t i, int64_t j) { return is_less(key(i), key(j)); };
    for (int64_t width = 1; width < n; width *= 2) {
      for (int64_t at = 0; at < n; at += 2 * width)
        std::merge(order + at, order + std::min(at + width, n), order + std::min(at + width, n), order + std::min(at + 2 * width, n),
                   other.begin() + at, before);
      std::copy(other.begin(), other.end(), order);
    }
  });
  return 0;
}

// Arguments: whether equal elements are passed (side='right'), the array, then the values: an array or a scalar, in one type for both.
int32_t run_searchsorted(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto common = static_cast<Scalar>(in.integer());
  bool right = in.integer() != 0, many = in.integer() != 0;
  ArrayValue a = in.array(), made;
  auto in_common = [common](ArrayValue& array) {
    if (array.element == common) return true;
    std::array<uint64_t, 2 + 2 * Strided::most> slots{};
    ArrayValue converted;
    if (packed_copy(array, common, slots.data(), converted)) return false;
    array = converted;
    return true;
  };
  if (!in_common(a)) return 1;
  return with_item(common, [&]<class T>() -> int32_t {
    int64_t n = a.shape[0];
    auto value = [](const char* p) { return load_element<T>(p); };
    auto passes = [&](T element, T key) { return right ? is_not_greater(element, key) : is_less(element, key); };
    auto search = [&](T key, int64_t& low, int64_t& high) {
      while (low < high) {
        int64_t mid = low + ((high - low) >> 1);
        if (passes(value(a.data + mid * a.strides[0]), key)) {
          low = mid + 1;
        } else {
          high = mid;
        }
      }
    };
    int64_t low = 0, high = n;
    if (!many) {
      auto from = static_cast<Scalar>(in.integer());
      char bytes[sizeof(Complex<double>)];
      put_number(bytes, from, in.here());
      T key = with_item(from, [&]<class F>() { return item_in<T>(load_element<F>(bytes)); });
      search(key, low, high);
      *result = static_cast<uint64_t>(low);
      return 0;
    }
    ArrayValue keys = in.array();
    if (!in_common(keys)) return 1;
    if (int32_t failed = make_array(Scalar::i64, std::span(keys.shape.data(), static_cast<size_t>(keys.ndim)), result, made)) return failed;
    auto* out = reinterpret_cast<int64_t*>(made.data);
    bool first = true;
    T last{};
    // As Numba's: the bounds of the one before are a start.
    for_lines(keys, keys, [&](const char* p, int64_t count, int64_t stride, const char*, int64_t) {
      for (int64_t k = 0; k < count; ++k, p += stride) {
        T key = value(p);
        if (first) last = key, first = false;
        if (passes(last, key)) {
          high = n;
        } else {
          low = 0;
          high = high < n ? high + 1 : n;
        }
        last = key;
        search(key, low, high);
        *out++ = low;
      }
      return true;
    });
    return 0;
  });
}

int32_t run_unique(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array(), made;
  return with_item(a.element, [&]<class T>() -> int32_t {
    std::vector<T> all;
    all.reserve(static_cast<size_t>(a.size()));
    for_elements<T>(a, [&](T v) { return all.push_back(v), true; });
    sort_line(all.data(), static_cast<int64_t>(all.size()));
    std::vector<T> kept;
    auto is_nan = [](T v) { return v != v; };  // NOLINT(misc-redundant-expression)
    for (size_t k = 0; k < all.size(); ++k)
      if (k == 0 || (all[k] != all[k - 1] && !(is_nan(all[k]) && is_nan(all[k - 1])))) kept.push_back(all[k]);
    const int64_t shape[] = {static_cast<int64_t>(kept.size())};
    if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
    std::copy(kept.begin(), kept.end(), reinterpret_cast<T*>(made.data));
    return 0;
  });
}

// The middle of the sorted elements, or half the sum of the two.
int32_t run_median(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array();
  return with_scalar(a.element, [&]<Scalar s>() -> int32_t {
    using T = interp::ElementType<s>;
    using R = interp::RegisterType<s>;
    std::vector<T> all;
    for_elements<T>(a, [&](T v) { return all.push_back(v), true; });
    auto n = static_cast<int64_t>(all.size());
    double middle = std::numeric_limits<double>::quiet_NaN();
    if (n > 0) {
      auto at = [&](int64_t k) {
        std::nth_element(all.begin(), all.begin() + k, all.end(), [](T x, T y) { return is_less(x, y); });
        return all[static_cast<size_t>(k)];
      };
      if (n % 2) {
        middle = static_cast<double>(at(n / 2));
      } else {
        R low = at(n / 2 - 1), high = at(n / 2);
        if constexpr (s == Scalar::f32) {
          middle = static_cast<double>(static_cast<float>(low + high) / 2.0F);
        } else {
          middle = static_cast<double>(static_cast<R>(interp::wrap(low) + interp::wrap(high))) / 2.0;
        }
      }
    }
    *result = interp::put(middle);
    return 0;
  });
}

bool is_line(const Type* t) {
  return t->is_array() && t->ndim == 1;
}

Resolution sort_method(Arguments a, const Builtin&) {
  if (!a[0].type->is_array() || a[0].type->ndim == 0) return {};
  if (!a[0].type->writable) return {.advice = "the array is read-only here"};
  Resolution r = call_array_function(types::none(), "px_sort_in_place", run_sort_method, a);
  r.touch = Touch::writes;
  return r;
}
Resolution sorted_copy(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!t->is_array() || t->ndim == 0) return {};
  return call_array_function(array_of(t->scalar, t->ndim), "px_sort", run_sort, a);
}
Resolution argsort(Arguments a, const Builtin&) {
  if (!is_line(a[0].type)) return {.advice = "it takes an array in one dimension"};
  bool stable = false;
  if (a.size() > 1) {
    if (a[1].type->kind != TypeKind::string) return {.advice = "kind is 'quicksort' or 'mergesort'"};
    stable = a[1].type->text == "mergesort";
    if (!stable && a[1].type->text != "quicksort") return {.advice = "kind is 'quicksort' or 'mergesort'"};
  }
  return call_array_function(array_of(Scalar::i64, 1), "px_argsort", run_argsort, a.first(1), {}, {stable});
}
Resolution searchsorted(Arguments a, const Builtin&) {
  auto *in = a[0].type, *v = a[1].type;
  if (!is_line(in) || !(v->is_array() || v->is_number())) return {};
  bool right = false;
  if (a.size() > 2) {
    if (a[2].type->kind != TypeKind::string) return {.advice = "side is 'left' or 'right'"};
    right = a[2].type->text == "right";
    if (!right && a[2].type->text != "left") return {.advice = "side is 'left' or 'right'"};
  }
  // Compared as scalars are.
  const Type* common = unify(types::scalar(in->scalar), types::scalar(v->scalar));
  if (!common) return {};
  const Type* result = v->is_array() ? array_of(Scalar::i64, v->ndim) : types::int64();
  Resolution r = call_array_function(result, "px_searchsorted", run_searchsorted, a.first(1), {},
                                     {static_cast<int64_t>(common->scalar), right, v->is_array()});
  r.parameters = {in, v};
  r.lower = [=](Emitter& e, std::span<const typed::Slot> s, typed::Slot d) {
    std::vector<typed::Slot> slots = {e.int_constant(static_cast<int64_t>(common->scalar)), e.int_constant(right),
                                      e.int_constant(v->is_array())};
    for (size_t k = 0; k < 2; ++k) {
      const Type* t = k ? v : in;
      slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | (t->is_array() ? int64_t{t->ndim} << 8 : 0)));
      for (uint32_t i = 0; i < t->slots; ++i) slots.push_back(s[k] + i);
    }
    e.call_runtime("px_searchsorted", run_searchsorted, std::move(slots), d, result->slots);
  };
  return r;
}
Resolution unique(Arguments a, const Builtin&) {
  if (!a[0].type->is_array()) return {};
  return call_array_function(array_of(a[0].type->scalar, 1), "px_unique", run_unique, a);
}
Resolution median(Arguments a, const Builtin&) {
  if (!a[0].type->is_array()) return {};
  return call_array_function(types::float64(), "px_median", run_median, a);
}

const Builtin table[] = {
    {"numpy.sort",
     sorted_copy,
     "a sorted copy, along the last axis; nan last",
     "np.sort(np.array((x, y, x)))[1]",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.argsort",
     argsort,
     "the order that sorts an array",
     "np.argsort(np.array((x, y, x)))",
     {"a", "kind"},
     1,
     nullptr,
     1,
     2,
     {},
     true},
    {"numpy.searchsorted",
     searchsorted,
     "where values would be put in a sorted array",
     "np.searchsorted(np.arange(5), x); np.searchsorted(np.arange(5.0), 2, side='right')",
     {"a", "v", "side"},
     2,
     nullptr,
     2,
     3,
     {},
     true},
    {"numpy.unique", unique, "the different elements, sorted", "np.unique(np.array((x, y, x)))", {"ar"}, 1, nullptr, 1, 1, {}, true},
    {"numpy.median", median, "the middle of the sorted elements", "np.median(np.array((x, y, x)))", {"a"}, 1, nullptr, 1, 1},
};
const Builtin sort_entry{"sort", sort_method, "sorts in place, along the last axis", "", {"self"}, 1, nullptr, 1, 1, {}, true};

}  // namespace

std::span<const Builtin> sorting_builtins() {
  return table;
}
const Builtin& sort_method_builtin() {
  return sort_entry;
}

}  // namespace px::jit
