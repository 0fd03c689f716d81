// Values in slots and the arithmetic of typed px code: the interpreter's single definition of what a result is, bit for bit.
#pragma once

#include <immintrin.h>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "jit/types/type.h"

namespace px::jit::interp {

template <class T>
inline T get(uint64_t slot) {
  if constexpr (std::same_as<T, bool>) {
    return slot != 0;
  } else if constexpr (std::same_as<T, double>) {
    return std::bit_cast<double>(slot);
  } else if constexpr (std::same_as<T, float>) {
    return std::bit_cast<float>(static_cast<uint32_t>(slot));
  } else {
    return static_cast<T>(slot);
  }
}
template <class T>
inline uint64_t put(T value) {
  if constexpr (std::same_as<T, double>) {
    return std::bit_cast<uint64_t>(value);
  } else if constexpr (std::same_as<T, float>) {
    return std::bit_cast<uint32_t>(value);
  } else if constexpr (std::signed_integral<T>) {
    return static_cast<uint64_t>(static_cast<int64_t>(value));
  } else {
    return value;
  }
}

template <class T>
constexpr Scalar kind_of = std::same_as<T, bool>       ? Scalar::boolean
                           : std::same_as<T, int64_t>  ? Scalar::i64
                           : std::same_as<T, uint64_t> ? Scalar::u64
                           : std::same_as<T, float>    ? Scalar::f32
                                                       : Scalar::f64;

// The C++ type of an array's element.
template <Scalar>
struct Element;
#define PX_ELEMENT(scalar, type)   \
  template <>                      \
  struct Element<Scalar::scalar> { \
    using Type = type;             \
  };
PX_ELEMENT(boolean, uint8_t)
PX_ELEMENT(i8, int8_t)
PX_ELEMENT(i16, int16_t)
PX_ELEMENT(i32, int32_t)
PX_ELEMENT(i64, int64_t)
PX_ELEMENT(u8, uint8_t)
PX_ELEMENT(u16, uint16_t)
PX_ELEMENT(u32, uint32_t)
PX_ELEMENT(u64, uint64_t)
PX_ELEMENT(f32, float)
PX_ELEMENT(f64, double)
#undef PX_ELEMENT
template <Scalar s>
using ElementType = typename Element<s>::Type;
// The register type that an element is widened to.
template <Scalar s>
using RegisterType =
    std::conditional_t<s == Scalar::boolean, bool,
                       std::conditional_t<is_float(s), ElementType<s>, std::conditional_t<is_signed(s), int64_t, uint64_t>>>;

template <class T>
inline auto wrap(T a) {
  if constexpr (std::same_as<T, int64_t>) {
    return static_cast<uint64_t>(a);
  } else {
    return a;
  }
}

template <class T>
inline T absolute(T a) {
  if constexpr (std::floating_point<T>) {
    return std::fabs(a);
  } else {
    return a < 0 ? T(-wrap(a)) : a;
  }
}

// Float division as Numba has it (and so CPython, whose algorithm it is). The order of operations is part of the result.
template <class T>
struct Divided {
  T quotient, remainder;
};
template <std::floating_point T>
inline Divided<T> divide(T x, T y) {
  T mod = std::fmod(x, y);
  T div = (x - mod) / y;
  if (mod != 0) {  // or NaN
    if ((y < 0) != (mod < 0)) {
      div -= 1;
      mod += y;
    }
  } else {
    mod = y < 0 ? T(-0.0) : T(0.0);
  }
  T quotient;
  if (div < 0 || div > 0) {
    T whole = std::floor(div);
    quotient = div - whole > T(0.5) ? whole + 1 : whole;
  } else {  // zero or NaN: the sign of the true quotient
    div = div * div;
    quotient = div * x / y;
  }
  return {quotient, mod};
}

// b != 0. Integers round towards minus infinity; INT64_MIN // -1 is 0, as in Numba.
template <class T>
inline T floor_divide(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return divide(a, b).quotient;
  } else if constexpr (std::unsigned_integral<T>) {
    return a / b;
  } else {
    if (b == -1) return a == std::numeric_limits<T>::min() ? T(0) : T(-a);
    T q = a / b;
    return q - ((a % b != 0) & ((a ^ b) < 0));
  }
}
template <class T>
inline T modulo(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return divide(a, b).remainder;
  } else if constexpr (std::unsigned_integral<T>) {
    return a % b;
  } else {
    if (b == -1) return 0;
    T r = a % b;
    return r != 0 && (r ^ b) < 0 ? r + b : r;
  }
}

// What an unchecked division by zero gives: integers 0, floats what IEEE division (or fmod) gives.
enum class Division { truediv, floordiv, mod };
template <Division division, class T>
inline T by_zero(T a, T b) {
  if constexpr (std::integral<T>) {
    return 0;
  } else {
    return division == Division::mod ? std::fmod(a, b) : a / b;
  }
}

// Float to integer as x86-64 code compiled from LLVM's fptosi and fptoui does, out of range too, so that the tiers agree: int64 by
// cvttsd2si; int32 by its 32-bit form, which narrower integers wrap; uint32 from int64; uint64 in two halves.
template <Scalar to, std::floating_point T>
inline uint64_t float_to_integer(T value) {
  double d = value;  // exact for float
  if constexpr (to == Scalar::u64) {
    auto low = static_cast<uint64_t>(_mm_cvttsd_si64(_mm_set_sd(d)));
    auto high = static_cast<uint64_t>(_mm_cvttsd_si64(_mm_set_sd(d - 0x1p63)));
    return low | (high & (0 - (low >> 63)));
  } else if constexpr (to == Scalar::i64) {
    return static_cast<uint64_t>(_mm_cvttsd_si64(_mm_set_sd(d)));
  } else if constexpr (to == Scalar::u32) {
    return static_cast<uint32_t>(_mm_cvttsd_si64(_mm_set_sd(d)));
  } else {
    return put(static_cast<ElementType<to>>(_mm_cvttsd_si32(_mm_set_sd(d))));
  }
}

// The register value of a `From` converted to the scalar `to`.
template <Scalar to, class From>
inline RegisterType<to> convert(From value) {
  if constexpr (to == Scalar::boolean) {
    return value != 0;  // NaN is true
  } else if constexpr (is_float(to)) {
    return static_cast<ElementType<to>>(value);
  } else if constexpr (std::floating_point<From>) {
    return static_cast<RegisterType<to>>(float_to_integer<to>(value));
  } else {
    return static_cast<ElementType<to>>(value);
  }
}

}  // namespace px::jit::interp
