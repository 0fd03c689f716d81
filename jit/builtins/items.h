// The elements of arrays as C++ values, complex numbers among them.
#pragma once

#include <cmath>
#include <type_traits>

#include "jit/builtins/strided.h"
#include "jit/interp/value.h"

namespace px::jit {

template <class T>
struct Complex {
  T real, imag;
  friend bool operator==(const Complex&, const Complex&) = default;
  friend Complex operator+(Complex a, Complex b) { return {a.real + b.real, a.imag + b.imag}; }
  friend Complex operator-(Complex a, Complex b) { return {a.real - b.real, a.imag - b.imag}; }
  friend Complex operator*(Complex a, Complex b) { return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real}; }
};

// Real numbers have arithmetic of their own, that of the registers; complex numbers have theirs.
template <class T>
constexpr bool is_real_item = std::is_arithmetic_v<T>;

// `f.template operator()<T>()` for the C++ type of an element.
template <class F>
auto with_item(Scalar s, F f) {
  if (s == Scalar::c64) return f.template operator()<Complex<float>>();
  if (s == Scalar::c128) return f.template operator()<Complex<double>>();
  return with_scalar(s, [&]<Scalar k>() { return f.template operator()<interp::ElementType<k>>(); });
}

// In the width of the items: integers wrap round.
template <class T>
T difference_of(T a, T b) {
  if constexpr (is_real_item<T>) {
    return static_cast<T>(interp::wrap(a) - interp::wrap(b));
  } else {
    return a - b;
  }
}
template <class T>
T product_of(T a, T b) {
  if constexpr (is_real_item<T>) {
    using Wide = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
    return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
  } else {
    return a * b;
  }
}

// An item in another type: of a complex one as a real one the real part.
template <class To, class From>
To item_in(From x) {
  if constexpr (is_real_item<To> && is_real_item<From>) {
    return static_cast<To>(x);
  } else if constexpr (is_real_item<To>) {
    return static_cast<To>(x.real);
  } else if constexpr (is_real_item<From>) {
    return {static_cast<decltype(To::real)>(x), 0};
  } else {
    return {static_cast<decltype(To::real)>(x.real), static_cast<decltype(To::real)>(x.imag)};
  }
}

// The order that sorts: nan is greater than every number, and a number with a nan part than every other.
template <class T>
bool is_less(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a < b || (b != b && a == a);  // NOLINT(misc-redundant-expression)
  return a < b;
}
template <class T>
bool is_less(Complex<T> a, Complex<T> b) {
  auto class_of = [](Complex<T> x) { return 2 * std::isnan(x.real) + std::isnan(x.imag); };
  int first = class_of(a), second = class_of(b);
  if (first != second) return first < second;
  if (first == 2) return a.imag < b.imag;
  return a.real < b.real || (first == 0 && a.real == b.real && a.imag < b.imag);
}
template <class T>
bool is_not_greater(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return b != b || a <= b;  // NOLINT(misc-redundant-expression)
  return a <= b;
}
template <class T>
bool is_not_greater(Complex<T> a, Complex<T> b) {
  return !is_less(b, a);
}

}  // namespace px::jit
