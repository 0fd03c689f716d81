// NumPy: choosing and joining: where, nonzero, concatenate and its kin.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/elementwise.h"
#include "jit/builtins/ufunc_loops.h"

namespace px::jit {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;

// An argument of where: an array, or a number as one of no dimensions. Code: 1 array; 0 number, its kind, its slots.
struct alignas(16) Memory : std::array<char, 16> {};
ArrayValue read_either(Reader& in, Memory& memory) {
  if (in.integer() != 0) return in.array();
  ArrayValue a;
  a.element = static_cast<Scalar>(in.integer());
  const uint64_t slots[] = {in.word(), is_complex(a.element) ? in.word() : 0};
  put_number(memory.data(), a.element, slots);
  a.data = memory.data();
  return a;
}
void add_either(Emitter& e, std::vector<Slot>& slots, const Type* t, Slot first) {
  slots.push_back(e.int_constant(t->is_array()));
  slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | (t->is_array() ? int64_t{t->ndim} << 8 : 0)));
  for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(first + k);
}

ArrayValue spread_to(const ArrayValue& a, std::span<const int64_t> shape) {
  ArrayValue s = a;
  s.ndim = static_cast<int>(shape.size());
  for (int k = 1; k <= s.ndim; ++k) {
    auto to = static_cast<size_t>(s.ndim - k);
    bool repeated = k > a.ndim || a.shape[static_cast<size_t>(a.ndim - k)] == 1;
    s.shape[to] = shape[to];
    s.strides[to] = repeated ? 0 : a.strides[static_cast<size_t>(a.ndim - k)];
  }
  return s;
}

// The axes of an array's slots in reverse.
void turn(uint64_t* slots, int ndim) {
  std::reverse(slots + array_shape_slot(ndim, 0), slots + array_shape_slot(ndim, 0) + ndim);
  std::reverse(slots + array_stride_slot(ndim, 0), slots + array_stride_slot(ndim, 0) + ndim);
}

// The array itself, or of complex numbers which of them are not 0. Null data where there is no memory: the exception is set.
ArrayValue truths(const ArrayValue& a) {
  if (!is_complex(a.element)) return a;
  std::array<uint64_t, 2 + 2 * Strided::most> slots{};
  ArrayValue made;
  const ArrayValue from = packed(a);
  if (!from.data || make_array(Scalar::boolean, std::span(a.shape.data(), static_cast<size_t>(a.ndim)), slots.data(), made) != 0) {
    made.data = nullptr;
    return made;
  }
  auto fill = [&]<class T>(T) {
    const auto* parts = reinterpret_cast<const T*>(from.data);
    for (int64_t k = 0; k < from.size(); ++k) made.data[k] = parts[2 * k] != 0 || parts[2 * k + 1] != 0;
  };
  if (a.element == Scalar::c64) {
    fill(float{});
  } else {
    fill(double{});
  }
  return made;
}

// Elements, of T's width, where the condition is true.
template <class T>
void take_where(const ArrayValue& condition, const ArrayValue& from, char* out) {
  with_scalar(condition.element, [&]<Scalar c>() {
    using Test = interp::ElementType<c>;
    for_lines(condition, from, [&](const char* p, int64_t n, int64_t step_p, const char* q, int64_t step_q) {
      auto* to = reinterpret_cast<T*>(out);
      if (step_p == sizeof(Test) && step_q == sizeof(T)) {
        for (int64_t k = 0; k < n; ++k) to[k] = load_element<Test>(p, k) != 0 ? load_element<T>(q, k) : to[k];
      } else {
        for (int64_t k = 0; k < n; ++k)
          if (load_element<Test>(p + k * step_p) != 0) to[k] = load_element<T>(q + k * step_q);
      }
      out += n * static_cast<int64_t>(sizeof(T));
      return true;
    });
  });
}

// One of two for each boolean, all side by side; what has a step of 0 is one number.
template <class T>
[[gnu::always_inline]] inline void choose_loop(const uint8_t* c, const T* x, int64_t step_x, const T* y, int64_t step_y, T* to, int64_t n) {
  T one = *x, other = *y;
#pragma clang loop vectorize(assume_safety)
  for (int64_t k = 0; k < n; ++k) {
    T a = step_x ? x[k] : one, b = step_y ? y[k] : other;
    to[k] = c[k] != 0 ? a : b;
  }
}
template <class T>
[[gnu::target("avx2")]] void choose_wide(const uint8_t* c, const T* x, int64_t step_x, const T* y, int64_t step_y, T* to, int64_t n) {
  if (step_x && step_y) return choose_loop(c, x, 1, y, 1, to, n);
  if (step_x) return choose_loop(c, x, 1, y, 0, to, n);
  choose_loop(c, x, 0, y, step_y, to, n);
}
template <class T>
bool choose_in_one_pass(const ArrayValue& condition, const ArrayValue& x, const ArrayValue& y, const ArrayValue& to) {
  if (condition.element != Scalar::boolean || x.element != to.element || y.element != to.element) return false;
  auto step = [](const ArrayValue& a) {  // 1, 0, or neither: -1
    bool still = is_aligned(a.data, static_cast<size_t>(a.item()));
    for (int axis = 0; axis < a.ndim; ++axis) still = still && a.strides[static_cast<size_t>(axis)] == 0;
    return still ? 0 : is_packed(a) ? 1 : -1;
  };
  int64_t step_x = step(x), step_y = step(y), n = to.size();
  if (n == 0 || step(condition) != 1 || step_x < 0 || step_y < 0) return false;
  auto* c = reinterpret_cast<const uint8_t*>(condition.data);
  auto *p = reinterpret_cast<const T*>(x.data), *q = reinterpret_cast<const T*>(y.data);
  auto* out = reinterpret_cast<T*>(to.data);
  if (__builtin_cpu_supports("avx2")) {
    choose_wide(c, p, step_x, q, step_y, out, n);
  } else {
    choose_loop(c, p, step_x, q, step_y, out, n);
  }
  return true;
}

// Arguments: the result's scalar, its dimensions, whether it is in Fortran order, then condition, x and y. Both are converted, then one is
// taken.
int32_t run_where(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto element = static_cast<Scalar>(in.integer());
  auto ndim = static_cast<size_t>(in.integer());
  bool fortran = in.integer() != 0;
  std::array<Memory, 3> memory{};
  std::array<ArrayValue, 3> parts;
  std::vector<int64_t> shape(ndim, 1);
  for (size_t k = 0; k < 3; ++k) {
    parts[k] = read_either(in, memory[k]);
    if (!broadcast(shape, parts[k])) return shapes_differ();
  }
  for (auto& part : parts) {
    part = spread_to(part, shape);
    if (fortran) static_cast<Strided&>(part) = part.reversed();
  }
  if (fortran) std::ranges::reverse(shape);
  ArrayValue made, condition = truths(parts[0]), chosen = parts[1];
  if (!condition.data) return 1;
  if (int32_t failed = make_array(element, shape, result, made)) return failed;
  if (fortran) turn(result, static_cast<int>(ndim));
  bool done = false;
  switch (item_size(element)) {
    case 1:
      done = choose_in_one_pass<uint8_t>(condition, chosen, parts[2], made);
      break;
    case 4:
      done = choose_in_one_pass<uint32_t>(condition, chosen, parts[2], made);
      break;
    case 8:
      done = choose_in_one_pass<uint64_t>(condition, chosen, parts[2], made);
      break;
    default:
      break;
  }
  if (done) return 0;
  copy_array(made, parts[2]);
  if (chosen.element != element) {
    std::array<uint64_t, 2 + 2 * Strided::most> slots{};
    ArrayValue converted;
    if (int32_t failed = packed_copy(chosen, element, slots.data(), converted)) return failed;
    chosen = converted;
  }
  with_size(item_size(element), [&]<class T>(T) { take_where<T>(condition, chosen, made.data); });
  return 0;
}

// The indices of the true elements: one array an axis. `rows`: as the rows of one array instead.
int32_t nonzero(const ArrayValue& given, bool rows, uint64_t* result) {
  const ArrayValue a = truths(given);
  if (!a.data) return 1;
  int64_t count = 0;
  with_scalar(a.element, [&]<Scalar s>() { for_elements<interp::ElementType<s>>(a, [&](auto v) { return count += v != 0, true; }); });
  std::vector<ArrayValue> made(rows ? 1 : static_cast<size_t>(a.ndim));
  const int64_t shape[] = {count, a.ndim};
  for (size_t k = 0; k < made.size(); ++k)
    if (int32_t failed = make_array(Scalar::i64, std::span(shape, rows ? 2 : 1), result + 4 * k, made[k])) return failed;
  std::array<int64_t, Strided::most> at{};
  int64_t place = 0;
  with_scalar(a.element, [&]<Scalar s>() {
    for_elements<interp::ElementType<s>>(a, [&](auto v) {
      if (v != 0) {
        for (size_t k = 0; k < static_cast<size_t>(a.ndim); ++k) {
          if (rows) {
            reinterpret_cast<int64_t*>(made[0].data)[place * a.ndim + static_cast<int64_t>(k)] = at[k];
          } else {
            reinterpret_cast<int64_t*>(made[k].data)[place] = at[k];
          }
        }
        ++place;
      }
      for (int k = a.ndim; k-- > 0;) {
        if (++at[static_cast<size_t>(k)] < a.shape[static_cast<size_t>(k)]) break;
        at[static_cast<size_t>(k)] = 0;
      }
      return true;
    });
  });
  return 0;
}
int32_t run_nonzero(const uint64_t* x, uint64_t* result) {
  return nonzero(Reader(x).array(), false, result);
}
int32_t run_argwhere(const uint64_t* x, uint64_t* result) {
  return nonzero(Reader(x).array(), true, result);
}
int32_t run_flatnonzero(const uint64_t* x, uint64_t* result) {
  ArrayValue a = packed(Reader(x).array());
  if (!a.data) return 1;
  a.shape[0] = a.size();
  a.strides[0] = a.item();
  a.ndim = 1;
  return nonzero(a, false, result);
}

// Arguments: the result's scalar, the axis (from the end where negative), how many, whether each array is a slice of a new axis there,
// whether the result is in Fortran order, the arrays.
int32_t run_concatenate(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto element = static_cast<Scalar>(in.integer());
  int64_t axis = in.integer();
  std::vector<ArrayValue> arrays(static_cast<size_t>(in.integer()));
  bool adds_axis = in.integer() != 0, fortran = in.integer() != 0;
  for (auto& a : arrays) a = in.array();
  int ndim = arrays[0].ndim + adds_axis;
  if (axis < 0) axis += ndim;
  if (axis < 0 || axis >= ndim)
    return raise(runtime::ExcKind::IndexError, adds_axis ? "np.stack(): axis out of bounds" : "np.concatenate(): axis out of bounds");
  auto k = static_cast<size_t>(axis);
  for (auto& a : arrays) {
    if (!adds_axis) continue;
    std::copy_backward(a.shape.begin() + axis, a.shape.begin() + a.ndim, a.shape.begin() + a.ndim + 1);
    std::copy_backward(a.strides.begin() + axis, a.strides.begin() + a.ndim, a.strides.begin() + a.ndim + 1);
    a.shape[k] = 1;
    a.strides[k] = 0;
    a.ndim = ndim;
  }
  std::vector<int64_t> shape(arrays[0].shape.begin(), arrays[0].shape.begin() + ndim);
  shape[k] = 0;
  for (auto& a : arrays) {
    shape[k] += a.shape[k];
    for (int d = 0; d < ndim; ++d)
      if (d != axis && a.shape[static_cast<size_t>(d)] != shape[static_cast<size_t>(d)])
        return raise_value(adds_axis ? "all input arrays must have the same shape"
                                     : "np.concatenate(): input sizes over dimension " + std::to_string(d) + " do not match");
  }
  ArrayValue made;
  if (fortran) std::ranges::reverse(shape);
  if (int32_t failed = make_array(element, shape, result, made)) return failed;
  if (fortran) {
    turn(result, ndim);
    static_cast<Strided&>(made) = Strided::of(result, ndim);
  }
  for (auto& a : arrays) {
    ArrayValue part = made;
    part.shape = a.shape;
    copy_array(part, a);
    made.data += a.shape[k] * made.strides[k];
  }
  return 0;
}

bool either(const Type* t) {
  return t->is_array() || t->is_number();
}

const Type* nonzero_type(const Type* t) {
  return types::tuple(std::vector<const Type*>(t->ndim, array_of(Scalar::i64, 1)));
}

Resolution nonzero_rule(Arguments a, const Builtin&) {
  if (!a[0].type->is_array() || a[0].type->ndim == 0) return {};
  return call_array_function(nonzero_type(a[0].type), "px_nonzero", run_nonzero, a);
}
Resolution where(Arguments a, const Builtin& self) {
  if (a.size() == 1) return nonzero_rule(a, self);
  if (a.size() != 3 || !either(a[0].type) || !either(a[1].type) || !either(a[2].type)) return {};
  std::vector<const Type*> given;
  std::vector<Argument> elements;
  int ndim = 0;
  for (auto& x : a) {
    given.push_back(x.type);
    if (x.type->is_array()) ndim = std::max<int>(ndim, x.type->ndim);
  }
  for (auto* t : {given[1], given[2]}) elements.push_back({types::scalar(t->scalar), {}, -1, 0});
  // NumPy's promotion: the first type that holds both.
  bool complex = is_complex(given[1]->scalar) || is_complex(given[2]->scalar);
  Scalar element = complex ? unify(elements[0].type, elements[1].type)->scalar : loops::holds(given[1]->scalar, given[2]->scalar);
  // Numba's rule: the condition's order, unless two arrays have another.
  bool fortran = given[0]->is_array() && given[0]->layout == Layout::f;
  if (given[1]->is_array() && given[2]->is_array()) fortran = fortran && given[1]->layout == Layout::f && given[2]->layout == Layout::f;
  if (ndim == 0) return {.advice = "the condition is an array"};
  const Type* result = types::array(element, ndim, fortran ? Layout::f : Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(element)), e.int_constant(ndim), e.int_constant(fortran)};
                for (size_t k = 0; k < 3; ++k) add_either(e, slots, given[k], s[k]);
                e.call_runtime("px_where", run_where, std::move(slots), d, result->slots);
              },
          .advice = {}};
}

Resolution argwhere(Arguments a, const Builtin&) {
  if (!a[0].type->is_array() || a[0].type->ndim == 0) return {};
  return call_array_function(array_of(Scalar::i64, 2), "px_argwhere", run_argwhere, a);
}
Resolution flatnonzero(Arguments a, const Builtin&) {
  if (!a[0].type->is_array() || a[0].type->ndim == 0) return {};
  return call_array_function(array_of(Scalar::i64, 1), "px_flatnonzero", run_flatnonzero, a);
}

enum class Join { concatenate, stack, horizontal, vertical, columns, depth };
Resolution join(Arguments a, const Builtin& self) {
  auto what = *static_cast<const Join*>(self.data);
  auto* list = a[0].type;
  if (!list->is_tuple() || list->elements.empty()) return {.advice = "it takes a tuple of arrays"};
  std::vector<const Type*> elements;
  bool fortran = true;
  for (auto* t : list->elements) {
    if (!t->is_array()) return {.advice = "it takes a tuple of arrays"};
    if (t->ndim != list->elements[0]->ndim) return {.advice = "arrays of one number of dimensions"};
    elements.push_back(types::scalar(t->scalar));
    fortran = fortran && t->layout == Layout::f;
  }
  int ndim = list->elements[0]->ndim;
  if (ndim == 0) return {};
  const Type* common = unify(elements);
  if (!common) return {};
  bool axis_given = a.size() > 1;
  if (axis_given && !is_integer_type(a[1].type)) return {.advice = "the axis is an integer"};
  int64_t axis = 0;
  bool adds = what == Join::stack;
  if (what == Join::horizontal) axis = ndim > 1 ? 1 : 0;
  if (what == Join::vertical && ndim == 1) adds = true;
  if (what == Join::columns) {
    if (ndim > 2) return {};
    axis = 1;
    adds = ndim == 1;
  }
  if (what == Join::depth) return {.advice = "stack along the axis that is meant"};
  int dimensions = ndim + adds;
  if (dimensions > 8) return {};
  if (adds) fortran = false;
  const Type* result = types::array(common->scalar, dimensions, fortran ? Layout::f : Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(common->scalar)), axis_given ? s[1] : e.int_constant(axis),
                                           e.int_constant(static_cast<int64_t>(list->elements.size())), e.int_constant(adds),
                                           e.int_constant(result->layout == Layout::f)};
                Slot first = s[0];
                for (auto* t : list->elements) {
                  slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8));
                  for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(first++);
                }
                e.call_runtime("px_concatenate", run_concatenate, std::move(slots), d, result->slots);
              },
          .advice = {}};
}

constexpr Join by_concatenation = Join::concatenate, by_stacking = Join::stack, side_by_side = Join::horizontal,
               one_below_another = Join::vertical, as_columns = Join::columns;

const Builtin table[] = {
    {"numpy.where",
     where,
     "x where a condition is true, else y; the indices of the true elements",
     "np.where(np.arange(3) > 1, x, y); np.where(np.arange(3) > 1)[0]",
     {"condition", "x", "y"},
     1,
     nullptr,
     1,
     3,
     {},
     true},
    {"numpy.nonzero",
     nonzero_rule,
     "the indices of the true elements, one array an axis",
     "np.nonzero(np.array((x, 0, y)))[0]",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.argwhere",
     argwhere,
     "the indices of the true elements, as rows",
     "np.argwhere(np.array((x, 0, y)))",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.flatnonzero",
     flatnonzero,
     "the indices of the true elements in one dimension",
     "np.flatnonzero(np.array((x, 0, y)))",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.concatenate",
     join,
     "arrays joined along an axis",
     "np.concatenate((np.full(2, x), np.full(1, y)))",
     {"arrays", "axis"},
     1,
     &by_concatenation,
     1,
     2},
    {"numpy.stack",
     join,
     "arrays joined along a new axis",
     "np.stack((np.full(2, x), np.full(2, y)))",
     {"arrays", "axis"},
     1,
     &by_stacking,
     1,
     2},
    {"numpy.hstack", join, "arrays side by side", "np.hstack((np.full(2, x), np.full(1, y)))", {"tup"}, 1, &side_by_side, 1, 1},
    {"numpy.vstack", join, "arrays one below another", "np.vstack((np.full(2, x), np.full(2, y)))", {"tup"}, 1, &one_below_another, 1, 1},
    {"numpy.column_stack", join, "arrays as columns", "np.column_stack((np.full(2, x), np.full(2, y)))", {"tup"}, 1, &as_columns, 1, 1},
};

}  // namespace

std::span<const Builtin> joining_builtins() {
  return table;
}

}  // namespace px::jit
