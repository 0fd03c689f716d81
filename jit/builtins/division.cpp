#include "jit/builtins/division.h"

#include <bit>

#include "jit/interp/value.h"

namespace px::jit::strip {

using typed::Op;

namespace {

// Between these integers and floats is an addition: 2^52 and a half more, whose last bit counts ones.
constexpr double magic = 0x1.8p52;
constexpr auto magic_bits = std::bit_cast<uint64_t>(magic);
// Up to here the quotient of two integers is further from the next integer than its rounding moves it, and so has the right floor.
constexpr int bits = 51;

template <class T>
[[gnu::always_inline]] inline bool is_exact(const T* x, int64_t n) {
  if constexpr (sizeof(T) < 8) return true;
  uint64_t outside = 0;
  for (int64_t k = 0; k < n; ++k)
    outside |= (static_cast<uint64_t>(x[k]) + (std::is_signed_v<T> ? uint64_t{1} << bits : 0)) >> (bits + std::is_signed_v<T>);
  return outside == 0;
}
template <class T>
[[gnu::always_inline]] inline bool is_same(const T* x, int64_t n) {
  T differs = 0;
  for (int64_t k = 1; k < n; ++k) differs |= x[k] ^ x[0];
  return differs == 0;
}

template <class T>
[[gnu::always_inline]] inline double to_real(T x) {
  if constexpr (sizeof(T) < 8) return static_cast<double>(x);
  return std::bit_cast<double>(static_cast<uint64_t>(x) + magic_bits) - magic;
}
template <class T>
[[gnu::always_inline]] inline T to_whole(double x) {
  return static_cast<T>(std::bit_cast<uint64_t>(x + magic) - magic_bits);
}

// By one number for all, which is positive: its reciprocal's quotient is wrong by one at most.
template <bool modulo, class T>
[[gnu::always_inline]] inline void by_one(T* d, const T* a, T b, int64_t n) {
  const double divisor = to_real(b), reciprocal = 1.0 / divisor;
#pragma clang loop vectorize(assume_safety)
  for (int64_t k = 0; k < n; ++k) {
    double x = to_real(a[k]);
    double quotient = __builtin_elementwise_floor(x * reciprocal), rest = x - quotient * divisor;
    double more = rest >= divisor ? 1.0 : 0.0, less = rest < 0 ? 1.0 : 0.0;
    d[k] = to_whole<T>(modulo ? rest + (less - more) * divisor : quotient + (more - less));
  }
}

template <bool modulo, class T>
[[gnu::always_inline]] inline void by_each(T* d, const T* a, const T* b, int64_t n) {
#pragma clang loop vectorize(assume_safety)
  for (int64_t k = 0; k < n; ++k) {
    double x = to_real(a[k]), y = to_real(b[k]);
    double quotient = __builtin_elementwise_floor(x / y);
    double result = modulo ? x - quotient * y : quotient;
    d[k] = to_whole<T>(y == 0 ? 0.0 : result);
  }
}

template <bool modulo, class T>
[[gnu::always_inline]] inline void one_after_another(T* d, const T* a, const T* b, int64_t n) {
  using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
  for (int64_t k = 0; k < n; ++k) {
    Wide x = a[k], y = b[k];
    d[k] = static_cast<T>(y == 0 ? 0 : modulo ? interp::modulo(x, y) : interp::floor_divide(x, y));
  }
}

template <bool modulo, class T>
[[gnu::target("avx2")]] bool divide(const Step& s, char* const* registers, int64_t n) {
  auto* d = reinterpret_cast<T*>(registers[s.d]);
  auto *a = reinterpret_cast<const T*>(registers[s.a]), *b = reinterpret_cast<const T*>(registers[s.b]);
  if (!is_exact(a, n) || !is_exact(b, n)) {
    one_after_another<modulo>(d, a, b, n);
  } else if (n > 0 && b[0] > 0 && is_same(b, n)) {
    by_one<modulo>(d, a, b[0], n);
  } else {
    by_each<modulo>(d, a, b, n);
  }
  return true;
}

template <class T>
Run of(Op op) {
  return op == Op::mod_ ? divide<true, T> : divide<false, T>;
}

}  // namespace

Run find_division(Op op, Scalar kind) {
  if ((op != Op::floordiv_ && op != Op::mod_) || !__builtin_cpu_supports("avx2")) return nullptr;
  switch (kind) {
    case Scalar::i8:
      return of<int8_t>(op);
    case Scalar::i16:
      return of<int16_t>(op);
    case Scalar::i32:
      return of<int32_t>(op);
    case Scalar::i64:
      return of<int64_t>(op);
    case Scalar::u8:
      return of<uint8_t>(op);
    case Scalar::u16:
      return of<uint16_t>(op);
    case Scalar::u32:
      return of<uint32_t>(op);
    case Scalar::u64:
      return of<uint64_t>(op);
    default:
      return nullptr;
  }
}

}  // namespace px::jit::strip
