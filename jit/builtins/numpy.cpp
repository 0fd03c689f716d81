// NumPy: making arrays. (Types such as np.uint8 are values of their own kind: calling one is a cast, see inference.)
#include <algorithm>
#include <bit>
#include <cmath>

#include "jit/builtins/array.h"
#include "jit/builtins/builtin.h"
#include "jit/builtins/record_bytes.h"
#include "jit/builtins/view.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

std::optional<Scalar> element_of_dtype(const Argument& a) {
  if (a.type->is_none()) return Scalar::f64;
  if (a.type->kind == TypeKind::dtype && !is_record_dtype(a.type)) return a.type->scalar;
  if (a.type->kind == TypeKind::builtin) {
    if (a.type->text == "float") return Scalar::f64;
    if (a.type->text == "int") return Scalar::i64;
    if (a.type->text == "bool") return Scalar::boolean;
    if (a.type->text == "complex") return Scalar::c128;
  }
  if (a.type->kind == TypeKind::string)
    for (size_t k = 0; k < element_count; ++k)
      if (numpy_name(static_cast<Scalar>(k)) == a.type->text) return static_cast<Scalar>(k);
  return {};
}

namespace {

constexpr int empty = 0, zeros = 1, ones = 2, full = 3;

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

// Emits a new array; `fill` as in array.h, the dimensions in the order of its memory.
void emit_new(Emitter& e, const Type* type, int fill, Slot bits, std::span<const Slot> shape, Slot d) {
  bool fortran = type->layout == Layout::f;
  std::vector<Slot> slots = {e.int_constant(type->ndim), e.int_constant(static_cast<int64_t>(element_bytes(type))), e.int_constant(fill),
                             bits};
  for (int k = 0; k < type->ndim; ++k) slots.push_back(shape[static_cast<size_t>(fortran ? type->ndim - 1 - k : k)]);
  Slot made = fortran ? e.temporary(type) : d;
  e.call_runtime("px_array_new", array_new, std::move(slots), made, type->slots);
  if (!fortran) return;
  int ndim = type->ndim;
  e.move(d, made, type->slots);
  for (int k = 0; k < ndim; ++k) {
    e.move(d + array_shape_slot(ndim, k), made + array_shape_slot(ndim, ndim - 1 - k), 1);
    e.move(d + array_stride_slot(ndim, k), made + array_stride_slot(ndim, ndim - 1 - k), 1);
  }
}

// What an array is filled with: `value` is the slot of what np.full was given.
void emit_filled(Emitter& e, const Type* type, int fill, std::optional<Slot> value, const Type* value_type, std::span<const Slot> shape,
                 Slot d) {
  if (type->is_records()) {
    emit_new(e, type, fill == full ? empty : fill, e.int_constant(0), shape, d);
    if (fill == full) emit_assign(e, bytes_of(type), emit_bytes_of(e, type, d), bytes_of(value_type), emit_bytes_of(e, value_type, *value));
    return;
  }
  const Type* element = types::scalar(type->scalar);
  if (is_complex(type->scalar) && (fill == full || fill == ones)) {
    emit_new(e, type, empty, e.int_constant(0), shape, d);
    Slot one = fill == full ? e.convert(*value, value_type, element) : e.convert(e.int_constant(1), types::int64(), element);
    return emit_fill(e, type, d, one);
  }
  if (fill == full) return emit_new(e, type, 2, e.convert(*value, value_type, element), shape, d);
  uint64_t bits = fill == ones ? constant_bits(Constant{int64_t{1}}, type->scalar) : 0;
  emit_new(e, type, fill, e.constant(bits, types::uint64()), shape, d);
}

// The element that a `dtype` argument says: `otherwise` where it is not given, null where it is none. There is no record of ones.
const Type* element_to_make(std::span<const Argument> arguments, size_t dtype, const Type* otherwise, int fill) {
  const Type* element = otherwise;
  if (arguments.size() > dtype && is_record_dtype(arguments[dtype].type)) {
    element = types::record(arguments[dtype].type->text);
  } else if (arguments.size() > dtype && !arguments[dtype].type->is_none()) {
    auto scalar = element_of_dtype(arguments[dtype]);
    element = scalar ? types::scalar(*scalar) : nullptr;
  }
  const bool records = element && element->is_record();
  return records && (fill == ones || (fill == full && element != otherwise)) ? nullptr : element;
}

// np.empty, zeros, ones (shape, dtype) and np.full(shape, value, dtype).
Resolution make(std::span<const Argument> arguments, const Builtin& self) {
  auto fill = *static_cast<const int*>(self.data);
  auto* shape = arguments[0].type;
  const Type* value = fill == full ? arguments[1].type : nullptr;
  size_t dtype = fill == full ? 2 : 1;
  if (value && !value->is_number() && !value->is_record()) return {.advice = "an array is filled with one number"};
  const Type* otherwise = !value ? types::float64() : value->is_record() ? types::record(value->text) : types::scalar(value->scalar);
  const Type* element = element_to_make(arguments, dtype, otherwise, fill);
  if (value && value->is_record() && element != otherwise) return {.advice = "a record is an element of its own dtype alone"};
  if (!element) return {.advice = "give dtype as a NumPy type such as np.int64"};
  if (value && value->is_complex() && !element->is_complex()) return {.advice = "a complex number does not fit"};
  int ndim = 1;
  if (shape->is_tuple()) {
    ndim = static_cast<int>(shape->elements.size());
    for (auto* e : shape->elements)
      if (!is_whole(e)) return {.advice = "the shape must be integers"};
    if (ndim > (value && value->is_record() ? 7 : 8)) return {.advice = "at most 8 dimensions"};
  } else if (!is_whole(shape) && shape != types::boolean()) {
    return {.advice = "the shape must be an integer or a tuple of integers"};
  }
  const Type* result = array_of_element(element, ndim, Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> sizes;
                for (int axis = 0; axis < ndim; ++axis) sizes.push_back(a[0] + static_cast<Slot>(axis));
                emit_filled(e, result, fill, value ? std::optional(a[1]) : std::nullopt, value, sizes, d);
              },
          .advice = {}};
}

// np.empty_like, zeros_like, ones_like (a, dtype) and np.full_like(a, value, dtype): in a's order where it has one.
Resolution make_like(std::span<const Argument> arguments, const Builtin& self) {
  auto fill = *static_cast<const int*>(self.data);
  auto* like = arguments[0].type;
  const Type* value = fill == full ? arguments[1].type : nullptr;
  size_t dtype = fill == full ? 2 : 1;
  if (!like->is_array() && !like->is_records()) return {.advice = "it takes an array"};
  if (value && !value->is_number()) return {.advice = "an array is filled with one number"};
  const Type* element = element_to_make(arguments, dtype, element_type(like), fill);
  if (value && element && element->is_record()) return {.advice = "np.full(a.shape, record)"};
  if (!element) return {.advice = "give dtype as a NumPy type such as np.int64"};
  if (value && value->is_complex() && !element->is_complex()) return {.advice = "a complex number does not fit"};
  const Type* result = array_of_element(element, like->ndim, like->layout == Layout::f ? Layout::f : Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> sizes;
                // Copied first: the result may take the place of the array.
                for (int axis = 0; axis < like->ndim; ++axis) {
                  sizes.push_back(e.temporary(types::int64()));
                  e.move(sizes.back(), a[0] + array_shape_slot(like->ndim, axis), 1);
                }
                emit_filled(e, result, fill, value ? std::optional(a[1]) : std::nullopt, value, sizes, d);
              },
          .advice = {}};
}

// Fills an array in one dimension that was made by array_new, whose slots begin at `made`.
template <class T, class Value>
int32_t make_row(int64_t count, uint64_t* made, Value value) {
  const uint64_t arguments[] = {1, sizeof(T), 0, 0, static_cast<uint64_t>(count)};
  if (int32_t failed = array_new(arguments, made)) return failed;
  auto* data = reinterpret_cast<T*>(made[array_data_slot]);
  for (int64_t k = 0; k < count; ++k) data[k] = value(k);
  return 0;
}

int64_t row_length(double span, double step) {
  double n = std::ceil(span / step);
  return n > 0 ? static_cast<int64_t>(n < 0x1p62 ? n : 0x1p62) : 0;  // the larger is refused when it is made; NaN makes none
}

int32_t no_step() {
  return runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, "Maximum allowed size exceeded"), 1;
}

// Arguments: start, stop, step.
int32_t arange_whole(const uint64_t* x, uint64_t* result) {
  auto step = static_cast<int64_t>(x[2]);
  if (step == 0) return no_step();
  int64_t n = row_length(static_cast<double>(static_cast<int64_t>(x[1] - x[0])), static_cast<double>(step));
  return make_row<uint64_t>(n, result, [&](int64_t k) { return x[0] + static_cast<uint64_t>(k) * x[2]; });
}
int32_t arange_real(const uint64_t* x, uint64_t* result) {
  auto start = std::bit_cast<double>(x[0]), stop = std::bit_cast<double>(x[1]), step = std::bit_cast<double>(x[2]);
  if (step == 0) return no_step();
  return make_row<double>(row_length(stop - start, step), result, [&](int64_t k) { return start + static_cast<double>(k) * step; });
}
// Arguments: start, stop, number.
int32_t linspace_points(const uint64_t* x, uint64_t* result) {
  auto start = std::bit_cast<double>(x[0]), stop = std::bit_cast<double>(x[1]);
  auto n = static_cast<int64_t>(x[2]);
  double step = n > 1 ? (stop - start) / static_cast<double>(n - 1) : 0;
  return make_row<double>(n, result, [&](int64_t k) {
    if (n == 1) return start;
    return k == n - 1 ? stop : start + static_cast<double>(k) * step;
  });
}
// Arguments: rows, columns.
int32_t unit_matrix(const uint64_t* x, uint64_t* result) {
  const uint64_t arguments[] = {2, sizeof(double), 1, 0, x[0], x[1]};
  if (int32_t failed = array_new(arguments, result)) return failed;
  auto* data = reinterpret_cast<double*>(result[array_data_slot]);
  for (uint64_t k = 0; k < std::min(x[0], x[1]); ++k) data[k * x[1] + k] = 1;
  return 0;
}

Resolution arange(std::span<const Argument> arguments, const Builtin&) {
  bool whole = true;
  for (auto& a : arguments) {
    if (!a.type->is_scalar() || a.type->scalar == Scalar::f32 || a.type->scalar == Scalar::boolean || a.type->scalar == Scalar::u64)
      return {.advice = "it takes int64 or float64 numbers"};
    whole = whole && is_signed(a.type->scalar);
  }
  const Type* t = whole ? types::int64() : types::float64();
  const Type* result = types::array(t->scalar, 1, Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = std::vector<const Type*>(arguments.size(), t),
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                auto number = [&](int64_t n) { return whole ? e.int_constant(n) : e.float_constant(static_cast<double>(n)); };
                Slot start = a.size() > 1 ? a[0] : number(0), stop = a.size() > 1 ? a[1] : a[0], step = a.size() > 2 ? a[2] : number(1);
                e.call_runtime("px_arange", whole ? arange_whole : arange_real, {start, stop, step}, d, result->slots);
              },
          .advice = {}};
}

Resolution linspace(std::span<const Argument> arguments, const Builtin&) {
  if (!arguments[0].type->is_scalar() || !arguments[1].type->is_scalar()) return {.advice = "it takes two numbers"};
  if (arguments.size() > 2 && !is_whole(arguments[2].type)) return {.advice = "num must be an integer"};
  const Type* result = types::array(Scalar::f64, 1, Layout::c);
  std::vector<const Type*> parameters = {types::float64(), types::float64()};
  if (arguments.size() > 2) parameters.push_back(types::int64());
  return {.result = result,
          .literal = {},
          .parameters = parameters,
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                e.call_runtime("px_linspace", linspace_points, {a[0], a[1], a.size() > 2 ? a[2] : e.int_constant(50)}, d, result->slots);
              },
          .advice = {}};
}

Resolution eye(std::span<const Argument> arguments, const Builtin&) {
  for (auto& a : arguments)
    if (!is_whole(a.type)) return {.advice = "it takes the numbers of rows and columns"};
  const Type* result = types::array(Scalar::f64, 2, Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a,
                       Slot d) { e.call_runtime("px_eye", unit_matrix, {a[0], a.size() > 1 ? a[1] : a[0]}, d, result->slots); },
          .advice = {}};
}

const Builtin table[] = {
    {"numpy.empty", make, "a new array, its elements not set", "", {"shape", "dtype"}, 1, &empty},
    {"numpy.zeros",
     make,
     "a new array of zeros",
     "np.zeros(3); np.zeros((2, 3), np.int64); np.zeros(2, dtype=np.uint8)",
     {"shape", "dtype"},
     1,
     &zeros},
    {"numpy.ones",
     make,
     "a new array of ones",
     "np.ones(3); np.ones((2, 2), np.float32); np.ones(2, np.bool_)",
     {"shape", "dtype"},
     1,
     &ones},
    {"numpy.full",
     make,
     "a new array of one number",
     "np.full(3, x); np.full((2, 2), 7); np.full(2, x, np.float32)",
     {"shape", "fill_value", "dtype"},
     2,
     &full},
    {"numpy.empty_like",
     make_like,
     "a new array of another's shape, its elements not set",
     "",
     {"prototype", "dtype"},
     1,
     &empty,
     1,
     255,
     {},
     true},
    {"numpy.zeros_like",
     make_like,
     "zeros in another array's shape",
     "np.zeros_like(np.full(3, x))",
     {"a", "dtype"},
     1,
     &zeros,
     1,
     255,
     {},
     true},
    {"numpy.ones_like",
     make_like,
     "ones in another array's shape",
     "np.ones_like(np.full(3, x))",
     {"a", "dtype"},
     1,
     &ones,
     1,
     255,
     {},
     true},
    {"numpy.full_like",
     make_like,
     "one number in another array's shape",
     "np.full_like(np.ones(3), x)",
     {"a", "fill_value", "dtype"},
     2,
     &full,
     1,
     255,
     {},
     true},
    {"numpy.arange",
     arange,
     "start, start + step, … below stop",
     "np.arange(5); np.arange(1, 9, 3); np.arange(0.5, 3)",
     {},
     0,
     nullptr,
     1,
     3},
    {"numpy.linspace",
     linspace,
     "numbers at equal distances, both ends included",
     "np.linspace(0, 1, 5)",
     {"start", "stop", "num"},
     2,
     nullptr,
     2,
     3},
    {"numpy.eye", eye, "a matrix of zeros with ones on its diagonal", "np.eye(2); np.eye(2, 3)", {"N", "M"}, 1, nullptr, 1, 2},
    {"numpy.identity", eye, "a square matrix of zeros with ones on its diagonal", "np.identity(2)", {"n"}, 1, nullptr, 1, 1},
};

}  // namespace

std::span<const Builtin> numpy_builtins() {
  return table;
}

}  // namespace px::jit
