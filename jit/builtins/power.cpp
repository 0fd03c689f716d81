#include "jit/builtins/power.h"

#include <bit>
#include <cmath>

#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar I = Scalar::i64, U = Scalar::u64, F = Scalar::f64, S = Scalar::f32;

const std::vector<Case> cases = {
    {{I, I}, I}, {{I, U}, I},           {{U, I}, I}, {{U, U}, U}, {{S, Scalar::i32}, S}, {{S, I}, S},
    {{S, U}, S}, {{F, Scalar::i32}, F}, {{F, I}, F}, {{F, U}, F}, {{S, S}, S},           {{F, F}, F},
};

constexpr uint64_t longest_product = 0x10000;  // larger exponents go through pow, as in Numba

int32_t fail(runtime::ExcKind kind, std::string_view message) {
  runtime::Context::current()->exc.set(kind, message);
  return 1;
}

uint64_t product_power(uint64_t a, uint64_t exponent) {
  uint64_t r = 1;
  for (; exponent; exponent >>= 1, a *= a)
    if (exponent & 1) r *= a;
  return r;
}

// arguments: base, exponent, whether the exponent is unsigned, whether 0 ** negative raises.
int32_t integer_power(const uint64_t* x, uint64_t* result) {
  uint64_t base = x[0], exponent = x[1];
  if (!x[2] && static_cast<int64_t>(exponent) < 0) {
    if (exponent == uint64_t{1} << 63) return fail(runtime::ExcKind::OverflowError, "");
    if (base == 0) {
      if (x[3]) return fail(runtime::ExcKind::ZeroDivisionError, "0 cannot be raised to a negative power");
      *result = uint64_t{1} << 63;
      return 0;
    }
    *result = base == 1 ? 1 : base == ~uint64_t{0} ? (exponent & 1 ? base : 1) : 0;
    return 0;
  }
  *result = exponent <= longest_product ? product_power(base, exponent)
                                        : interp::float_to_integer<Scalar::i64>(px_pow(
                                              static_cast<double>(static_cast<int64_t>(base)),
                                              x[2] ? static_cast<double>(exponent) : static_cast<double>(static_cast<int64_t>(exponent))));
  return 0;
}

template <class Real>
int32_t real_integer_power(const uint64_t* x, uint64_t* result) {
  using Bits = std::conditional_t<sizeof(Real) == 8, uint64_t, uint32_t>;
  Real a = std::bit_cast<Real>(static_cast<Bits>(x[0])), r = 1;
  bool invert = !x[2] && static_cast<int64_t>(x[1]) < 0;
  uint64_t exponent = invert ? -x[1] : x[1];
  if (invert && exponent == uint64_t{1} << 63) return fail(runtime::ExcKind::OverflowError, "");
  if (exponent > longest_product) {
    double y = x[2] ? static_cast<double>(x[1]) : static_cast<double>(static_cast<int64_t>(x[1]));
    *result = std::bit_cast<Bits>(static_cast<Real>(px_pow(a, y)));
    return 0;
  }
  for (; exponent; exponent >>= 1, a *= a)
    if (exponent & 1) r *= a;
  if (invert) {
    if (r == 0 && x[3]) return fail(runtime::ExcKind::ZeroDivisionError, "division by zero");
    r = static_cast<Real>(1.0 / static_cast<double>(r));
  }
  *result = std::bit_cast<Bits>(r);
  return 0;
}

// The same products as the loops above, written out for an exponent that is known.
void unrolled(Emitter& e, const Type* type, Slot base, uint64_t exponent, Slot d) {
  Scalar kind = type->scalar;
  Slot one = e.constant(constant_bits(Constant{int64_t{1}}, kind), type);
  Slot r = typed::no_slot, a = base;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) {
      if (r == typed::no_slot) {
        r = a;  // 1 * a is a, to the bit
      } else {
        Slot next = e.temporary(type);
        e.binary(Op::mul_, kind, next, r, a);
        r = next;
      }
    }
    if (exponent > 1) {
      Slot square = e.temporary(type);
      e.binary(Op::mul_, kind, square, a, a);
      a = square;
    }
  }
  e.move(d, r == typed::no_slot ? one : r, 1);
}

}  // namespace

Resolution resolve_power(std::span<const Argument> arguments, const Builtin&) {
  const Type* list[] = {arguments[0].type, arguments[1].type};
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* result = types::scalar(c->result);
  Scalar by = c->parameters[1];
  if (is_float(by))
    return {.result = result,
            .literal = {},
            .parameters = {result, result},
            .lower =
                [kind = c->result](Emitter& e, std::span<const Slot> a, Slot d) {
                  e.call_math(d, kind, kind == F ? reinterpret_cast<void*>(px_pow) : reinterpret_cast<void*>(px_powf), a[0], a[1]);
                },
            .advice = {}};
  std::optional<uint64_t> known;
  if (arguments[1].literal)
    if (auto* x = std::get_if<int64_t>(&arguments[1].literal->value); x && *x >= 0 && *x <= 64) known = static_cast<uint64_t>(*x);
  return {.result = result,
          .literal = {},
          .parameters = {result, types::scalar(by == Scalar::i32 ? I : by)},
          .lower =
              [known, result, base = c->result, by](Emitter& e, std::span<const Slot> a, Slot d) {
                if (known) return unrolled(e, result, a[0], *known, d);
                auto function = base == F ? real_integer_power<double> : base == S ? real_integer_power<float> : integer_power;
                e.call_runtime("px_integer_power", function, {a[0], a[1], e.int_constant(by == U), e.int_constant(e.error_model_python)}, d,
                               1);
              },
          .advice = {}};
}

}  // namespace px::jit
