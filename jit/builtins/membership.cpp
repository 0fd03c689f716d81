#include "jit/builtins/membership.h"

#include <cmath>
#include <cstring>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/complex.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/known.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean;

Resolution equality(const Type* a, const Type* b) {
  const Argument pair[] = {{a, {}, -1, 0}, {b, {}, -1, 0}};
  auto& equal = operator_builtin(Operator::eq);
  return a->is_complex() || b->is_complex() ? resolve_complex(pair, equal) : equal.resolve(pair, equal);
}

// Arguments: the sizes of an array's axes, how many first.
int32_t check_one_element(const uint64_t* x, uint64_t*) {
  uint64_t size = 1;
  for (uint64_t k = 0; k < x[0]; ++k) size *= x[1 + k];
  if (size == 1) return 0;
  return raise_value(size == 0 ? "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
                               : "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()");
}

// The only element of an array, checked to be one.
Slot emit_only_element(Emitter& e, const Type* array, Slot at) {
  std::vector<Slot> slots = {e.int_constant(array->ndim)};
  for (int axis = 0; axis < array->ndim; ++axis) slots.push_back(at + array_shape_slot(array->ndim, axis));
  e.call_runtime("px_check_one_element", check_one_element, std::move(slots), e.temporary(types::int64()), 1);
  const Type* it = index_iterator("flat", array);
  Slot iterator = e.temporary(it), element = e.temporary(types::scalar(array->scalar));
  uint32_t done = e.new_label();
  emit_index_iterator(e, it, at, iterator);
  emit_next(e, it, iterator, element, done);
  e.jump(done);
  e.bind(done);
  return element;
}

// Equality of two values of which one may be an array: the truth of what NumPy's comparison of them is.
Resolution equality_in_truth(const Type* a, const Type* b) {
  if (!a->is_array() && !b->is_array()) return equality(a, b);
  const bool first = a->is_array();
  const Type *array = first ? a : b, *number = first ? b : a;
  if (!number->is_number()) return {};
  const Type* element = types::scalar(array->scalar);
  Resolution equal = equality(first ? element : number, first ? number : element);
  if (!equal.result) return {};
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot one = emit_only_element(e, array, s[first ? 0 : 1]);
                const Type* types[] = {first ? element : number, first ? number : element};
                const Slot pair[] = {first ? one : s[0], first ? s[1] : one};
                equal.emit(e, types, pair, d);
              },
          .advice = {}};
}

// Of lists, ranges and arrays, all elements of these.
Resolution membership_of_loop(const Type* value, const Type* sequence, bool negated) {
  if (sequence->is_list() && sequence->elements.empty()) return known(negated);  // nothing is in it yet
  const Type* it = sequence->is_list() || sequence->kind == TypeKind::range ? iterator_of(sequence) : nullptr;
  if (sequence->is_array()) it = index_iterator("flat", sequence);
  Resolution equal = it ? equality(value, yielded(it)) : Resolution{};
  if (!equal.result) return {.advice = "`in` works on tuples, lists, ranges and arrays"};
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                const Type* item = yielded(it);
                Slot iterator = e.temporary(it), x = e.temporary(item), found = e.temporary(types::boolean());
                uint32_t header = e.new_label(), done = e.new_label();
                sequence->is_array() ? emit_index_iterator(e, it, s[1], iterator) : emit_iter(e, sequence, s[1], iterator);
                e.move(found, e.constant(0, types::boolean()), 1);
                e.bind(header);
                emit_next(e, it, iterator, x, done);
                const Type* types[] = {value, item};
                const Slot pair[] = {s[0], x};
                equal.emit(e, types, pair, found);
                e.branch(found, done, header);
                e.bind(done);
                e.move(d, found, 1);
                if (negated) e.unary(Op::logical_not_, B, d, d);
              },
          .advice = {}};
}

// Arguments: whether the value is a float64, the value, the range's start, stop and step.
int32_t range_contains(const uint64_t* x, uint64_t* result) {
  auto value = static_cast<int64_t>(x[1]), start = static_cast<int64_t>(x[2]), stop = static_cast<int64_t>(x[3]),
       step = static_cast<int64_t>(x[4]);
  *result = 0;
  if (x[0] != 0) {
    double number = 0;
    std::memcpy(&number, &x[1], sizeof number);
    if (!(std::fmod(number, 1.0) == 0)) return 0;
    value = number >= -0x1p63 && number < 0x1p63 ? static_cast<int64_t>(number) : INT64_MIN;
  }
  if (step > 0 && (value < start || value >= stop)) return 0;
  if (step < 0 && (value <= stop || value > start)) return 0;
  if (step == 0) return raise(runtime::ExcKind::ZeroDivisionError, "division by zero");
  const auto distance = static_cast<int64_t>(static_cast<uint64_t>(value) - static_cast<uint64_t>(start));
  *result = step == -1 || distance % step == 0;
  return 0;
}

// By its bounds; a range that has no step answers where there is nothing to divide, as in Numba.
Resolution membership_of_range(const Type* value, const Type* range, bool negated) {
  const bool real = is_float(value->scalar);
  const Type* as = real ? types::float64() : types::int64();
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {as, range},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot found = e.temporary(types::boolean());
                e.call_runtime("px_range_contains", range_contains, {e.int_constant(real), s[0], s[1], s[1] + 1, s[1] + 2}, found, 1);
                e.move(d, found, 1);
                if (negated) e.unary(Op::logical_not_, B, d, d);
              },
          .advice = {}};
}

}  // namespace

Resolution membership(std::span<const Argument> arguments, const Builtin& self) {
  bool negated = self.data != nullptr;
  const Type *value = arguments[0].type, *sequence = arguments[1].type;
  if (sequence->kind == TypeKind::range && is_signed(sequence->scalar) && value->is_scalar() && value->scalar != Scalar::u64)
    return membership_of_range(value, sequence, negated);
  if (!sequence->is_tuple()) return membership_of_loop(value, sequence, negated);
  std::vector<Resolution> parts;
  for (auto* e : sequence->elements) {
    parts.push_back(equality_in_truth(value, e));
    if (!parts.back().result) return {};
  }
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot found = e.temporary(types::boolean()), part = e.temporary(types::boolean()), element = s[1];
                e.move(found, e.constant(0, types::boolean()), 1);
                for (size_t k = 0; k < parts.size(); ++k) {
                  const Type* types[] = {value, sequence->elements[k]};
                  const Slot pair[] = {s[0], element};
                  parts[k].emit(e, types, pair, part);
                  e.binary(Op::bit_or_, B, found, found, part);
                  element += sequence->elements[k]->slots;
                }
                e.move(d, found, 1);
                if (negated) e.unary(Op::logical_not_, B, d, d);
              },
          .advice = {}};
}

Resolution truth_of_array(const Type* array, bool negated) {
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot one = emit_only_element(e, array, s[0]);
                if (is_complex(array->scalar)) {
                  const Scalar part = part_of_complex(array->scalar);
                  Slot zero = e.convert(e.int_constant(0), types::int64(), types::scalar(part)), real = e.temporary(types::boolean());
                  e.binary(Op::ne_, part, real, one, zero);
                  e.binary(Op::ne_, part, d, one + 1, zero);
                  e.binary(Op::bit_or_, B, d, d, real);
                } else {
                  e.convert_into(d, one, types::scalar(array->scalar), types::boolean());
                }
                if (negated) e.unary(Op::logical_not_, B, d, d);
              },
          .advice = {}};
}

}  // namespace px::jit
