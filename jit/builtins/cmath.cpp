// The `cmath` module. The algorithms are Numba's, operation for operation; complex64 is computed in float where Numba does so and in double
// where its constants make it double, as C++'s own promotions have it.
#include <bit>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numbers>

#include "jit/builtins/complex.h"
#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"

namespace px::jit {

using typed::Slot;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
const double ln4 = px_log(4.0);

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

template <class T>
struct Complex {
  T real, imag;
};
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

// What an entry computes: z to z, to a real number, to two, or to a boolean.
struct Entry {
  typed::RuntimeFunction wide, narrow;
  const Type *wide_result, *narrow_result;
  bool converts;  // takes real numbers too, as Numba's templates do and its overloads do not
};

template <class T, auto function>
int32_t apply(const uint64_t* x, uint64_t* result) {
  auto r = function(Complex<T>{interp::get<T>(x[0]), interp::get<T>(x[1])});
  result[0] = interp::put(r.real);
  result[1] = interp::put(r.imag);
  return 0;
}

// The result's type is that of what the function comes to: some of complex64 are computed in double, and then complex128.
template <class R>
const Type* type_of(R) {
  return types::scalar(std::is_same_v<R, Complex<float>> ? Scalar::c64 : Scalar::c128);
}

const Case* pick(std::span<const Argument> arguments) {
  static const std::vector<Case> cases = {{{Scalar::c64}, Scalar::c64}, {{Scalar::c128}, Scalar::c128}};
  const Type* list[] = {arguments[0].type};
  return best_case(cases, list);
}

Resolution unary(std::span<const Argument> arguments, const Builtin& self) {
  auto& entry = *static_cast<const Entry*>(self.data);
  if (!arguments[0].type->is_complex() && !entry.converts) return {.advice = "it takes a complex number"};
  const Case* c = pick(arguments);
  if (!c) return {};
  const Type* type = types::scalar(c->result);
  bool narrow = type->scalar == Scalar::c64;
  const Type* made = narrow ? entry.narrow_result : entry.wide_result;
  // Numba's lowered functions give what their argument is, its overloads what they come to.
  const Type* result = entry.converts ? type : made;
  auto function = narrow ? entry.narrow : entry.wide;
  return {.result = result,
          .literal = {},
          .parameters = {type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot to = made == result ? d : e.temporary(made);
                e.call_runtime("px_cmath", function, {a[0], a[0] + 1}, to, 2);
                if (made != result) {
                  const Type *from = types::scalar(part_of_complex(made->scalar)), *part = types::scalar(part_of_complex(result->scalar));
                  e.convert_into(d, to, from, part);
                  e.convert_into(d + 1, to + 1, from, part);
                }
              },
          .advice = {}};
}

Resolution logarithm(std::span<const Argument> arguments, const Builtin& self) {
  if (arguments.size() == 1) return unary(arguments, self);
  auto& divide = operator_builtin(Operator::truediv);
  Argument one[] = {arguments[0]}, two[] = {arguments[1]};
  const Type* list[] = {arguments[0].type, arguments[1].type};
  static const std::vector<Case> cases = {{{Scalar::c64, Scalar::c64}, Scalar::c64}, {{Scalar::c128, Scalar::c128}, Scalar::c128}};
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* type = types::scalar(c->result);
  one[0] = two[0] = {type, {}, -1, 0};
  Resolution log = unary(one, self);
  Argument both[] = {one[0], two[0]};
  Resolution quotient = resolve_complex(both, divide);
  return {.result = type,
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot x = e.temporary(type), y = e.temporary(type);
                log.lower(e, std::span(&a[0], 1), x);
                log.lower(e, std::span(&a[1], 1), y);
                const Slot pair[] = {x, y};
                quotient.lower(e, pair, d);
              },
          .advice = {}};
}

enum class Test { nan, inf, finite };
template <class T, Test test>
int32_t examine(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]);
  *result = test == Test::nan   ? std::isnan(a) || std::isnan(b)
            : test == Test::inf ? std::isinf(a) || std::isinf(b)
                                : std::isfinite(a) && std::isfinite(b);
  return 0;
}

struct Predicate {
  typed::RuntimeFunction wide, narrow;
};
Resolution predicate(std::span<const Argument> arguments, const Builtin& self) {
  auto& entry = *static_cast<const Predicate*>(self.data);
  const Case* c = pick(arguments);
  if (!c) return {};
  const Type* type = types::scalar(c->result);
  auto function = type->scalar == Scalar::c64 ? entry.narrow : entry.wide;
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {type},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { e.call_runtime("px_cmath_test", function, {a[0], a[0] + 1}, d, 1); },
          .advice = {}};
}

// cmath.phase and cmath.polar.
Resolution polar(std::span<const Argument> arguments, const Builtin& self) {
  const Type* type = arguments[0].type;
  if (!type->is_complex()) return {.advice = "it takes a complex number"};
  bool both = self.data != nullptr;
  const Type* part = types::scalar(part_of_complex(type->scalar));
  const Type* pair[] = {part, part};
  bool narrow = type->scalar == Scalar::c64;
  return {.result = both ? types::tuple(pair) : part,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                auto* angle = narrow ? reinterpret_cast<void*>(px_atan2f) : reinterpret_cast<void*>(px_atan2);
                auto* size = narrow ? reinterpret_cast<void*>(px_hypotf) : reinterpret_cast<void*>(px_hypot);
                if (both) e.call_math(d, part->scalar, size, a[0], a[0] + 1);
                e.call_math(both ? d + 1 : d, part->scalar, angle, a[0] + 1, a[0]);
              },
          .advice = {}};
}

template <class T>
int32_t from_polar(const uint64_t* x, uint64_t* result) {
  T r = interp::get<T>(x[0]), phi = interp::get<T>(x[1]);
  auto give = [&](T real, T imag) {
    result[0] = interp::put(real);
    result[1] = interp::put(imag);
    return 0;
  };
  if (!std::isfinite(phi)) {
    if (r == 0) return give(std::fabs(r), 0);
    if (std::isinf(r)) return give(r, phi);
  }
  T real = m_cos(phi), imag = m_sin(phi);
  real = real == 0 && std::isinf(r) ? real / r : real * r;
  imag = imag == 0 && std::isinf(r) ? imag / r : imag * r;
  return give(real, imag);
}
Resolution rect(std::span<const Argument> arguments, const Builtin&) {
  auto *a = arguments[0].type, *b = arguments[1].type;
  if (!a->is_scalar() || a != b || !is_float(a->scalar)) return {.advice = "it takes two floats of one type"};
  bool narrow = a == types::float32();
  return {.result = types::scalar(narrow ? Scalar::c64 : Scalar::c128),
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> s,
                       Slot d) { e.call_runtime("px_cmath_rect", narrow ? from_polar<float> : from_polar<double>, {s[0], s[1]}, d, 2); },
          .advice = {}};
}

#define PX_ENTRY(name, converts)                                                                                                 \
  const Entry name##_entry{apply<double, f_##name<double>>, apply<float, f_##name<float>>, type_of(f_##name(Complex<double>{})), \
                           type_of(f_##name(Complex<float>{})), converts};
PX_ENTRY(exp, true)
PX_ENTRY(log, true)
PX_ENTRY(log10, false)
PX_ENTRY(sqrt, true)
PX_ENTRY(cos, true)
PX_ENTRY(cosh, false)
PX_ENTRY(sin, true)
PX_ENTRY(sinh, false)
PX_ENTRY(tan, true)
PX_ENTRY(tanh, false)
PX_ENTRY(acos, true)
PX_ENTRY(acosh, false)
PX_ENTRY(asinh, true)
PX_ENTRY(asin, true)
PX_ENTRY(atan, true)
PX_ENTRY(atanh, true)
#undef PX_ENTRY
const Predicate nan_test{examine<double, Test::nan>, examine<float, Test::nan>},
    inf_test{examine<double, Test::inf>, examine<float, Test::inf>},
    finite_test{examine<double, Test::finite>, examine<float, Test::finite>};
constexpr int two = 2;

#define PX_UNARY(name, doc) {"cmath." #name, unary, doc, "cmath." #name "(complex(x, y) * 0.25)", {}, 0, &name##_entry, 1, 1}

const Builtin table[] = {
    PX_UNARY(exp, "e ** z"),
    {"cmath.log",
     logarithm,
     "the natural logarithm, or that to a base",
     "cmath.log(complex(x, y)); cmath.log(complex(x, y), 2j)",
     {},
     0,
     &log_entry,
     1,
     2},
    PX_UNARY(log10, "the logarithm to base 10"),
    PX_UNARY(sqrt, "square root"),
    PX_UNARY(sin, "sine"),
    PX_UNARY(cos, "cosine"),
    PX_UNARY(tan, "tangent"),
    PX_UNARY(asin, "arc sine"),
    PX_UNARY(acos, "arc cosine"),
    PX_UNARY(atan, "arc tangent"),
    PX_UNARY(sinh, "hyperbolic sine"),
    PX_UNARY(cosh, "hyperbolic cosine"),
    PX_UNARY(tanh, "hyperbolic tangent"),
    PX_UNARY(asinh, "inverse hyperbolic sine"),
    PX_UNARY(acosh, "inverse hyperbolic cosine"),
    PX_UNARY(atanh, "inverse hyperbolic tangent"),
    {"cmath.isnan", predicate, "whether a part is nan", "cmath.isnan(complex(x, y))", {}, 0, &nan_test, 1, 1},
    {"cmath.isinf", predicate, "whether a part is an infinity", "cmath.isinf(complex(x, y))", {}, 0, &inf_test, 1, 1},
    {"cmath.isfinite", predicate, "whether both parts are finite", "cmath.isfinite(complex(x, y))", {}, 0, &finite_test, 1, 1},
    {"cmath.phase", polar, "the angle, radians", "cmath.phase(complex(x, y))", {}, 0, nullptr, 1, 1},
    {"cmath.polar", polar, "(size, angle)", "cmath.polar(complex(x, y))", {}, 0, &two, 1, 1},
    {"cmath.rect", rect, "the complex number of a size and an angle", "cmath.rect(0.5, 0.25)", {}, 0, nullptr, 2, 2},
};

}  // namespace

std::span<const Builtin> cmath_builtins() {
  return table;
}

}  // namespace px::jit
