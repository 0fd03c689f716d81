// Arithmetic, comparison, logic: the operators of the language. Cases are Numba 0.68's.
#include <algorithm>
#include <bit>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/builtin.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/known.h"
#include "jit/builtins/list.h"
#include "jit/builtins/list_compare.h"
#include "jit/builtins/membership.h"
#include "jit/builtins/optional.h"
#include "jit/builtins/power.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean, I = Scalar::i64, U = Scalar::u64, F = Scalar::f64, S = Scalar::f32;

const std::vector<Case> arithmetic_cases = {{{I, I}, I}, {{I, U}, I}, {{U, I}, I}, {{U, U}, U}, {{S, S}, S}, {{F, F}, F}};
const std::vector<Case> truediv_cases = {{{I, I}, F}, {{I, U}, F}, {{U, I}, F}, {{U, U}, F}, {{S, S}, S}, {{F, F}, F}};
const std::vector<Case> bitwise_cases = {{{B, B}, B}, {{I, I}, I}, {{I, U}, I}, {{U, I}, I}, {{U, U}, U}};

std::vector<Case> shift_cases() {
  std::vector<Case> cases;
  for (bool sign : {true, false})
    for (Scalar s : {Scalar::i8, Scalar::i16, Scalar::i32, Scalar::i64, Scalar::u8, Scalar::u16, Scalar::u32, Scalar::u64})
      if (is_signed(s) == sign)
        for (Scalar by : {U, I}) cases.push_back({{s, by}, sign ? I : U});
  return cases;
}

std::vector<Case> comparison_cases() {
  std::vector<Case> cases;
  for (size_t k = 0; k < scalar_count; ++k) cases.push_back({{static_cast<Scalar>(k), static_cast<Scalar>(k)}, B});
  return cases;
}

// What an entry of the table does.
struct Operation {
  Op op;
  const std::vector<Case>* cases;
  bool unsafe = true;        // unsafe conversions allowed
  bool checks_zero = false;  // division
};

std::vector<const Type*> argument_types(std::span<const Argument> arguments) {
  std::vector<const Type*> list;
  for (auto& a : arguments) list.push_back(a.type);
  return list;
}

Resolution arithmetic(std::span<const Argument> arguments, const Builtin& self) {
  auto& operation = *static_cast<const Operation*>(self.data);
  auto list = argument_types(arguments);
  const Case* c = best_case(*operation.cases, list, operation.unsafe);
  if (!c) return {};
  const Type* result = types::scalar(c->result);
  Op op = operation.op;
  bool divides = operation.checks_zero;
  return {.result = result,
          .literal = {},
          .parameters = {result, result},
          .lower = [op, divides, kind = register_kind(c->result)](
                       Emitter& e, std::span<const Slot> a, Slot d) { e.binary(op, kind, d, a[0], a[1], divides && e.error_model_python); },
          .advice = {}};
}

// Both in a new list of what holds either.
Resolution join_lists(const Type* a, const Type* b) {
  const Type* item = a->elements.empty() || b->elements.empty() ? nullptr : unify(a->elements[0], b->elements[0]);
  if (!item || a != b) return {.advice = "the lists hold different types"};
  return {.result = a,
          .literal = {},
          .parameters = {},
          .lower = [a](Emitter& e, std::span<const Slot> s, Slot d) { call_list(e, "px_list_joined", list_joined, s[0], a, {s[1]}, d); },
          .advice = {}};
}

// A text that is known when the function is compiled, as the two that it is made of are.
constexpr size_t longest_text = 4096;
Resolution known_text(std::string text) {
  if (text.size() > longest_text) return {.advice = "a text of that length is not supported"};
  const Type* type = types::string(text);
  return {.result = type,
          .literal = Constant{std::move(text)},
          .parameters = {},
          .lower = [](Emitter&, std::span<const Slot>, Slot) {},
          .advice = {}};
}

Resolution repeat_text(const Type* text, const Argument& times) {
  auto* count = times.literal ? std::get_if<int64_t>(&times.literal->value) : nullptr;
  if (!count) return {.advice = "a text is repeated a number of times that is known when the function is compiled"};
  if (*count <= 0 || text->text.empty()) return known_text("");
  if (static_cast<uint64_t>(*count) > longest_text) return {.advice = "a text of that length is not supported"};
  std::string result;
  for (int64_t k = 0; k < *count && result.size() <= longest_text; ++k) result += text->text;
  return known_text(std::move(result));
}

Resolution multiply(std::span<const Argument> arguments, const Builtin& self) {
  for (size_t k : {0, 1})
    if (arguments[k].type->kind == TypeKind::string) return repeat_text(arguments[k].type, arguments[1 - k]);
  bool list_first = arguments[0].type->is_list();
  auto *list = arguments[list_first ? 0 : 1].type, *times = arguments[list_first ? 1 : 0].type;
  if (!list->is_list()) return arithmetic(arguments, self);
  if (!times->is_scalar() || is_float(times->scalar)) return {};
  return {
      .result = list,
      .literal = {},
      .parameters = {},
      .lower = [=](Emitter& e, std::span<const Slot> s,
                   Slot d) { call_list(e, "px_list_repeated", list_repeated, s[list_first ? 0 : 1], list, {s[list_first ? 1 : 0]}, d); },
      .advice = {}};
}

// text % tuple: a text that is made where it is read, as an exception's argument. Its type is the tuple's, with the text.
Resolution remainder(std::span<const Argument> arguments, const Builtin& self) {
  auto *text = arguments[0].type, *values = arguments[1].type;
  if (text->kind != TypeKind::string) return arithmetic(arguments, self);
  const Type* parts = values->is_tuple() && values->text.empty() ? values : types::tuple(std::span(&values, 1));
  return {.result = types::tuple(parts->elements, "text:" + text->text),
          .literal = {},
          .parameters = {},
          .lower = [parts](Emitter& e, std::span<const Slot> s, Slot d) { e.move(d, s[1], parts->slots); },
          .advice = {}};
}

Resolution add(std::span<const Argument> arguments, const Builtin& self) {
  auto *a = arguments[0].type, *b = arguments[1].type;
  if (a->is_list() && b->is_list()) return join_lists(a, b);
  if (a->kind == TypeKind::string && b->kind == TypeKind::string) return known_text(a->text + b->text);
  if (!a->is_tuple() || !b->is_tuple()) return arithmetic(arguments, self);
  if (a->parts + b->parts > types::max_tuple_parts) return {.advice = "a tuple of that size is not supported; use an array"};
  auto elements = a->elements;
  elements.insert(elements.end(), b->elements.begin(), b->elements.end());
  return {.result = types::tuple(elements),
          .literal = {},
          .parameters = {},
          .lower =
              [a, b](Emitter& e, std::span<const Slot> s, Slot d) {
                e.move(d, s[0], a->slots);
                e.move(d + a->slots, s[1], b->slots);
              },
          .advice = {}};
}

Resolution shift(std::span<const Argument> arguments, const Builtin& self) {
  static const auto cases = shift_cases();
  auto list = argument_types(arguments);
  const Case* c = best_case(cases, list, false);
  if (!c) return {};
  Op op = static_cast<const Operation*>(self.data)->op;
  return {.result = types::scalar(c->result),
          .literal = {},
          .parameters = {types::scalar(c->result), types::scalar(c->parameters[1])},
          .lower = [op, kind = c->result](Emitter& e, std::span<const Slot> a, Slot d) { e.binary(op, kind, d, a[0], a[1]); },
          .advice = {}};
}

// Two literals compared, where that can be told now.
std::optional<bool> compare_literals(Op op, const Argument& a, const Argument& b) {
  if (!a.literal || !b.literal) return {};
  auto number = [](const Constant& c) -> std::optional<double> {
    if (auto* x = std::get_if<bool>(&c.value)) return *x;
    if (auto* x = std::get_if<int64_t>(&c.value))
      return *x > (int64_t{1} << 53) || *x < -(int64_t{1} << 53) ? std::nullopt : std::optional<double>(static_cast<double>(*x));
    if (auto* x = std::get_if<double>(&c.value)) return *x;
    return {};
  };
  if (auto *s = std::get_if<std::string>(&a.literal->value), *t = std::get_if<std::string>(&b.literal->value);
      s && t && (op == Op::eq_ || op == Op::ne_))
    return (*s == *t) == (op == Op::eq_);
  auto x = number(*a.literal), y = number(*b.literal);
  if (!x || !y) return {};
  switch (op) {
    case Op::eq_:
      return *x == *y;
    case Op::ne_:
      return *x != *y;
    case Op::lt_:
      return *x < *y;
    case Op::le_:
      return *x <= *y;
    case Op::gt_:
      return *x > *y;
    case Op::ge_:
      return *x >= *y;
    default:
      return {};
  }
}

Resolution comparison(std::span<const Argument> arguments, const Builtin& self);

Resolution compare_parts(Operator op, const Type* a, const Type* b) {
  Argument pair[] = {{a, {}, -1, 0}, {b, {}, -1, 0}};
  auto& entry = operator_builtin(op);
  return entry.resolve(pair, entry);
}

// The first elements that differ decide; then the lengths.
Resolution compare_tuples(Op op, const Type* a, const Type* b) {
  bool equality = op == Op::eq_ || op == Op::ne_;
  size_t m = a->elements.size(), n = b->elements.size();
  if (equality && m != n) return known(op == Op::ne_);
  bool lengths = op == Op::lt_ ? m < n : op == Op::le_ ? m <= n : op == Op::gt_ ? m > n : op == Op::ge_ ? m >= n : op == Op::eq_;
  std::vector<Resolution> differs, decides;
  for (size_t k = 0; k < std::min(m, n); ++k) {
    auto of = [&](Operator o) { return compare_parts(o, a->elements[k], b->elements[k]); };
    differs.push_back(of(Operator::ne));
    decides.push_back(op == Op::lt_   ? of(Operator::lt)
                      : op == Op::le_ ? of(Operator::le)
                      : op == Op::gt_ ? of(Operator::gt)
                      : op == Op::ge_ ? of(Operator::ge)
                                      : differs.back());
    if (!differs.back().result || !decides.back().result) return {};
  }
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot x = s[0], y = s[1], found = e.temporary(types::boolean());
                uint32_t done = e.new_label();
                for (size_t k = 0; k < differs.size(); ++k) {
                  uint32_t here = e.new_label(), more = e.new_label();
                  const Type* types[] = {a->elements[k], b->elements[k]};
                  const Slot pair[] = {x, y};
                  Slot part = e.temporary(types::boolean());
                  differs[k].emit(e, types, pair, part);
                  e.branch(part, here, more);
                  e.bind(here);
                  if (equality) {
                    e.move(found, e.constant(op == Op::ne_, types::boolean()), 1);
                  } else {
                    decides[k].emit(e, types, pair, found);
                  }
                  e.jump(done);
                  e.bind(more);
                  x += a->elements[k]->slots;
                  y += b->elements[k]->slots;
                }
                e.move(found, e.constant(lengths, types::boolean()), 1);
                e.bind(done);
                e.move(d, found, 1);
              },
          .advice = {}};
}

Resolution comparison(std::span<const Argument> arguments, const Builtin& self) {
  static const auto cases = comparison_cases();
  Op op = static_cast<const Operation*>(self.data)->op;
  if (auto value = compare_literals(op, arguments[0], arguments[1])) return known(*value);
  auto *a = arguments[0].type, *b = arguments[1].type;
  if (a->kind == TypeKind::string && b->kind == TypeKind::string && (op == Op::eq_ || op == Op::ne_))
    return known((a == b) == (op == Op::eq_));
  if ((a->is_none() || b->is_none()) && (op == Op::eq_ || op == Op::ne_) && !a->is_array() && !b->is_array())
    return known((a == b) == (op == Op::eq_));
  if (a->is_tuple() && b->is_tuple()) return compare_tuples(op, a, b);
  if (a->is_list() && b->is_list()) return compare_lists(self.name, a, b);
  auto list = argument_types(arguments);
  const Case* c = best_case(cases, list);
  if (!c) return {};
  const Type* common = types::scalar(c->parameters[0]);
  Scalar kind = register_kind(c->parameters[0]) == B ? I : register_kind(c->parameters[0]);
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {common, common},
          .lower = [op, kind](Emitter& e, std::span<const Slot> s, Slot d) { e.binary(op, kind, d, s[0], s[1]); },
          .advice = {}};
}

Resolution identity(std::span<const Argument> arguments, const Builtin& self) {
  bool positive = self.data == nullptr;
  auto *a = arguments[0].type, *b = arguments[1].type;
  if (a->is_none() || b->is_none()) return known((a == b) == positive);
  if (a->is_scalar() && b->is_scalar()) {
    if (a == types::boolean() && a == b && arguments[0].literal && arguments[1].literal)
      return known((*arguments[0].literal == *arguments[1].literal) == positive);
    return resolve_number_identity(a, b, positive);
  }
  if (a->kind != b->kind) return known(!positive);  // an array is not True
  return {.advice = "compare with == (`is` is for None, True and False here)"};
}

// Numba negates and inverts in the operand's own width, then widens: -np.uint8(200) is 56.
void widen_from(Emitter& e, Slot d, const Type* narrow, const Type* wide) {
  if (item_size(narrow->scalar) < 8) e.convert_into(d, e.convert(d, types::int64(), narrow), narrow, wide);
}

Resolution sign(std::span<const Argument> arguments, const Builtin& self) {
  auto* t = arguments[0].type;
  if (!t->is_scalar()) return {};
  bool negates = self.data != nullptr;
  Scalar s = is_float(t->scalar) ? t->scalar : is_unsigned(t->scalar) ? U : I;
  std::optional<Constant> literal;
  if (arguments[0].literal)
    if (auto* x = std::get_if<int64_t>(&arguments[0].literal->value); x && negates && *x != INT64_MIN) literal = Constant{-*x};
  return {.result = types::scalar(s),
          .literal = literal,
          .parameters = {types::scalar(s)},
          .lower =
              [negates, s, t](Emitter& e, std::span<const Slot> a, Slot d) {
                if (!negates) return void(e.move(d, a[0], 1));
                e.unary(Op::neg_, s, d, a[0]);
                if (is_integer(t->scalar)) widen_from(e, d, t, types::scalar(s));
              },
          .advice = {}};
}

Resolution invert(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_scalar() || is_float(t->scalar)) return {};
  if (t->scalar == B)
    return {.result = t,
            .literal = {},
            .parameters = {},
            .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.unary(Op::logical_not_, B, d, a[0]); },
            .advice = {}};
  Scalar s = register_kind(t->scalar);
  return {.result = types::scalar(s),
          .literal = {},
          .parameters = {types::scalar(s)},
          .lower =
              [s, t](Emitter& e, std::span<const Slot> a, Slot d) {
                e.unary(Op::bit_not_, s, d, a[0]);
                widen_from(e, d, t, types::scalar(s));
              },
          .advice = {}};
}

// bool(x) and not x.
Resolution truth(std::span<const Argument> arguments, const Builtin& self) {
  bool negates = self.data != nullptr;
  auto* t = arguments[0].type;
  if (t->is_none()) return known(negates);
  if (t->is_enum_member()) return known(!negates);
  if (t->is_tuple()) return known(t->elements.empty() == negates);
  if (t->is_list())
    return {.result = types::boolean(),
            .literal = {},
            .parameters = {},
            .lower =
                [negates](Emitter& e, std::span<const Slot> a, Slot d) {
                  Slot size = e.temporary(types::int64());
                  e.call_runtime("px_list_size", list_size, {a[0]}, size, 1);
                  e.binary(negates ? Op::eq_ : Op::ne_, I, d, size, e.int_constant(0));
                },
            .advice = {}};
  if (t->is_array()) return truth_of_array(t, negates);
  if (!t->is_scalar()) return {};
  if (arguments[0].literal) {
    auto& value = arguments[0].literal->value;
    if (auto* x = std::get_if<bool>(&value)) return known(*x != negates);
    if (auto* x = std::get_if<int64_t>(&value)) return known((*x != 0) != negates);
    if (auto* x = std::get_if<double>(&value)) return known((*x != 0) != negates);
  }
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {types::boolean()},
          .lower =
              [negates](Emitter& e, std::span<const Slot> a, Slot d) {
                if (negates) {
                  e.unary(Op::logical_not_, B, d, a[0]);
                } else {
                  e.move(d, a[0], 1);
                }
              },
          .advice = {}};
}

constexpr int negative = 1;
const Operation add_op{Op::add_, &arithmetic_cases}, sub_op{Op::sub_, &arithmetic_cases}, mul_op{Op::mul_, &arithmetic_cases};
const Operation truediv_op{Op::truediv_, &truediv_cases, true, true}, floordiv_op{Op::floordiv_, &arithmetic_cases, true, true},
    mod_op{Op::mod_, &arithmetic_cases, true, true};
const Operation and_op{Op::bit_and_, &bitwise_cases, false}, or_op{Op::bit_or_, &bitwise_cases, false},
    xor_op{Op::bit_xor_, &bitwise_cases, false};
const Operation shl_op{Op::shl_, nullptr}, shr_op{Op::shr_, nullptr};
const Operation eq_op{Op::eq_, nullptr}, ne_op{Op::ne_, nullptr}, lt_op{Op::lt_, nullptr}, le_op{Op::le_, nullptr}, gt_op{Op::gt_, nullptr},
    ge_op{Op::ge_, nullptr};

// In the order of Operator.
const Builtin table[] = {
    {"operator.add",
     add,
     "a + b; integers wrap at 64 bits; tuples and literal texts are joined",
     "x + y; x + 1; 0.5 + x; (1, x) + (2,)",
     {},
     0,
     &add_op,
     2,
     2,
     "numpy.add"},
    {"operator.sub", arithmetic, "a - b", "x - y; x - 1", {}, 0, &sub_op, 2, 2, "numpy.subtract"},
    {"operator.mul", multiply, "a * b", "x * y; x * 3; x * 0.5", {}, 0, &mul_op, 2, 2, "numpy.multiply"},
    {"operator.truediv",
     arithmetic,
     "a / b, a float; by zero: ZeroDivisionError (error_model='numpy': inf or nan)",
     "x / y; 1 / x; x / 4",
     {},
     0,
     &truediv_op,
     2,
     2,
     "numpy.divide"},
    {"operator.floordiv", arithmetic, "a // b, rounded down", "x // y; x // -3; 7 // x", {}, 0, &floordiv_op, 2, 2, "numpy.floor_divide"},
    {"operator.mod", remainder, "a % b, with the sign of b", "x % y; x % 3; x % -3; 7 % x", {}, 0, &mod_op, 2, 2, "numpy.remainder"},
    {"operator.pow",
     resolve_power,
     "a ** b; integer powers by repeated multiplication",
     "x ** 2; x ** 3; x ** 0.5; x ** -1; x ** y",
     {},
     0,
     nullptr,
     2,
     2,
     "numpy.power"},
    {"operator.lshift", shift, "a << b; b outside 0 … 63: ValueError", "x << 3; 1 << x", {}, 0, &shl_op, 2, 2, "numpy.left_shift"},
    {"operator.rshift", shift, "a >> b; b outside 0 … 63: ValueError", "x >> 3", {}, 0, &shr_op, 2, 2, "numpy.right_shift"},
    {"operator.and_", arithmetic, "a & b", "x & y; x & 7", {}, 0, &and_op, 2, 2, "numpy.bitwise_and"},
    {"operator.or_", arithmetic, "a | b", "x | y; x | 8", {}, 0, &or_op, 2, 2, "numpy.bitwise_or"},
    {"operator.xor_", arithmetic, "a ^ b", "x ^ y", {}, 0, &xor_op, 2, 2, "numpy.bitwise_xor"},
    {"operator.matmul",
     dot_rule,
     "a @ b, of vectors and matrices",
     "np.full(3, 0.5 * x) @ np.full(3, 0.5 * y)",
     {},
     0,
     nullptr,
     2,
     2,
     {},
     true},
    {"operator.eq", comparison, "a == b", "x == y; x == 1; (x, 1) == (1, 1)", {}, 0, &eq_op, 2, 2, "numpy.equal"},
    {"operator.ne", comparison, "a != b", "x != y", {}, 0, &ne_op, 2, 2, "numpy.not_equal"},
    {"operator.lt", comparison, "a < b", "x < y; 0 < x < 5", {}, 0, &lt_op, 2, 2, "numpy.less"},
    {"operator.le", comparison, "a <= b", "x <= y", {}, 0, &le_op, 2, 2, "numpy.less_equal"},
    {"operator.gt", comparison, "a > b", "x > y", {}, 0, &gt_op, 2, 2, "numpy.greater"},
    {"operator.ge", comparison, "a >= b", "x >= y", {}, 0, &ge_op, 2, 2, "numpy.greater_equal"},
    {"operator.is_", identity, "a is b, for None, numbers and members of Enums", "x is None", {}, 0, nullptr, 2, 2, {}, true},
    {"operator.is_not", identity, "a is not b, for the same", "x is not None", {}, 0, &negative, 2, 2, {}, true},
    {"operator.in_", membership, "a in b, for tuples, lists, ranges and arrays", "x in (1, 2, 3)", {}, 0, nullptr, 2, 2, {}, true},
    {"operator.not_in", membership, "a not in b, of the same", "x not in (1, 2, 3)", {}, 0, &negative, 2, 2, {}, true},
    {"operator.neg", sign, "-a", "-x", {}, 0, &negative, 1, 1, "numpy.negative"},
    {"operator.pos", sign, "+a", "+x", {}, 0, nullptr, 1, 1, "numpy.positive"},
    {"operator.invert", invert, "~a", "~x", {}, 0, nullptr, 1, 1, "numpy.invert"},
    {"operator.not_", truth, "not a", "not x", {}, 0, &negative, 1, 1, {}, true},
    {"operator.truth", truth, "bool(a)", "bool(x)", {}, 0, nullptr, 1, 1, {}, true},
};

}  // namespace

std::span<const Builtin> operator_builtins() {
  return table;
}
const Builtin& operator_builtin(Operator op) {
  return table[static_cast<size_t>(op)];
}

}  // namespace px::jit
