// The `cmath` module.
#include <cmath>

#include "jit/builtins/complex.h"
#include "jit/builtins/complex_math.h"
#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"

namespace px::jit {

using typed::Slot;

namespace {

using namespace complex_math;

// What an entry computes: z to z, to a real number, to two, or to a boolean.
struct Entry {
  typed::RuntimeFunction wide, narrow;
  const Type *wide_result, *narrow_result;
  bool converts;  // takes real numbers too, as Numba's templates do and its overloads do not
};

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
