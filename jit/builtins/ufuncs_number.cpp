// NumPy's element-wise functions of numbers: division, powers, bits, comparison, logic. As in NumPy, nothing raises for a zero divisor.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <vector>

#include "jit/builtins/builtin.h"
#include "jit/builtins/extremes.h"
#include "jit/builtins/mathlib.h"
#include "jit/builtins/power.h"
#include "jit/builtins/ufunc_loops.h"

namespace px::jit {

using loops::choose;
using loops::in_loop;
using loops::in_own_width;
using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean, I = Scalar::i64, F = Scalar::f64;
using Arguments = std::span<const Argument>;
using Slots = std::span<const Slot>;

Slot number(Emitter& e, double value, Scalar kind) {
  return e.constant(constant_bits(is_float(kind) ? Constant{value} : Constant{static_cast<int64_t>(value)}, kind), types::scalar(kind));
}

// fmod, and the divisor more where the signs differ: + 0.0 otherwise, which turns -0.0 into 0.0.
template <class T>
T real_modulo(T x, T y) {
  T rest = sizeof(T) == 8 ? static_cast<T>(px_fmod(x, y)) : static_cast<T>(px_fmodf(static_cast<float>(x), static_cast<float>(y)));
  return rest + (rest != 0 && rest == rest && (y < 0) != (rest < 0) ? y : T(0));
}
template <class T>
T real_sign(T x) {
  return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}

// floor_divide, remainder, fmod.
enum class Division { floor, modulo, fmod };
Resolution division(Arguments arguments, const Builtin& self) {
  auto what = *static_cast<const Division*>(self.data);
  auto loop = choose(loops::numbers, arguments);
  if (!loop) return {};
  // Numba takes negative integers for large ones here.
  if (what == Division::fmod && is_signed(*loop)) return {.advice = "math.fmod(x, y)"};
  const Type* t = types::scalar(*loop);
  return in_loop(*loop, 2, false, [=](Emitter& e, Slots a, Slot d) {
    Scalar s = t->scalar;
    if (!is_float(s))
      return in_own_width(
          e, t, d, [&](Scalar kind, Slot to) { e.binary(what == Division::floor ? Op::floordiv_ : Op::mod_, kind, to, a[0], a[1]); });
    if (what == Division::floor) {
      Slot quotient = e.temporary(t);
      e.binary(Op::truediv_, s, quotient, a[0], a[1]);
      return e.unary(Op::floor_, s, d, quotient);
    }
    auto* function = s == F ? reinterpret_cast<void*>(px_fmod) : reinterpret_cast<void*>(px_fmodf);
    if (what == Division::fmod) return e.call_math(d, s, function, a[0], a[1]);
    e.call_math(d, s, s == F ? reinterpret_cast<void*>(real_modulo<double>) : reinterpret_cast<void*>(real_modulo<float>), a[0], a[1]);
  });
}

Resolution power(Arguments arguments, const Builtin&) {
  auto loop = choose(loops::numbers, arguments);
  if (!loop) return {};
  // Numba computes these powers of integers with floats, and so inexactly: they only say what `a ** b` gives.
  if (!is_float(*loop)) return {.result = types::scalar(*loop), .advice = "x ** y"};
  return in_loop(*loop, 2, false, [s = *loop](Emitter& e, Slots a, Slot d) {
    e.call_math(d, s, s == F ? reinterpret_cast<void*>(px_pow) : reinterpret_cast<void*>(px_powf), a[0], a[1]);
  });
}

// One operation of typed code in the loop's own width. Booleans: `logical`.
struct Plain {
  Op op;
  std::span<const Scalar> loops;
  Op logical = Op::bit_and_;
};
Resolution plain(Arguments arguments, const Builtin& self) {
  auto& what = *static_cast<const Plain*>(self.data);
  auto loop = choose(what.loops, arguments);
  if (!loop) return {};
  const Type* t = types::scalar(*loop);
  size_t count = arguments.size();
  return in_loop(*loop, count, false, [=](Emitter& e, Slots a, Slot d) {
    in_own_width(e, t, d, [&](Scalar kind, Slot to) {
      Op op = kind == B ? what.logical : what.op;
      if (count == 1) return e.unary(op, kind, to, a[0]);
      e.binary(op, kind, to, a[0], a[1]);
    });
  });
}

Resolution comparison(Arguments arguments, const Builtin& self) {
  auto loop = choose(loops::all, arguments);
  if (!loop) return {};
  return in_loop(*loop, 2, true, [op = *static_cast<const Op*>(self.data), s = *loop](Emitter& e, Slots a, Slot d) {
    e.binary(op, s == B ? I : register_kind(s), d, a[0], a[1]);
  });
}

// logical_and, or, xor, not.
Resolution logic(Arguments arguments, const Builtin& self) {
  for (auto& a : arguments)
    if (!a.type->is_scalar()) return {};
  return in_loop(B, arguments.size(), true, [op = *static_cast<const Op*>(self.data)](Emitter& e, Slots a, Slot d) {
    if (a.size() == 1) return e.unary(op, B, d, a[0]);
    e.binary(op, B, d, a[0], a[1]);
  });
}

Resolution same(Arguments arguments, const Builtin& self) {
  auto loop = choose(self.data ? loops::all : std::span<const Scalar>(loops::numbers), arguments);
  if (!loop) return {};
  return in_loop(*loop, 1, false, [](Emitter& e, Slots a, Slot d) { e.move(d, a[0], 1); });
}

// -1, 0, 1; NaN and -0.0 stay. An unsigned number is looked at as a signed one of its width, as in Numba.
Resolution sign(Arguments arguments, const Builtin&) {
  auto loop = choose(loops::numbers, arguments);
  if (!loop) return {};
  const Type* t = types::scalar(*loop);
  return in_loop(*loop, 1, false, [=](Emitter& e, Slots a, Slot d) {
    Scalar s = t->scalar;
    if (is_float(s))
      return e.call_math(d, s, s == F ? reinterpret_cast<void*>(real_sign<double>) : reinterpret_cast<void*>(real_sign<float>), a[0]);
    Slot x = a[0], above = e.temporary(types::boolean()), below = e.temporary(types::boolean());
    if (is_unsigned(s))
      x = e.convert(e.convert(x, t, types::int64()), types::int64(), types::scalar(static_cast<Scalar>(static_cast<int>(s) - 4)));
    e.binary(Op::gt_, I, above, x, e.int_constant(0));
    e.binary(Op::lt_, I, below, x, e.int_constant(0));
    Slot value = e.temporary(types::int64());
    e.binary(Op::sub_, I, value, e.convert(above, types::boolean(), types::int64()), e.convert(below, types::boolean(), types::int64()));
    e.convert_into(d, value, types::int64(), t);
  });
}

// Whether the sign bit is set, of zeros and nan too.
template <class T>
T negative_sign(T x) {
  return std::signbit(x) ? T(1) : T(0);
}
Resolution signbit(Arguments arguments, const Builtin&) {
  auto loop = choose(loops::floats, arguments);
  if (!loop) return {};
  return in_loop(*loop, 1, true, [s = *loop](Emitter& e, Slots a, Slot d) {
    const Type* t = types::scalar(s);
    Slot one = e.temporary(t);
    e.call_math(one, s, s == F ? reinterpret_cast<void*>(negative_sign<double>) : reinterpret_cast<void*>(negative_sign<float>), a[0]);
    e.binary(Op::ne_, s, d, one, number(e, 0, s));
  });
}

Resolution square(Arguments arguments, const Builtin&) {
  auto loop = choose(loops::numbers, arguments);
  if (!loop) return {};
  const Type* t = types::scalar(*loop);
  return in_loop(*loop, 1, false, [=](Emitter& e, Slots a, Slot d) {
    in_own_width(e, t, d, [&](Scalar kind, Slot to) { e.binary(Op::mul_, kind, to, a[0], a[0]); });
  });
}

// Integers by way of float64.
Resolution reciprocal(Arguments arguments, const Builtin&) {
  auto loop = choose(loops::numbers, arguments);
  if (!loop) return {};
  const Type* t = types::scalar(*loop);
  return in_loop(*loop, 1, false, [=](Emitter& e, Slots a, Slot d) {
    if (is_float(t->scalar)) return e.binary(Op::truediv_, t->scalar, d, number(e, 1, t->scalar), a[0]);
    Slot x = e.convert(a[0], t, types::float64()), value = e.temporary(types::float64());
    e.binary(Op::truediv_, F, value, e.float_constant(1), x);
    e.convert_into(d, value, types::float64(), t);
  });
}

struct Extreme {
  Op integers, booleans;
  void *real, *single;
};
Resolution extreme(Arguments arguments, const Builtin& self) {
  auto& what = *static_cast<const Extreme*>(self.data);
  auto loop = choose(loops::all, arguments);
  if (!loop) return {};
  return in_loop(*loop, 2, false, [what, s = *loop](Emitter& e, Slots a, Slot d) {
    if (is_float(s)) return e.call_math(d, s, s == F ? what.real : what.single, a[0], a[1]);
    e.binary(s == B ? what.booleans : what.integers, register_kind(s), d, a[0], a[1]);
  });
}

// deg2rad and its like: one multiplication.
Resolution scaled(Arguments arguments, const Builtin& self) {
  auto loop = choose(loops::floats, arguments);
  if (!loop) return {};
  return in_loop(*loop, 1, false, [s = *loop, factor = *static_cast<const double*>(self.data)](Emitter& e, Slots a, Slot d) {
    e.binary(Op::mul_, s, d, a[0], number(e, factor, s));
  });
}

double trunc_wide(double x) {
  return std::trunc(x);
}
float trunc_narrow(float x) {
  return std::trunc(x);
}
Resolution truncated(Arguments arguments, const Builtin& self) {
  auto loop = choose(loops::all, arguments);
  if (!loop) return {};
  if (!is_float(*loop)) return same(arguments, {self.name, same, "", "", {}, 0, &self});
  return in_loop(*loop, 1, false, [s = *loop](Emitter& e, Slots a, Slot d) {
    e.call_math(d, s, s == F ? reinterpret_cast<void*>(trunc_wide) : reinterpret_cast<void*>(trunc_narrow), a[0]);
  });
}

constexpr Division floor_division = Division::floor, modulo = Division::modulo, c_modulo = Division::fmod;
const Plain bit_and{Op::bit_and_, loops::bits}, bit_or{Op::bit_or_, loops::bits, Op::bit_or_},
    bit_xor{Op::bit_xor_, loops::bits, Op::bit_xor_}, bit_not{Op::bit_not_, loops::bits, Op::logical_not_},
    shift_left{Op::shl_, loops::integers}, shift_right{Op::shr_, loops::integers}, negated{Op::neg_, loops::numbers};
#define PX_EXTREME(integers, booleans, name) \
  {Op::integers##_, Op::booleans##_, reinterpret_cast<void*>(extremes::name<double>), reinterpret_cast<void*>(extremes::name<float>)}
const Extreme least = PX_EXTREME(min, bit_and, minimum), greatest = PX_EXTREME(max, bit_or, maximum),
              least_number = PX_EXTREME(min, bit_and, least_number), greatest_number = PX_EXTREME(max, bit_or, greatest_number);
#undef PX_EXTREME
constexpr Op eq = Op::eq_, ne = Op::ne_, lt = Op::lt_, le = Op::le_, gt = Op::gt_, ge = Op::ge_, land = Op::bit_and_, lor = Op::bit_or_,
             lxor = Op::bit_xor_, lnot = Op::logical_not_;
constexpr double radians_in_degree = std::numbers::pi / 180, degrees_in_radian = 180 / std::numbers::pi;

const Builtin table[] = {
    PX_UFUNC2("floor_divide", division, &floor_division, "x // y; integers by zero 0, floats inf or nan"),
    PX_UFUNC2("remainder", division, &modulo, "x % y with the sign of y"),
    PX_UFUNC2("mod", division, &modulo, "x % y with the sign of y"),
    PX_UFUNC2("fmod", division, &c_modulo, "the remainder with the sign of x"),
    PX_UFUNC2("power", power, nullptr, "x ** y in NumPy's type"),
    PX_UFUNC2("bitwise_and", plain, &bit_and, "x & y in NumPy's type"),
    PX_UFUNC2("bitwise_or", plain, &bit_or, "x | y in NumPy's type"),
    PX_UFUNC2("bitwise_xor", plain, &bit_xor, "x ^ y in NumPy's type"),
    PX_UFUNC1("invert", plain, &bit_not, "~x in its own width"),
    PX_UFUNC1("bitwise_not", plain, &bit_not, "~x in its own width"),
    PX_UFUNC2("left_shift", plain, &shift_left, "x << y; y outside 0 … 63: ValueError"),
    PX_UFUNC2("right_shift", plain, &shift_right, "x >> y; y outside 0 … 63: ValueError"),
    PX_UFUNC1("negative", plain, &negated, "-x in its own width"),
    PX_UFUNC1("positive", same, nullptr, "x"),
    PX_UFUNC2("equal", comparison, &eq, "x == y"),
    PX_UFUNC2("not_equal", comparison, &ne, "x != y"),
    PX_UFUNC2("less", comparison, &lt, "x < y"),
    PX_UFUNC2("less_equal", comparison, &le, "x <= y"),
    PX_UFUNC2("greater", comparison, &gt, "x > y"),
    PX_UFUNC2("greater_equal", comparison, &ge, "x >= y"),
    PX_UFUNC2("logical_and", logic, &land, "x and y, a boolean"),
    PX_UFUNC2("logical_or", logic, &lor, "x or y, a boolean"),
    PX_UFUNC2("logical_xor", logic, &lxor, "whether one alone is true"),
    PX_UFUNC1("logical_not", logic, &lnot, "not x, a boolean"),
    PX_UFUNC2("minimum", extreme, &least, "the smaller; nan where there is one"),
    PX_UFUNC2("maximum", extreme, &greatest, "the larger; nan where there is one"),
    PX_UFUNC2("fmin", extreme, &least_number, "the smaller; a number rather than nan"),
    PX_UFUNC2("fmax", extreme, &greatest_number, "the larger; a number rather than nan"),
    PX_UFUNC1("sign", sign, nullptr, "-1, 0 or 1"),
    PX_UFUNC1("signbit", signbit, nullptr, "whether the sign bit is set"),
    PX_UFUNC1("square", square, nullptr, "x * x in its own width"),
    PX_UFUNC1("reciprocal", reciprocal, nullptr, "1 / x in x's type"),
    PX_UFUNC1("trunc", truncated, nullptr, "rounded towards zero, of the argument's type"),
    PX_UFUNC1("deg2rad", scaled, &radians_in_degree, "degrees to radians"),
    PX_UFUNC1("radians", scaled, &radians_in_degree, "degrees to radians"),
    PX_UFUNC1("rad2deg", scaled, &degrees_in_radian, "radians to degrees"),
    PX_UFUNC1("degrees", scaled, &degrees_in_radian, "radians to degrees"),
};

}  // namespace

std::span<const Builtin> number_ufunc_builtins() {
  static const auto& both = *[] {
    auto* all = new std::vector<Builtin>(std::begin(table), std::end(table));
    std::ranges::copy(loops::called_ufuncs(), std::back_inserter(*all));
    return all;
  }();
  return both;
}

}  // namespace px::jit
