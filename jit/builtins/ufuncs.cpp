// NumPy's element-wise functions, on scalars: the loop that NumPy would choose says in which type they are computed.
#include <cmath>
#include <numbers>

#include "jit/builtins/builtin.h"
#include "jit/builtins/mathlib.h"
#include "jit/builtins/ufunc_loops.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean, I = Scalar::i64;

using loops::all, loops::choose, loops::floats, loops::numbers, loops::Pair;

// Functions of floats, of one or two arguments.
Resolution inexact(std::span<const Argument> arguments, const Builtin& self) {
  return loops::call_pair(floats, arguments, *static_cast<const Pair*>(self.data));
}

// sqrt, fabs, floor, ceil: one operation; floor and ceil leave integers as they are.
struct Exact {
  Op op;
  bool keeps_integers;
};
Resolution exact(std::span<const Argument> arguments, const Builtin& self) {
  auto& what = *static_cast<const Exact*>(self.data);
  auto loop = what.keeps_integers ? choose(all, arguments) : choose(floats, arguments);
  if (!loop) return {};
  const Type* t = types::scalar(*loop);
  return {.result = t,
          .literal = {},
          .parameters = {t},
          .lower =
              [s = *loop, op = what.op](Emitter& e, std::span<const Slot> a, Slot d) {
                if (!is_float(s)) return void(e.move(d, a[0], 1));
                e.unary(op, s, d, a[0]);
              },
          .advice = {}};
}

// Arithmetic in the loop's own width.
Resolution arithmetic(std::span<const Argument> arguments, const Builtin& self) {
  Op op = *static_cast<const Op*>(self.data);
  std::span<const Scalar> loops = op == Op::truediv_ ? std::span<const Scalar>(floats)
                                  : op == Op::sub_   ? std::span<const Scalar>(numbers)
                                                     : all;
  auto loop = choose(loops, arguments);
  if (!loop) return {};
  const Type *t = types::scalar(*loop), *wide = types::scalar(register_kind(*loop));
  return {.result = t,
          .literal = {},
          .parameters = {t, t},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Scalar kind = wide->scalar;
                if (kind == B) return e.binary(op == Op::add_ ? Op::bit_or_ : Op::bit_and_, B, d, a[0], a[1]);
                if (item_size(t->scalar) == 8 || is_float(kind)) return e.binary(op, kind, d, a[0], a[1]);
                Slot value = e.temporary(wide);
                e.binary(op, kind, value, a[0], a[1]);
                e.convert_into(d, value, wide, t);
              },
          .advice = {}};
}

Resolution absolute(std::span<const Argument> arguments, const Builtin&) {
  auto loop = choose(all, arguments);
  if (!loop) return {};
  const Type *t = types::scalar(*loop), *wide = types::scalar(register_kind(*loop));
  return {.result = t,
          .literal = {},
          .parameters = {t},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                if (is_unsigned(t->scalar) || t->scalar == B) return void(e.move(d, a[0], 1));
                if (is_float(t->scalar) || t->scalar == I) return e.unary(Op::abs_, t->scalar, d, a[0]);
                Slot value = e.temporary(wide);
                e.unary(Op::abs_, I, value, a[0]);
                e.convert_into(d, value, wide, t);
              },
          .advice = {}};
}

// isnan, isinf, isfinite.
Resolution predicate(std::span<const Argument> arguments, const Builtin& self) {
  auto of = find_builtin(*static_cast<const std::string_view*>(self.data));
  if (!arguments[0].type->is_scalar()) return {};
  return of->resolve(arguments, *of);
}

double rint_real(double x) {
  return std::rint(x);
}
float rint_single(float x) {
  return std::rint(x);
}
#define PX_MATH1(name) const Pair name##_pair{reinterpret_cast<void*>(px_##name), reinterpret_cast<void*>(px_##name##f)};
#define PX_MATH2(name) PX_MATH1(name)
#include "jit/builtins/mathlib.def"
#undef PX_MATH1
#undef PX_MATH2
const Pair rint_pair{reinterpret_cast<void*>(rint_real), reinterpret_cast<void*>(rint_single)};
const Pair copysign_pair{reinterpret_cast<void*>(static_cast<double (*)(double, double)>(::copysign)),
                         reinterpret_cast<void*>(static_cast<float (*)(float, float)>(::copysignf))};
constexpr Exact sqrt_op{Op::sqrt_, false}, fabs_op{Op::abs_, false}, floor_op{Op::floor_, true}, ceil_op{Op::ceil_, true};
constexpr Op add_op = Op::add_, sub_op = Op::sub_, mul_op = Op::mul_, div_op = Op::truediv_;
constexpr std::string_view nan_name = "math.isnan", inf_name = "math.isinf", finite_name = "math.isfinite";

const Builtin table[] = {
    PX_UFUNC1("sqrt", exact, &sqrt_op, "square root; nan below zero"),
    PX_UFUNC1("fabs", exact, &fabs_op, "absolute value, a float"),
    PX_UFUNC1("floor", exact, &floor_op, "rounded down, of the argument's type"),
    PX_UFUNC1("ceil", exact, &ceil_op, "rounded up, of the argument's type"),
    PX_UFUNC1("rint", inexact, &rint_pair, "rounded to the nearest, halves to even; a float"),
    PX_UFUNC1("abs", absolute, nullptr, "absolute value, of the argument's type"),
    PX_UFUNC1("absolute", absolute, nullptr, "absolute value, of the argument's type"),
    PX_UFUNC1("sin", inexact, &sin_pair, "sine, radians"),
    PX_UFUNC1("cos", inexact, &cos_pair, "cosine, radians"),
    PX_UFUNC1("tan", inexact, &tan_pair, "tangent, radians"),
    PX_UFUNC1("arcsin", inexact, &asin_pair, "arc sine, radians"),
    PX_UFUNC1("arccos", inexact, &acos_pair, "arc cosine, radians"),
    PX_UFUNC1("arctan", inexact, &atan_pair, "arc tangent, radians"),
    PX_UFUNC1("sinh", inexact, &sinh_pair, "hyperbolic sine"),
    PX_UFUNC1("cosh", inexact, &cosh_pair, "hyperbolic cosine"),
    PX_UFUNC1("tanh", inexact, &tanh_pair, "hyperbolic tangent"),
    PX_UFUNC1("arcsinh", inexact, &asinh_pair, "inverse hyperbolic sine"),
    PX_UFUNC1("arccosh", inexact, &acosh_pair, "inverse hyperbolic cosine"),
    PX_UFUNC1("arctanh", inexact, &atanh_pair, "inverse hyperbolic tangent"),
    PX_UFUNC1("exp", inexact, &exp_pair, "e ** x"),
    PX_UFUNC1("exp2", inexact, &exp2_pair, "2 ** x"),
    PX_UFUNC1("expm1", inexact, &expm1_pair, "e ** x - 1"),
    PX_UFUNC1("log", inexact, &log_pair, "natural logarithm"),
    PX_UFUNC1("log2", inexact, &log2_pair, "logarithm to base 2"),
    PX_UFUNC1("log10", inexact, &log10_pair, "logarithm to base 10"),
    PX_UFUNC1("log1p", inexact, &log1p_pair, "log(1 + x)"),
    PX_UFUNC1("isnan", predicate, &nan_name, "whether x is nan"),
    PX_UFUNC1("isinf", predicate, &inf_name, "whether x is an infinity"),
    PX_UFUNC1("isfinite", predicate, &finite_name, "whether x is neither nan nor an infinity"),
    PX_UFUNC2("arctan2", inexact, &atan2_pair, "arc tangent of y / x"),
    PX_UFUNC2("hypot", inexact, &hypot_pair, "sqrt(x² + y²)"),
    PX_UFUNC2("copysign", inexact, &copysign_pair, "x with the sign of y"),
    PX_UFUNC2("add", arithmetic, &add_op, "x + y in NumPy's type"),
    PX_UFUNC2("subtract", arithmetic, &sub_op, "x - y in NumPy's type"),
    PX_UFUNC2("multiply", arithmetic, &mul_op, "x * y in NumPy's type"),
    PX_UFUNC2("divide", arithmetic, &div_op, "x / y, a float; by zero inf or nan"),
    PX_UFUNC2("true_divide", arithmetic, &div_op, "x / y, a float; by zero inf or nan"),
};

}  // namespace

std::span<const Builtin> ufunc_builtins() {
  return table;
}

}  // namespace px::jit
