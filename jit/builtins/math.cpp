// The `math` module. Cases are Numba 0.68's: integers are computed in float64; what raises in CPython's math gives nan or inf here.
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "jit/builtins/builtin.h"
#include "jit/builtins/divisors.h"
#include "jit/builtins/mathlib.h"
#include "jit/builtins/power.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean, I = Scalar::i64, U = Scalar::u64, F = Scalar::f64, S = Scalar::f32;

const std::vector<Case> unary_cases = {{{I}, F}, {{U}, F}, {{S}, S}, {{F}, F}};
const std::vector<Case> binary_cases = {{{I, I}, F}, {{U, U}, F}, {{S, S}, S}, {{F, F}, F}};
const std::vector<Case> real_binary_cases = {{{S, S}, S}, {{F, F}, F}};
const std::vector<Case> nextafter_cases = {{{F, F}, F}, {{S, S}, S}};  // in this order: small integers are computed in float64
const std::vector<Case> rounding_cases = {{{I}, I}, {{U}, U}, {{S}, I}, {{F}, I}};
const std::vector<Case> predicate_cases = {{{I}, B}, {{U}, B}, {{S}, B}, {{F}, B}};
const std::vector<Case> gcd_cases = {{{I, I}, I},
                                     {{Scalar::i32, Scalar::i32}, Scalar::i32},
                                     {{Scalar::i16, Scalar::i16}, Scalar::i16},
                                     {{Scalar::i8, Scalar::i8}, Scalar::i8},
                                     {{U, U}, U},
                                     {{Scalar::u32, Scalar::u32}, Scalar::u32},
                                     {{Scalar::u16, Scalar::u16}, Scalar::u16},
                                     {{Scalar::u8, Scalar::u8}, Scalar::u8}};

// A function of the C library in both widths.
struct Pair {
  void *wide, *narrow;
};

const Case* pick(const std::vector<Case>& cases, std::span<const Argument> arguments) {
  std::vector<const Type*> list;
  for (auto& a : arguments) list.push_back(a.type);
  return best_case(cases, list);
}

Resolution one(const std::vector<Case>& cases, std::span<const Argument> arguments,
               std::function<void(Emitter&, Scalar, Slot, Slot)> emit) {
  const Case* c = pick(cases, arguments);
  if (!c) return {};
  const Type* parameter = types::scalar(c->result);
  return {.result = parameter,
          .literal = {},
          .parameters = {parameter},
          .lower = [emit = std::move(emit), kind = c->result](Emitter& e, std::span<const Slot> a, Slot d) { emit(e, kind, d, a[0]); },
          .advice = {}};
}

Resolution unary(std::span<const Argument> arguments, const Builtin& self) {
  auto* pair = static_cast<const Pair*>(self.data);
  return one(unary_cases, arguments,
             [pair](Emitter& e, Scalar kind, Slot d, Slot a) { e.call_math(d, kind, kind == F ? pair->wide : pair->narrow, a); });
}

Resolution binary(const std::vector<Case>& cases, std::span<const Argument> arguments, const Builtin& self) {
  const Case* c = pick(cases, arguments);
  if (!c) return {};
  auto* pair = static_cast<const Pair*>(self.data);
  const Type* t = types::scalar(c->result);
  return {.result = t,
          .literal = {},
          .parameters = {t, t},
          .lower = [pair, kind = c->result](Emitter& e, std::span<const Slot> a,
                                            Slot d) { e.call_math(d, kind, kind == F ? pair->wide : pair->narrow, a[0], a[1]); },
          .advice = {}};
}
Resolution number_binary(std::span<const Argument> arguments, const Builtin& self) {
  return binary(binary_cases, arguments, self);
}
Resolution real_binary(std::span<const Argument> arguments, const Builtin& self) {
  return binary(real_binary_cases, arguments, self);
}

Resolution next_float(std::span<const Argument> arguments, const Builtin& self) {
  return binary(nextafter_cases, arguments, self);
}

Resolution exact(std::span<const Argument> arguments, const Builtin& self) {
  Op op = *static_cast<const Op*>(self.data);
  return one(unary_cases, arguments, [op](Emitter& e, Scalar kind, Slot d, Slot a) { e.unary(op, kind, d, a); });
}

Resolution scaled(std::span<const Argument> arguments, const Builtin& self) {
  double factor = *static_cast<const double*>(self.data);
  return one(unary_cases, arguments, [factor](Emitter& e, Scalar kind, Slot d, Slot a) {
    e.binary(Op::mul_, kind, d, a, e.constant(constant_bits(Constant{factor}, kind), types::scalar(kind)));
  });
}

enum class Rounding { floor, ceil, trunc };

Resolution rounding(std::span<const Argument> arguments, const Builtin& self) {
  const Case* c = pick(rounding_cases, arguments);
  if (!c) return {};
  auto mode = *static_cast<const Rounding*>(self.data);
  const Type *from = types::scalar(c->parameters[0]), *result = types::scalar(c->result);
  return {.result = result,
          .literal = {},
          .parameters = {from},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                // Integers go through float64 and back, as in Numba: beyond 2**53 they are rounded.
                if (!is_float(from->scalar)) return e.convert_into(d, e.convert(a[0], from, types::float64()), types::float64(), result);
                Slot value = a[0];
                if (mode != Rounding::trunc) {  // truncation is what the conversion does
                  value = e.temporary(from);
                  e.unary(mode == Rounding::floor ? Op::floor_ : Op::ceil_, from->scalar, value, a[0]);
                }
                e.convert_into(d, value, from, result);
              },
          .advice = {}};
}

enum class Predicate { nan, inf, finite };

Resolution predicate(std::span<const Argument> arguments, const Builtin& self) {
  const Case* c = pick(predicate_cases, arguments);
  if (!c) return {};
  auto what = *static_cast<const Predicate*>(self.data);
  const Type* from = types::scalar(c->parameters[0]);
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {from},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Scalar kind = from->scalar;
                if (!is_float(kind)) return void(e.move(d, e.constant(what == Predicate::finite, types::boolean()), 1));
                if (what == Predicate::nan) return e.binary(Op::ne_, kind, d, a[0], a[0]);
                Slot size = e.temporary(from);
                e.unary(Op::abs_, kind, size, a[0]);
                Slot infinity = e.constant(constant_bits(Constant{HUGE_VAL}, kind), from);
                e.binary(what == Predicate::inf ? Op::eq_ : Op::lt_, kind, d, size, infinity);
              },
          .advice = {}};
}

Resolution gcd(std::span<const Argument> arguments, const Builtin&) {
  const Case* c = pick(gcd_cases, arguments);
  if (!c) return {};
  for (auto& a : arguments)
    if (is_float(a.type->scalar)) return {.advice = "math.gcd takes integers"};
  const Type* t = types::scalar(c->result);
  const Type* wide = types::scalar(register_kind(c->result));
  return {.result = t,
          .literal = {},
          .parameters = {t, t},
          .lower =
              [t, wide](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot value = e.temporary(wide);
                e.call_runtime("px_gcd", common_divisor(is_signed(t->scalar)), {a[0], a[1]}, value, 1);
                e.convert_into(d, value, wide, t);
              },
          .advice = {}};
}

template <class Real, class Bits>
int32_t frexp_parts(const uint64_t* x, uint64_t* result) {
  int exponent = 0;
  result[0] = std::bit_cast<Bits>(std::frexp(std::bit_cast<Real>(static_cast<Bits>(x[0])), &exponent));
  result[1] = static_cast<uint64_t>(static_cast<int64_t>(exponent));
  return 0;
}
template <class Real, class Bits>
int32_t ldexp_value(const uint64_t* x, uint64_t* result) {
  *result = std::bit_cast<Bits>(std::ldexp(std::bit_cast<Real>(static_cast<Bits>(x[0])), static_cast<int>(x[1])));
  return 0;
}

Resolution frexp(std::span<const Argument> arguments, const Builtin&) {
  static const std::vector<Case> cases = {{{F}, F}, {{S}, S}};
  const Case* c = pick(cases, arguments);
  if (!c) return {};
  const Type* t = types::scalar(c->result);
  const Type* elements[] = {t, types::scalar(Scalar::i32)};
  return {.result = types::tuple(elements),
          .literal = {},
          .parameters = {t},
          .lower =
              [t](Emitter& e, std::span<const Slot> a, Slot d) {
                e.call_runtime("px_frexp", t->scalar == F ? frexp_parts<double, uint64_t> : frexp_parts<float, uint32_t>, {a[0]}, d, 2);
              },
          .advice = {}};
}

Resolution ldexp(std::span<const Argument> arguments, const Builtin&) {
  static const std::vector<Case> cases = {{{F, Scalar::i32}, F}, {{S, Scalar::i32}, S}};
  const Case* c = pick(cases, arguments);
  if (!c) return {};
  const Type* t = types::scalar(c->result);
  return {.result = t,
          .literal = {},
          .parameters = {t, types::scalar(Scalar::i32)},
          .lower =
              [t](Emitter& e, std::span<const Slot> a, Slot d) {
                e.call_runtime("px_ldexp", t->scalar == F ? ldexp_value<double, uint64_t> : ldexp_value<float, uint32_t>, {a[0], a[1]}, d,
                               1);
              },
          .advice = {}};
}

// math.pow has fewer cases than the operator: small floats with integers are computed in float64.
Resolution power(std::span<const Argument> arguments, const Builtin& self) {
  static const std::vector<Case> cases = {{{F, I}, F}, {{F, U}, F}, {{S, S}, S}, {{F, F}, F}};
  const Case* c = pick(cases, arguments);
  if (!c) return {};
  Argument typed[] = {{types::scalar(c->parameters[0]), {}, -1, 0}, {types::scalar(c->parameters[1]), arguments[1].literal, -1, 0}};
  return resolve_power(typed, self);
}

#define PX_MATH1(name) const Pair name##_pair{reinterpret_cast<void*>(px_##name), reinterpret_cast<void*>(px_##name##f)};
#define PX_MATH2(name) PX_MATH1(name)
#include "jit/builtins/mathlib.def"
#undef PX_MATH1
#undef PX_MATH2
const Pair copysign_pair{reinterpret_cast<void*>(static_cast<double (*)(double, double)>(::copysign)),
                         reinterpret_cast<void*>(static_cast<float (*)(float, float)>(::copysignf))};
const Pair nextafter_pair{reinterpret_cast<void*>(static_cast<double (*)(double, double)>(::nextafter)),
                          reinterpret_cast<void*>(static_cast<float (*)(float, float)>(::nextafterf))};
constexpr Op sqrt_op = Op::sqrt_, abs_op = Op::abs_;
constexpr double to_degrees = 180 / std::numbers::pi, to_radians = std::numbers::pi / 180;
constexpr Rounding floor_mode = Rounding::floor, ceil_mode = Rounding::ceil, trunc_mode = Rounding::trunc;
constexpr Predicate nan_test = Predicate::nan, inf_test = Predicate::inf, finite_test = Predicate::finite;

const std::vector<std::string_view> x_only = {"x"};

#define PX_UNARY(py, c, doc) {"math." py, unary, doc, "math." py "(x); math." py "(0.3)", {}, 0, &c##_pair}

const Builtin table[] = {
    {"math.sqrt", exact, "square root; nan below zero", "math.sqrt(x); math.sqrt(2)", {}, 0, &sqrt_op},
    {"math.fabs", exact, "absolute value, a float", "math.fabs(x)", {}, 0, &abs_op},
    PX_UNARY("sin", sin, "sine, radians"),
    PX_UNARY("cos", cos, "cosine, radians"),
    PX_UNARY("tan", tan, "tangent, radians"),
    PX_UNARY("asin", asin, "arc sine, radians"),
    PX_UNARY("acos", acos, "arc cosine, radians"),
    PX_UNARY("atan", atan, "arc tangent, radians"),
    PX_UNARY("sinh", sinh, "hyperbolic sine"),
    PX_UNARY("cosh", cosh, "hyperbolic cosine"),
    PX_UNARY("tanh", tanh, "hyperbolic tangent"),
    PX_UNARY("asinh", asinh, "inverse hyperbolic sine"),
    PX_UNARY("acosh", acosh, "inverse hyperbolic cosine"),
    PX_UNARY("atanh", atanh, "inverse hyperbolic tangent"),
    PX_UNARY("exp", exp, "e ** x"),
    PX_UNARY("exp2", exp2, "2 ** x"),
    PX_UNARY("expm1", expm1, "e ** x - 1"),
    PX_UNARY("log", log, "natural logarithm (one argument)"),
    PX_UNARY("log2", log2, "logarithm to base 2"),
    PX_UNARY("log10", log10, "logarithm to base 10"),
    PX_UNARY("log1p", log1p, "log(1 + x)"),
    PX_UNARY("erf", erf, "error function"),
    PX_UNARY("erfc", erfc, "complementary error function"),
    PX_UNARY("gamma", tgamma, "gamma function"),
    PX_UNARY("lgamma", lgamma, "logarithm of the gamma function's absolute value"),
    {"math.atan2", number_binary, "arc tangent of y / x", "math.atan2(x, y)", {}, 0, &atan2_pair},
    {"math.hypot", number_binary, "sqrt(x² + y²)", "math.hypot(x, y)", {}, 0, &hypot_pair},
    {"math.pow", power, "x ** y as a float", "math.pow(x, 2); math.pow(x, 0.5)", {}, 0, nullptr, 2, 2},
    {"math.copysign", real_binary, "x with the sign of y", "math.copysign(x, y)", {}, 0, &copysign_pair},
    {"math.nextafter", next_float, "the next float from x towards y", "math.nextafter(x, y)", {}, 0, &nextafter_pair},
    {"math.degrees", scaled, "radians to degrees", "math.degrees(x)", {}, 0, &to_degrees},
    {"math.radians", scaled, "degrees to radians", "math.radians(x)", {}, 0, &to_radians},
    {"math.floor", rounding, "rounded down, an integer", "math.floor(x)", {}, 0, &floor_mode},
    {"math.ceil", rounding, "rounded up, an integer", "math.ceil(x)", {}, 0, &ceil_mode},
    {"math.trunc", rounding, "rounded towards zero, an integer", "math.trunc(x)", {}, 0, &trunc_mode},
    {"math.isnan", predicate, "whether x is nan", "math.isnan(x)", {}, 0, &nan_test},
    {"math.isinf", predicate, "whether x is an infinity", "math.isinf(x)", {}, 0, &inf_test},
    {"math.isfinite", predicate, "whether x is neither nan nor an infinity", "math.isfinite(x)", {}, 0, &finite_test},
    {"math.gcd", gcd, "greatest common divisor of two integers", "math.gcd(x, 12)"},
    {"math.frexp", frexp, "mantissa and exponent", "math.frexp(x)"},
    {"math.ldexp", ldexp, "x * 2 ** i", "math.ldexp(x, 3)"},
};

}  // namespace

std::span<const Builtin> math_builtins() {
  return table;
}

}  // namespace px::jit
