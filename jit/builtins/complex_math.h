// Functions of complex numbers. The algorithms are those of Numba's cmath, operation for operation; complex64 is computed in float where
// Numba does so and in double where its constants make it double, as C++'s own promotions have it.
#pragma once

#include <cfloat>
#include <cmath>
#include <limits>
#include <numbers>
#include <type_traits>

#include "jit/builtins/items.h"
#include "jit/builtins/mathlib.h"

namespace px::jit::complex_math {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
inline const double ln4 = px_log(4.0);

#define PX_MATH1(name)               \
  inline double m_##name(double x) { \
    return px_##name(x);             \
  }                                  \
  inline float m_##name(float x) {   \
    return px_##name##f(x);          \
  }
#define PX_MATH2(name)                                                  \
  template <class A, class B>                                           \
  auto m_##name(A x, B y) {                                             \
    if constexpr (sizeof(A) + sizeof(B) == 8) {                         \
      return px_##name##f(x, y);                                        \
    } else {                                                            \
      return px_##name(static_cast<double>(x), static_cast<double>(y)); \
    }                                                                   \
  }
PX_MATH1(sin)
PX_MATH1(cos)
PX_MATH1(tan)
PX_MATH1(sinh)
PX_MATH1(cosh)
PX_MATH1(tanh)
PX_MATH1(asinh)
PX_MATH1(exp)
PX_MATH1(log)
PX_MATH1(log1p)
PX_MATH2(atan2)
PX_MATH2(hypot)
#undef PX_MATH1
#undef PX_MATH2

template <class A, class B>
auto complex(A real, B imag) {
  using T = std::common_type_t<A, B>;
  return Complex<T>{static_cast<T>(real), static_cast<T>(imag)};
}

template <class T>
Complex<T> f_exp(Complex<T> z) {
  T x = z.real, y = z.imag;
  if (std::isfinite(x)) {
    if (!std::isfinite(y)) return {static_cast<T>(nan), static_cast<T>(nan)};
    T c = m_cos(y), s = m_sin(y), r = m_exp(x);
    return {r * c, r * s};
  }
  if (std::isnan(x)) return y != 0 ? Complex<T>{x, x} : Complex<T>{x, y};
  if (x > 0) {
    if (!std::isfinite(y)) return {x, static_cast<T>(nan)};
    T real = m_cos(y), imag = m_sin(y);
    if (real != 0) real *= x;
    if (imag != 0) imag *= x;
    return {real, imag};
  }
  if (!std::isfinite(y)) return {0, 0};
  T r = m_exp(x), c = m_cos(y), s = m_sin(y);
  return {r * c, r * s};
}

template <class T>
Complex<T> f_log(Complex<T> z) {
  return {m_log(m_hypot(z.real, z.imag)), m_atan2(z.imag, z.real)};
}

template <class T>
auto f_log10(Complex<T> z) {
  constexpr double ln10 = 2.302585092994045684;
  z = f_log(z);
  return complex(z.real / ln10, z.imag / ln10);
}

template <class T>
Complex<T> f_sqrt(Complex<T> z) {
  const double largest = sizeof(T) == 8 ? DBL_MAX : static_cast<double>(FLT_MAX),
               threshold = largest / (1 + 1.414213562373095048801688724209698079);
  T a = z.real, b = z.imag;
  if (a == 0 && b == 0) return {std::fabs(b), b};
  if (std::isinf(b)) return {std::fabs(b), b};
  if (std::isnan(a)) return {a, a};
  if (std::isinf(a)) {
    if (a < 0) return {std::fabs(b - b), std::copysign(a, b)};
    return {a, std::copysign(b - b, b)};
  }
  // A float is multiplied by 0.25 in double, and so is what follows.
  double x = a, y = b;
  bool scale = std::fabs(x) >= threshold || std::fabs(y) >= threshold;
  double real, imag;
  auto rest = [&](auto p, auto q) {
    if (p >= 0) {
      double t = std::sqrt((p + m_hypot(p, q)) * 0.5);
      real = t;
      imag = q / (2 * t);
    } else {
      double t = std::sqrt((-p + m_hypot(p, q)) * 0.5);
      real = std::fabs(q) / (2 * t);
      imag = std::copysign(t, static_cast<double>(q));
    }
  };
  if (scale) {
    rest(x * 0.25, y * 0.25);
    return {static_cast<T>(real * 2), static_cast<T>(imag)};
  }
  rest(x, y);
  return {static_cast<T>(real), static_cast<T>(imag)};
}

template <class T>
Complex<T> f_cosh(Complex<T> z) {
  T x = z.real, y = z.imag;
  if (!std::isinf(x)) return {m_cos(y) * m_cosh(x), m_sin(y) * m_sinh(x)};
  T real = std::fabs(x), imag = y;
  if (!std::isnan(y) && y != 0) {
    real = std::copysign(x, m_cos(y));
    imag = std::copysign(x, m_sin(y));
  }
  return {real, x < 0 ? -imag : imag};
}

template <class T>
Complex<T> f_sinh(Complex<T> z) {
  T x = z.real, y = z.imag;
  if (!std::isinf(x)) return {m_cos(y) * m_sinh(x), m_sin(y) * m_cosh(x)};
  T real = x, imag = y;
  if (!std::isnan(y)) {
    real = m_cos(y);
    imag = m_sin(y);
    if (real != 0) real *= x;
    if (imag != 0) imag *= std::fabs(x);
  }
  return {real, imag};
}

template <class T>
auto f_tanh(Complex<T> z) {
  T x = z.real, y = z.imag;
  if (std::isinf(x))
    return complex(std::copysign(1.0, static_cast<double>(x)),
                   std::isinf(y) ? 0.0 : std::copysign(0.0, static_cast<double>(m_sin(2.0 * y))));
  T tx = m_tanh(x), ty = m_tan(y);
  double cx = 1.0 / m_cosh(x);
  T txty = tx * ty;
  double denominator = 1.0 + txty * txty;
  return complex(tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx);
}

// Where a component is too large to be squared.
template <class T>
bool is_large(Complex<T> z) {
  const double threshold = static_cast<double>(FLT_MAX) / 4;
  return std::fabs(z.real) > threshold || std::fabs(z.imag) > threshold;
}
template <class T>
double log_of_large(Complex<T> z) {
  return m_log(m_hypot(z.real * 0.5, z.imag * 0.5)) + ln4;
}

template <class T>
auto f_acos(Complex<T> z) {
  if (is_large(z))
    return complex<double, double>(m_atan2(std::fabs(z.imag), z.real), std::copysign(log_of_large(z), static_cast<double>(-z.imag)));
  auto s1 = f_sqrt(complex(1.0 - z.real, -z.imag)), s2 = f_sqrt(complex(1.0 + z.real, z.imag));
  return complex<double, double>(2.0 * m_atan2(s1.real, s2.real), m_asinh(s2.real * s1.imag - s2.imag * s1.real));
}
template <class T>
auto f_acosh(Complex<T> z) {
  if (is_large(z)) return complex<double, double>(log_of_large(z), m_atan2(z.imag, z.real));
  auto s1 = f_sqrt(complex(z.real - 1.0, z.imag)), s2 = f_sqrt(complex(z.real + 1.0, z.imag));
  return complex<double, double>(m_asinh(s1.real * s2.real + s1.imag * s2.imag), 2.0 * m_atan2(s1.imag, s2.real));
}
template <class T>
auto f_asinh(Complex<T> z) {
  if (is_large(z))
    return complex<double, double>(std::copysign(log_of_large(z), static_cast<double>(z.real)), m_atan2(z.imag, std::fabs(z.real)));
  auto s1 = f_sqrt(complex(1.0 + z.imag, -z.real)), s2 = f_sqrt(complex(1.0 - z.imag, z.real));
  return complex<double, double>(m_asinh(s1.real * s2.imag - s2.real * s1.imag), m_atan2(z.imag, s1.real * s2.real - s1.imag * s2.imag));
}

template <class T>
auto f_atanh(Complex<T> z) {
  const double large = std::sqrt(static_cast<double>(FLT_MAX) / 4), small = std::sqrt(static_cast<double>(FLT_MIN));
  bool negate = z.real < 0;
  if (negate) z = {-z.real, -z.imag};
  T ay = std::fabs(z.imag);
  double real, imag;
  if (std::isnan(z.real) || z.real > large || ay > large) {
    if (std::isinf(z.imag)) {
      real = std::copysign(0.0, static_cast<double>(z.real));
    } else if (std::isinf(z.real)) {
      real = 0;
    } else {
      double h = m_hypot(z.real * 0.5, z.imag * 0.5);
      real = z.real / 4.0 / h / h;
    }
    imag = -std::copysign(std::numbers::pi / 2, static_cast<double>(-z.imag));
  } else if (z.real == 1 && ay < small) {
    if (ay == 0) {
      real = inf;
      imag = z.imag;
    } else {
      real = -m_log(std::sqrt(ay) / std::sqrt(m_hypot(static_cast<double>(ay), 2.0)));
      imag = std::copysign(m_atan2(2.0, static_cast<double>(-ay)) / 2, static_cast<double>(z.imag));
    }
  } else {
    T sqay = ay * ay;
    double zr1 = 1.0 - z.real;
    real = m_log1p(4.0 * z.real / (zr1 * zr1 + sqay)) * 0.25;
    imag = -m_atan2(-2.0 * z.imag, zr1 * (1.0 + z.real) - sqay) * 0.5;
  }
  if (std::isnan(z.imag)) imag = nan;
  return negate ? complex(-real, -imag) : complex(real, imag);
}

template <class T>
auto f_cos(Complex<T> z) {
  return f_cosh(Complex<T>{-z.imag, z.real});
}
template <class T>
auto f_sin(Complex<T> z) {
  auto r = f_sinh(Complex<T>{-z.imag, z.real});
  return complex(r.imag, -r.real);
}
template <class T>
auto f_tan(Complex<T> z) {
  auto r = f_tanh(Complex<T>{-z.imag, z.real});
  return complex(r.imag, -r.real);
}
template <class T>
auto f_asin(Complex<T> z) {
  auto r = f_asinh(Complex<T>{-z.imag, z.real});
  return complex(r.imag, -r.real);
}
template <class T>
auto f_atan(Complex<T> z) {
  auto r = f_atanh(Complex<T>{-z.imag, z.real});
  return std::isinf(z.real) && std::isnan(z.imag) ? complex(r.imag, r.real) : complex(r.imag, -r.real);
}

// One of these as a run-time function: both parts of z to both of its value.
template <class T, auto function>
int32_t apply(const uint64_t* x, uint64_t* result) {
  auto r = function(Complex<T>{interp::get<T>(x[0]), interp::get<T>(x[1])});
  result[0] = interp::put(r.real);
  result[1] = interp::put(r.imag);
  return 0;
}

}  // namespace px::jit::complex_math
