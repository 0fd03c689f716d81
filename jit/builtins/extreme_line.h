// The least or greatest of a line of elements that lie side by side, aligned or not, in vectors: what going through them one after another
// finds, to the bit.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>

#include "jit/builtins/strided.h"

namespace px::jit {

namespace extreme {

template <class T>
constexpr int64_t lanes = 128 / static_cast<int64_t>(sizeof(T));  // four registers of AVX2: that many comparisons are under way at once
template <class T>
using Vector [[clang::ext_vector_type(lanes<T>), gnu::aligned(sizeof(T))]] = T;

// The first NaN, if there is one; else the first element that no other is better than, `best` coming before all of them.
template <bool greatest, class T>
[[gnu::always_inline]] inline T best_of(const char* p, int64_t n, T best) {
  auto better = [](T a, T b) { return greatest ? a > b : a < b; };
  T found = best;
  int64_t k = 0;
  bool nan = false;
  if (n >= 2 * lanes<T>) {
    Vector<T> most = found;
    auto unordered = most != most;
    for (; k + lanes<T> <= n; k += lanes<T>) {
      Vector<T> v;
      std::memcpy(&v, p + k * int64_t{sizeof(T)}, sizeof v);
      most = greatest ? (v > most ? v : most) : (v < most ? v : most);
      if constexpr (std::floating_point<T>) unordered |= v != v;
    }
    for (int64_t i = 0; i < lanes<T>; ++i) {
      nan = nan || unordered[i] != 0;
      found = better(most[i], found) ? most[i] : found;
    }
  }
  for (; k < n; ++k) {
    T v = load_element<T>(p, k);
    found = better(v, found) ? v : found;
    nan = nan || v != v;  // NOLINT(misc-redundant-expression)
  }
  if constexpr (std::floating_point<T>) {
    auto first = [&](auto is) {  // there is one
      for (k = 0; !is(load_element<T>(p, k));) ++k;
      return load_element<T>(p, k);
    };
    if (nan) return first([](T v) { return v != v; });  // NOLINT(misc-redundant-expression)
    // Zeros are equal: the first one's sign.
    if (found == 0 && better(found, best)) return first([](T v) { return v == 0; });
  }
  return better(found, best) ? found : best;
}

template <bool greatest, class T>
T plain(const char* p, int64_t n, T best) {
  return best_of<greatest>(p, n, best);
}
template <bool greatest, class T>
[[gnu::target("avx2")]] T wide(const char* p, int64_t n, T best) {
  return best_of<greatest>(p, n, best);
}

}  // namespace extreme

// `best` is no NaN.
template <bool greatest, class T>
T extreme_of_line(const char* p, int64_t n, T best) {
  return __builtin_cpu_supports("avx2") ? extreme::wide<greatest>(p, n, best) : extreme::plain<greatest>(p, n, best);
}

}  // namespace px::jit
