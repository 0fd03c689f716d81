// Python's own built-in functions.
#include <bit>
#include <cmath>

#include "jit/builtins/builtin.h"
#include "jit/builtins/hashing.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/list.h"
#include "jit/builtins/mathlib.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean, I = Scalar::i64, U = Scalar::u64, F = Scalar::f64, S = Scalar::f32;

Resolution absolute(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (arguments.size() != 1 || !t->is_scalar()) return {};
  Scalar s = t->scalar;
  const Type* result = s == B ? types::scalar(Scalar::i8) : t;
  return {.result = result,
          .literal = {},
          .parameters = {result},
          .lower =
              [result](Emitter& e, std::span<const Slot> a, Slot d) {
                Scalar k = result->scalar;
                if (is_unsigned(k)) return void(e.move(d, a[0], 1));
                if (is_float(k) || k == I) return e.unary(Op::abs_, k, d, a[0]);
                Slot wide = e.temporary(types::int64());
                e.unary(Op::abs_, I, wide, a[0]);
                e.convert_into(d, wide, types::int64(), result);  // -128 stays -128 in int8, as in Numba
              },
          .advice = {}};
}

// Of what a loop goes over: pair by pair, as of two numbers.
Resolution extreme_of_items(const Type* from, const Builtin& self) {
  const Type* it = iterator_of(from);
  if (!it || !yielded(it)->is_scalar()) return {.advice = "min and max take two or more numbers, or what a loop over numbers goes over"};
  const Type* item = yielded(it);
  Op op = self.data ? Op::max_ : Op::min_;
  Scalar kind = register_kind(item->scalar) == B ? I : register_kind(item->scalar);
  std::string empty = std::string(self.name) + "() arg is an empty sequence";
  return {.result = item,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot iterator = e.temporary(it), best = e.temporary(item), next = e.temporary(item);
                uint32_t none = e.new_label(), header = e.new_label(), done = e.new_label();
                emit_iter(e, from, a[0], iterator);
                emit_next(e, it, iterator, best, none);
                e.jump(header);
                e.bind(none);
                e.raise(runtime::ExcKind::ValueError, empty);
                e.bind(header);
                emit_next(e, it, iterator, next, done);
                e.binary(op, kind, best, best, next);
                e.jump(header);
                e.bind(done);
                e.move(d, best, 1);
              },
          .advice = {}};
}

Resolution extreme(std::span<const Argument> arguments, const Builtin& self) {
  if (arguments.size() == 1 && arguments[0].type->is_tuple()) {
    auto* t = arguments[0].type;
    if (t->elements.empty()) return {};
    std::vector<Argument> items;
    for (auto* e : t->elements) items.push_back({e, {}, -1, 0});
    Resolution inner = self.resolve(items, self);
    if (items.size() == 1 && t->elements[0]->is_scalar())
      return {.result = t->elements[0],
              .literal = {},
              .parameters = {},
              .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], 1); },
              .advice = {}};
    if (!inner.result) return {.advice = "min and max take two or more numbers"};
    inner.lower = [lower = inner.lower, n = items.size()](Emitter& e, std::span<const Slot> a, Slot d) {
      std::vector<Slot> slots;
      for (size_t k = 0; k < n; ++k) slots.push_back(a[0] + static_cast<Slot>(k));
      lower(e, slots, d);
    };
    return inner;
  }
  if (arguments.size() == 1) return extreme_of_items(arguments[0].type, self);
  if (arguments.size() < 2) return {.advice = "min and max take two or more numbers"};
  std::vector<const Type*> list;
  for (auto& a : arguments) {
    if (!a.type->is_scalar()) return {.advice = "min and max take numbers"};
    list.push_back(a.type);
  }
  const Type* result = unify(list);
  if (!result) return {};
  Op op = self.data ? Op::max_ : Op::min_;
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                // Pair by pair, each pair in the type that the two unify to, as Numba does.
                const Type* type = list[0];
                Slot best = a[0];
                for (size_t k = 1; k < list.size(); ++k) {
                  const Type* common = unify(type, list[k]);
                  Slot x = e.convert(best, type, common), y = e.convert(a[k], list[k], common);
                  Slot next = e.temporary(common);
                  Scalar kind = register_kind(common->scalar);
                  e.binary(op, kind == B ? I : kind, next, x, y);
                  best = next;
                  type = common;
                }
                e.convert_into(d, best, type, result);
              },
          .advice = {}};
}

Resolution to_int(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_scalar()) return {};
  return resolve_cast(arguments[0], is_integer(t->scalar) ? t->scalar : I);
}

Resolution to_float(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_scalar()) return {};
  return resolve_cast(arguments[0], t->scalar == S ? S : F);
}

Resolution to_bool(std::span<const Argument> arguments, const Builtin&) {
  auto& truth = operator_builtin(Operator::truth);
  Resolution r = truth.resolve(arguments, truth);
  r.literal.reset();  // Numba takes no call's result for a constant: both sides of `if bool(1)` count for types
  return r;
}

template <class Real, class Bits>
int32_t round_digits(const uint64_t* x, uint64_t* result) {
  Real value = std::bit_cast<Real>(static_cast<Bits>(x[0]));
  auto digits = static_cast<int64_t>(x[1]);
  if (std::isfinite(value)) {
    // Numba's round_ndigits: powers in float64, the rounding itself in the value's own width.
    if (digits >= 0) {
      double pow1 = px_pow(10.0, static_cast<double>(digits > 22 ? digits - 22 : digits)), pow2 = digits > 22 ? 1e22 : 1.0;
      double y = (static_cast<double>(value) * pow1) * pow2;
      if (std::isfinite(y)) value = static_cast<Real>((static_cast<double>(std::rint(static_cast<Real>(y))) / pow2) / pow1);
    } else {
      double pow1 = px_pow(10.0, static_cast<double>(-digits)), y = static_cast<double>(value) / pow1;
      value = static_cast<Real>(static_cast<double>(std::rint(static_cast<Real>(y))) * pow1);
    }
  }
  *result = std::bit_cast<Bits>(value);
  return 0;
}

double rint_double(double x) {
  return std::rint(x);
}
float rint_float(float x) {
  return std::rint(x);
}

Resolution rounded(std::span<const Argument> arguments, const Builtin&) {
  static const std::vector<Case> cases = {{{S}, I}, {{F}, I}, {{S, I}, S}, {{F, I}, F}};
  std::vector<const Type*> list;
  for (auto& a : arguments) list.push_back(a.type);
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* real = types::scalar(c->parameters[0]);
  if (arguments.size() == 1)
    return {.result = types::int64(),
            .literal = {},
            .parameters = {real},
            .lower =
                [real](Emitter& e, std::span<const Slot> a, Slot d) {
                  Slot whole = e.temporary(real);
                  e.call_math(whole, real->scalar,
                              real->scalar == F ? reinterpret_cast<void*>(rint_double) : reinterpret_cast<void*>(rint_float), a[0]);
                  e.convert_into(d, whole, real, types::int64());
                },
            .advice = {}};
  return {.result = real,
          .literal = {},
          .parameters = {real, types::int64()},
          .lower =
              [real](Emitter& e, std::span<const Slot> a, Slot d) {
                e.call_runtime("px_round", real->scalar == F ? round_digits<double, uint64_t> : round_digits<float, uint32_t>, {a[0], a[1]},
                               d, 1);
              },
          .advice = {}};
}

Resolution length(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (t->is_tuple()) {
    auto n = static_cast<int64_t>(t->elements.size());
    return {.result = types::int64(),
            .literal = Constant{n},
            .parameters = {},
            .lower = [n](Emitter& e, std::span<const Slot>, Slot d) { e.move(d, e.int_constant(n), 1); },
            .advice = {}};
  }
  if (t->is_list())
    return {.result = types::int64(),
            .literal = {},
            .parameters = {},
            .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.call_runtime("px_list_size", list_size, {a[0]}, d, 1); },
            .advice = {}};
  if (t->kind == TypeKind::range)
    return {.result = types::scalar(t->scalar),
            .literal = {},
            .parameters = {},
            .lower =
                [t](Emitter& e, std::span<const Slot> a, Slot d) {
                  Slot iterator = e.temporary(types::range_iter(t->scalar));
                  e.unary(Op::range_init_, register_kind(t->scalar), iterator, a[0]);
                  e.move(d, iterator + 2, 1);
                },
            .advice = {}};
  if (t->kind == TypeKind::iterator && t->text == "flat")  // how many are left of what has just begun
    return {.result = types::int64(),
            .literal = {},
            .parameters = {},
            .lower = [t](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0] + t->slots - 1, 1); },
            .advice = {}};
  if ((t->is_array() || t->is_records()) && t->ndim > 0)
    return {.result = types::int64(),
            .literal = {},
            .parameters = {},
            .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0] + array_shape_slot(1, 0), 1); },
            .advice = {}};
  return {};
}

Resolution make_range(std::span<const Argument> arguments, const Builtin&) {
  static const auto cases = [] {
    std::vector<Case> list;
    for (Scalar s : {Scalar::i32, I, U})
      for (size_t n = 1; n <= 3; ++n) list.push_back({std::vector<Scalar>(n, s), s});
    return list;
  }();
  std::vector<const Type*> list;
  for (auto& a : arguments) {
    if (!a.type->is_scalar()) return {.advice = "range takes integers"};  // Numba truncates floats
    list.push_back(a.type);
  }
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* t = types::scalar(c->result);
  return {.result = types::range(c->result),
          .literal = {},
          .parameters = std::vector<const Type*>(arguments.size(), t),
          .lower =
              [t](Emitter& e, std::span<const Slot> a, Slot d) {
                e.move(d, a.size() > 1 ? a[0] : e.constant(0, t), 1);
                e.move(d + 1, a.size() > 1 ? a[1] : a[0], 1);
                e.move(d + 2, a.size() > 2 ? a[2] : e.constant(1, t), 1);
              },
          .advice = {}};
}

Resolution quotient_and_rest(std::span<const Argument> arguments, const Builtin&) {
  static const std::vector<Case> cases = {{{I, I}, I}, {{U, U}, U}, {{S, S}, S}, {{F, F}, F}};
  const Type* list[] = {arguments[0].type, arguments[1].type};
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* t = types::scalar(c->result);
  const Type* both[] = {t, t};
  return {.result = types::tuple(both),
          .literal = {},
          .parameters = {t, t},
          .lower =
              [t](Emitter& e, std::span<const Slot> a, Slot d) {
                e.binary(Op::floordiv_, t->scalar, d, a[0], a[1], e.error_model_python);
                e.binary(Op::mod_, t->scalar, d + 1, a[0], a[1], e.error_model_python);
              },
          .advice = {}};
}

Resolution power(std::span<const Argument> arguments, const Builtin&) {
  auto& op = operator_builtin(Operator::pow);
  return op.resolve(arguments, op);
}

// type(x), to be called: the number's own type.
Resolution type_of(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_number()) return {.advice = "type is for numbers here"};
  return {.result = types::dtype(t->scalar),
          .literal = {},
          .parameters = {},
          .lower = [](Emitter&, std::span<const Slot>, Slot) {},
          .advice = {}};
}

constexpr int maximum = 1;

const Builtin table[] = {
    {"abs", absolute, "absolute value, of the argument's type", "abs(x); abs(-3); abs(-2.5)", {}, 0, nullptr, 1, 1},
    {"min", extreme, "the smallest of two or more numbers", "min(x, y); min(x, 1, 2.5)"},
    {"max", extreme, "the largest of two or more numbers", "max(x, y); max(x, 1, 2.5)", {}, 0, &maximum},
    {"int", to_int, "truncated to int64; integers keep their type", "int(x); int(2.9); int(-2.9)", {}, 0, nullptr, 1, 1},
    {"float", to_float, "as float64; float32 stays", "float(x); float(3)", {}, 0, nullptr, 1, 1},
    {"bool", to_bool, "whether x is not zero", "bool(x); bool(0.0)", {}, 0, nullptr, 1, 1, {}, true},
    {"round",
     rounded,
     "round(x): int64, halves to even; round(x, n): a float",
     "round(x); round(2.5); round(2.675, 2)",
     {},
     0,
     nullptr,
     1,
     2},
    {"len",
     length,
     "the first dimension's size of an array; the number of elements of a tuple or a list",
     "len((x, 1))",
     {},
     0,
     nullptr,
     1,
     1,
     {},
     true},
    {"range", make_range, "range(stop), range(start, stop[, step])", "", {}, 0, nullptr, 1, 3},
    {"divmod", quotient_and_rest, "(a // b, a % b)", "divmod(x, 3); divmod(7, 2.5)", {}, 0, nullptr, 2, 2},
    {"type", type_of, "the type of a number, to be called", "type(x)(1)", {}, 0, nullptr, 1, 1},
    {"pow", power, "a ** b", "pow(x, 2)", {}, 0, nullptr, 2, 2},
    {"hash",
     hash_rule,
     "CPython's hash of a number or a tuple of numbers; of a float that is no number: a random one",
     "hash(x); hash(-1); hash((x, (y, -x))); hash(complex(x, y)); hash(x * 1e300)",
     {},
     0,
     nullptr,
     1,
     1},
};

}  // namespace

std::span<const Builtin> python_builtins() {
  return table;
}

Resolution resolve_cast(const Argument& from, Scalar to) {
  if (!from.type->is_number() || (from.type->is_complex() && !is_complex(to))) return {};
  const Type *t = from.type, *result = types::scalar(to);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower = [t, result](Emitter& e, std::span<const Slot> a, Slot d) { e.convert_into(d, a[0], t, result); },
          .advice = {}};
}

}  // namespace px::jit
