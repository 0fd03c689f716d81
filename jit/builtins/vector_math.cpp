#include "jit/builtins/vector_math.h"

#include <immintrin.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include "jit/builtins/mathlib.h"

#pragma clang diagnostic ignored "-Wpsabi"

namespace px::jit::strip {

namespace {

#define PX_MATH_INLINE [[gnu::always_inline]] inline

template <class T, int lanes>
using Vector [[clang::ext_vector_type(lanes)]] = T;

// Added to a float, it leaves the nearest integer in the last bits.
constexpr double magic = 0x1.8p52;
// π / 2 in two parts.
constexpr double half_pi = std::numbers::pi / 2, half_pi_rest = 6.123233995736766e-17;

constexpr auto inverse_factorials = [] {
  std::array<double, 17> all{};
  double factorial = 1;
  for (size_t k = 0; k < all.size(); ++k) {
    if (k > 1) factorial *= static_cast<double>(k);
    all[k] = 1 / factorial;
  }
  return all;
}();

// ln 2 / 128: its first 34 bits, of which seventeen-bit multiples are exact, and the rest.
constexpr double step = std::numbers::ln2 / 128;
constexpr double step_first = std::bit_cast<double>(std::bit_cast<uint64_t>(step) & ~((uint64_t{1} << 19) - 1));
constexpr double ln2_rest = 2.3190468138462996e-17;  // ln 2 less the double nearest to it
constexpr double step_rest = (step - step_first) + ln2_rest / 128;
constexpr int64_t exponent_bits = int64_t{0x7ff} << 52;

// 2 ** (k / 128), a double and what it lacks.
const std::array<double, 256>& exp_table() {
  static const auto table = [] {
    std::array<double, 256> all{};
    for (size_t k = 0; k < 128; ++k) {
      long double power = exp2l(static_cast<long double>(k) / 128);
      all[2 * k] = static_cast<double>(power);
      all[2 * k + 1] = static_cast<double>(power - static_cast<long double>(all[2 * k]));
    }
    return all;
  }();
  return table;
}

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))), apply_to = function)
namespace avx512 {
constexpr int lanes = 8;
PX_MATH_INLINE uint32_t mask_of(Vector<int64_t, lanes> v) {
  return _mm512_movepi64_mask(__builtin_bit_cast(__m512i, v));
}
PX_MATH_INLINE Vector<double, lanes> gather(const double* from, Vector<int64_t, lanes> places) {
  return __builtin_bit_cast(Vector<double, lanes>, _mm512_i64gather_pd(__builtin_bit_cast(__m512i, places), from, 8));
}
#include "jit/builtins/vector_math.inc"
}  // namespace avx512
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
constexpr int lanes = 4;
PX_MATH_INLINE uint32_t mask_of(Vector<int64_t, lanes> v) {
  return static_cast<uint32_t>(_mm256_movemask_pd(__builtin_bit_cast(__m256d, v)));
}
PX_MATH_INLINE Vector<double, lanes> gather(const double* from, Vector<int64_t, lanes> places) {
  return __builtin_bit_cast(Vector<double, lanes>, _mm256_i64gather_pd(from, __builtin_bit_cast(__m256i, places), 8));
}
#include "jit/builtins/vector_math.inc"
}  // namespace avx2
#pragma clang attribute pop

}  // namespace

Run find_vector_math(void* function) {
  if (!__builtin_cpu_supports("fma")) return nullptr;
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) return avx512::find(function);
  return __builtin_cpu_supports("avx2") ? avx2::find(function) : nullptr;
}

}  // namespace px::jit::strip
