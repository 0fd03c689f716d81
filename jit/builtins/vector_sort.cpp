#include "jit/builtins/vector_sort.h"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#pragma clang diagnostic ignored "-Wpsabi"

namespace px::jit {

namespace {

#define PX_SORT_INLINE [[gnu::always_inline]] inline

template <class T, int lanes>
using Vector [[clang::ext_vector_type(lanes), gnu::aligned(sizeof(T))]] = T;

template <class T>
constexpr T greatest = std::floating_point<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();

template <class T>
T middle_of(T a, T b, T c) {
  return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}
template <class T>
T three(const T* p, int64_t n) {
  return middle_of(p[0], p[n / 27], p[2 * (n / 27)]);
}
template <class T>
T nine(const T* p, int64_t n) {
  return middle_of(three(p, n), three(p + n / 9, n), three(p + 2 * (n / 9), n));
}
// A guess of the middle element.
template <class T>
T pivot_of(const T* p, int64_t n) {
  return n < 1000 ? nine(p + n / 9, n) : middle_of(nine(p, n), nine(p + n / 3, n), nine(p + 2 * (n / 3), n));
}

// For each mask of `lanes` lanes, the order (in units of 32 bits) that puts those of the mask first.
template <int lanes>
constexpr auto make_orders() {
  constexpr int parts = 8 / lanes;
  std::array<std::array<int32_t, 8>, size_t{1} << lanes> all{};
  for (size_t mask = 0; mask < all.size(); ++mask) {
    int at = 0;
    for (bool wanted : {true, false})
      for (int lane = 0; lane < lanes; ++lane)
        if ((((mask >> lane) & 1) != 0) == wanted)
          for (int part = 0; part < parts; ++part) all[mask][static_cast<size_t>(at++)] = lane * parts + part;
  }
  return all;
}
template <int lanes>
constexpr auto orders = make_orders<lanes>();

// What a processor does with the lanes below the pivot and the others.

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,popcnt,bmi2"))), apply_to = function)
namespace avx512 {
struct Machine {
  template <class T>
  static constexpr int lanes = 64 / sizeof(T);
  template <class V>
  PX_SORT_INLINE static uint32_t bits(V mask) {
    if constexpr (sizeof mask[0] == 8) {
      return _mm512_movepi64_mask(__builtin_bit_cast(__m512i, mask));
    } else {
      return _mm512_movepi32_mask(__builtin_bit_cast(__m512i, mask));
    }
  }
  // Those of `low_mask` to `low` onwards, the others right below `high`; room for a vector at either.
  template <class T>
  PX_SORT_INLINE static void part(T* low, T* high, Vector<T, lanes<T>> v, uint32_t low_mask) {
    auto x = __builtin_bit_cast(__m512i, v);
    int above = lanes<T> - std::popcount(low_mask);
    auto filled = (uint32_t{1} << above) - 1;
    if constexpr (sizeof(T) == 8) {
      _mm512_storeu_si512(low, _mm512_maskz_compress_epi64(static_cast<__mmask8>(low_mask), x));
      auto rest = _mm512_maskz_compress_epi64(static_cast<__mmask8>(~low_mask), x);
      _mm512_mask_storeu_epi64(high - above, static_cast<__mmask8>(filled), rest);
    } else {
      _mm512_storeu_si512(low, _mm512_maskz_compress_epi32(static_cast<__mmask16>(low_mask), x));
      auto rest = _mm512_maskz_compress_epi32(static_cast<__mmask16>(~low_mask), x);
      _mm512_mask_storeu_epi32(high - above, static_cast<__mmask16>(filled), rest);
    }
  }
};

#include "jit/builtins/vector_sort.inc"
}  // namespace avx512
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,popcnt,bmi2"))), apply_to = function)
namespace avx2 {
struct Machine {
  template <class T>
  static constexpr int lanes = 32 / sizeof(T);
  template <class V>
  PX_SORT_INLINE static uint32_t bits(V mask) {
    if constexpr (sizeof mask[0] == 8) {
      return static_cast<uint32_t>(_mm256_movemask_pd(__builtin_bit_cast(__m256d, mask)));
    } else {
      return static_cast<uint32_t>(_mm256_movemask_ps(__builtin_bit_cast(__m256, mask)));
    }
  }
  template <class T>
  PX_SORT_INLINE static void part(T* low, T* high, Vector<T, lanes<T>> v, uint32_t low_mask) {
    auto order = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(orders<lanes<T>>[low_mask].data()));
    auto x = _mm256_permutevar8x32_epi32(__builtin_bit_cast(__m256i, v), order);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), x);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(high - lanes<T>), x);
  }
};

#include "jit/builtins/vector_sort.inc"
}  // namespace avx2
#pragma clang attribute pop

template <class T>
void count_up(T* data, int64_t n) {
  constexpr size_t values = size_t{1} << (8 * sizeof(T));
  constexpr auto shift = std::is_signed_v<T> ? values / 2 : 0;
  std::vector<int64_t> counts(values);
  for (int64_t k = 0; k < n; ++k) ++counts[static_cast<size_t>(static_cast<int64_t>(data[k]) + static_cast<int64_t>(shift))];
  for (size_t v = 0; v < values; ++v)
    data = std::fill_n(data, counts[v], static_cast<T>(static_cast<int64_t>(v) - static_cast<int64_t>(shift)));
}

}  // namespace

template <class T>
void sort_numbers(T* data, int64_t n) {
  if (n < 2) return;
  if constexpr (sizeof(T) < 4) {
    if (n >= (sizeof(T) == 1 ? 128 : 8192)) return count_up(data, n);
  } else {
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) return avx512::sort(data, n);
    if (__builtin_cpu_supports("avx2")) return avx2::sort(data, n);
  }
  std::sort(data, data + n);
}

#define PX_SORTED(T) template void sort_numbers<T>(T*, int64_t);
PX_SORTED(int8_t)
PX_SORTED(int16_t)
PX_SORTED(int32_t)
PX_SORTED(int64_t)
PX_SORTED(uint8_t)
PX_SORTED(uint16_t)
PX_SORTED(uint32_t)
PX_SORTED(uint64_t)
PX_SORTED(float)
PX_SORTED(double)
#undef PX_SORTED

}  // namespace px::jit
