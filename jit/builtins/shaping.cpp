// NumPy: elements in other places: repeat, roll, flip, diff, outer, diag, take, clip, transpose, and products of matrices.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/blas.h"
#include "jit/builtins/complex.h"
#include "jit/builtins/items.h"
#include "jit/infer/races.h"

namespace px::jit {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;

constexpr int64_t most = std::numeric_limits<int64_t>::max();  // a size that is refused when the array is made

template <class T, class Each>
void every(const Strided& a, Each each) {
  for_elements<T>(a, [&](T v) { return each(v), true; });
}

int32_t run_repeat(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = in.array(), made;
  int64_t times = in.integer();
  if (times < 0) return raise_value("negative dimensions not allowed");
  int64_t shape[] = {0};
  if (__builtin_mul_overflow(a.size(), times, &shape[0])) shape[0] = most;
  if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
  with_item(a.element, [&]<class T>() {
    auto* to = reinterpret_cast<T*>(made.data);
    every<T>(a, [&](T v) { to = std::fill_n(to, times, v); });
  });
  return 0;
}

int32_t run_roll(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = in.array(), made;
  int64_t shift = in.integer(), n = a.size();
  if (int32_t failed = make_array(a.element, std::span(a.shape.data(), static_cast<size_t>(a.ndim)), result, made)) return failed;
  if (n == 0) return 0;
  int64_t at = shift % n;
  if (at < 0) at += n;
  with_item(a.element, [&]<class T>() {
    auto* to = reinterpret_cast<T*>(made.data);
    every<T>(a, [&](T v) {
      to[at] = v;
      if (++at == n) at = 0;
    });
  });
  return 0;
}

int32_t run_diff(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = in.array(), made;
  int64_t order = in.integer();
  if (order == 0) return packed_copy(a, a.element, result, made);
  if (order < 0) return raise_value("diff(): order must be non-negative");
  auto last = static_cast<size_t>(a.ndim - 1);
  int64_t size = a.shape[last], count = std::max<int64_t>(size - order, 0);
  std::vector<int64_t> shape(a.shape.begin(), a.shape.begin() + a.ndim);
  shape[last] = count;
  if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
  if (made.size() == 0) return 0;
  with_item(a.element, [&]<class T>() {
    std::vector<T> work(static_cast<size_t>(size));
    auto* to = reinterpret_cast<T*>(made.data);
    for_lines(a, a, [&](const char* p, int64_t n, int64_t stride, const char*, int64_t) {
      for (int64_t k = 0; k < n; ++k) work[static_cast<size_t>(k)] = load_element<T>(p + k * stride);
      for (int64_t round = 0; round < order; ++round)
        for (size_t k = 0; k + 1 < work.size() - static_cast<size_t>(round); ++k) work[k] = difference_of(work[k + 1], work[k]);
      to = std::copy_n(work.begin(), count, to);
      return true;
    });
  });
  return 0;
}

// The elements of a and b in one type; all products.
int32_t run_outer(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto element = static_cast<Scalar>(in.integer());
  ArrayValue a = in.array(), b = in.array(), made;
  const int64_t shape[] = {a.size(), b.size()};
  if (int32_t failed = make_array(element, shape, result, made)) return failed;
  with_item(element, [&]<class T>() {
    auto values = [](const ArrayValue& from) {
      std::vector<T> list;
      with_item(from.element, [&]<class F>() { every<F>(from, [&](F v) { list.push_back(item_in<T>(v)); }); });
      return list;
    };
    auto rows = values(a), columns = values(b);
    auto* to = reinterpret_cast<T*>(made.data);
    for (T r : rows)
      for (T c : columns) *to++ = product_of(r, c);
  });
  return 0;
}

// A diagonal of a matrix as a line, or a matrix with a line on it. Argument: the array, which diagonal.
int32_t run_diag(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = in.array(), made;
  int64_t k = std::max(in.integer(), -most);
  auto item = static_cast<size_t>(a.item());
  if (a.ndim == 1) {
    int64_t n = 0;
    if (__builtin_add_overflow(a.shape[0], std::abs(k), &n)) n = most;
    const int64_t shape[] = {n, n};
    if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
    std::fill_n(made.data, static_cast<size_t>(n * n) * item, 0);
    for (int64_t i = 0; i < a.shape[0]; ++i)
      std::memcpy(made.data + ((i + std::max<int64_t>(-k, 0)) * n + i + std::max<int64_t>(k, 0)) * a.item(), a.data + i * a.strides[0],
                  item);
    return 0;
  }
  int64_t row = std::max<int64_t>(-k, 0), column = std::max<int64_t>(k, 0);
  const int64_t shape[] = {std::max<int64_t>(0, std::min(a.shape[0] - row, a.shape[1] - column))};
  if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
  for (int64_t i = 0; i < shape[0]; ++i)
    std::memcpy(made.data + i * a.item(), a.data + (row + i) * a.strides[0] + (column + i) * a.strides[1], item);
  return 0;
}

int32_t run_trace(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = in.array();
  int64_t k = std::max(in.integer(), -most), row = std::max<int64_t>(-k, 0), column = std::max<int64_t>(k, 0);
  int64_t n = std::max<int64_t>(0, std::min(a.shape[0] - row, a.shape[1] - column));
  auto place = [&](int64_t i) { return a.data + (row + i) * a.strides[0] + (column + i) * a.strides[1]; };
  with_item(a.element, [&]<class T>() {
    if constexpr (!is_real_item<T>) {
      Complex<double> total{};
      for (int64_t i = 0; i < n; ++i) total = total + item_in<Complex<double>>(load_element<T>(place(i)));
      result[0] = interp::put(total.real);
      result[1] = interp::put(total.imag);
    } else {
      using Acc = std::conditional_t<std::floating_point<T>, double, std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>;
      Acc total = 0;
      for (int64_t i = 0; i < n; ++i)
        total = static_cast<Acc>(interp::wrap(total) + interp::wrap(static_cast<Acc>(load_element<T>(place(i)))));
      *result = interp::put(total);
    }
  });
  return 0;
}

// The elements in C order at these places; they count from the end where negative.
int32_t run_take(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = packed(in.array()), indices = in.array(), made;
  if (!a.data) return 1;
  if (int32_t failed = make_array(a.element, std::span(indices.shape.data(), static_cast<size_t>(indices.ndim)), result, made))
    return failed;
  int64_t n = a.size();
  auto item = static_cast<size_t>(a.item());
  char* to = made.data;
  bool fits = with_scalar(indices.element, [&]<Scalar s>() {
    return for_elements<interp::ElementType<s>>(indices, [&](auto v) {
      auto i = static_cast<int64_t>(v);
      if (i >= n || i < -n) return false;
      std::memcpy(to, a.data + (i < 0 ? i + n : i) * a.item(), item);
      to += item;
      return true;
    });
  });
  return fits ? 0 : raise(runtime::ExcKind::IndexError, "Index out of bounds");
}

// Arguments: the axes to turn, all or one; the array. A view.
int32_t run_flip(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  int64_t axis = in.integer();
  const uint64_t* slots = in.here() + 1;
  ArrayValue a = in.array();
  std::copy_n(slots, 2 + 2 * a.ndim, result);
  for (int k = 0; k < a.ndim; ++k) {
    if (axis >= 0 && k != axis) continue;
    int64_t n = a.shape[static_cast<size_t>(k)], stride = a.strides[static_cast<size_t>(k)];
    if (n > 0) result[array_data_slot] += static_cast<uint64_t>((n - 1) * stride);
    result[array_stride_slot(a.ndim, k)] = static_cast<uint64_t>(-stride);
  }
  return 0;
}

// A matrix as BLAS has it: one in C order is its transpose in Fortran order.
struct Matrix {
  const ArrayValue& a;
  bool fortran;
  int64_t rows() const { return a.shape[fortran ? 0 : 1]; }  // in Fortran order
  int64_t columns() const { return a.shape[fortran ? 1 : 0]; }
};

// Numba's choice of BLAS's functions, so that the bits are the same. Arguments: whether the first is conjugated, whether each lies in
// Fortran order, the arrays: matrices and vectors of one float or complex type.
int32_t run_dot(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool conjugate = in.integer() != 0, fortran_a = in.integer() != 0, fortran_b = in.integer() != 0;
  ArrayValue a = in.array(), b = in.array(), made;
  if (!fortran_a) a = packed(a);
  if (!fortran_b) b = packed(b);
  if (!a.data || !b.data) return 1;
  Scalar s = a.element;
  int64_t inner = a.shape[static_cast<size_t>(a.ndim - 1)];
  const bool vectors = a.ndim == 1 && b.ndim == 1;
  if (inner != b.shape[0] && (vectors || inner != 0)) {  // of nothing there are zeros, whatever the other is
    return raise_value(vectors                      ? "incompatible array sizes for np.dot(a, b) (vector * vector)"
                       : a.ndim == 2 && b.ndim == 2 ? "incompatible array sizes for np.dot(a, b) (matrix * matrix)"
                       : a.ndim == 2                ? "incompatible array sizes for np.dot(a, b) (matrix * vector)"
                                                    : "incompatible array sizes for np.dot(a, b) (vector * matrix)");
  }
  if (vectors) {
    alignas(16) char value[16] = {};
    blas::store_dot(s, conjugate, inner, a.data, b.data, value);
    const size_t part = item_size(is_complex(s) ? part_of_complex(s) : s);
    for (size_t k = 0; k < item_size(s) / part; ++k) {
      result[k] = 0;
      std::memcpy(result + k, value + k * part, part);
    }
    return 0;
  }
  std::vector<int64_t> shape;
  if (a.ndim == 2) shape.push_back(a.shape[0]);
  if (b.ndim == 2) shape.push_back(b.shape[1]);
  if (int32_t failed = make_array(s, shape, result, made)) return failed;
  if (inner == 0 || made.size() == 0) {
    std::memset(made.data, 0, static_cast<size_t>(made.size() * made.item()));
    return 0;
  }
  Matrix left{a, fortran_a}, right{b, fortran_b};
  // y = Mᵀ x where what BLAS sees of a matrix is its transpose.
  auto times = [&](const Matrix& m, bool turned, const ArrayValue& v) {
    blas::gemv(s, turned, m.rows(), m.columns(), m.a.data, m.rows(), v.data, made.data);
  };
  if (b.ndim == 1 || (a.ndim == 2 && b.shape[1] == 1)) {
    if (a.ndim == 2 && b.ndim == 2 && a.shape[0] == 1) {
      blas::store_dot(s, false, inner, a.data, b.data, made.data);
    } else {
      times(left, !fortran_a, b);
    }
  } else if (a.ndim == 1 || a.shape[0] == 1) {
    times(right, fortran_b, a);
  } else {
    int64_t rows = a.shape[0], columns = b.shape[1];
    blas::gemm(s, fortran_b, fortran_a, columns, rows, inner, b.data, right.rows(), a.data, left.rows(), made.data, columns);
  }
  return 0;
}

bool is_array(const Type* t) {
  return t->is_array() && t->ndim > 0;
}

Resolution repeat(Arguments a, const Builtin&) {
  if (!is_array(a[0].type) || !is_integer_type(a[1].type)) return {.advice = "it takes an array and one number of times"};
  return call_array_function(array_of(a[0].type->scalar, 1), "px_repeat", run_repeat, a, {nullptr, types::int64()});
}
Resolution roll(Arguments a, const Builtin&) {
  if (!is_array(a[0].type) || !is_integer_type(a[1].type)) return {.advice = "it takes an array and an integer"};
  return call_array_function(array_of(a[0].type->scalar, a[0].type->ndim), "px_roll", run_roll, a, {nullptr, types::int64()});
}

// An array, then an integer that may be left out.
Resolution with_number(const Type* result, const char* symbol, typed::RuntimeFunction function, Arguments a, int64_t otherwise) {
  if (a.size() > 1 && !is_integer_type(a[1].type)) return {.advice = "the second argument is an integer"};
  Resolution r = call_array_function(result, symbol, function, a, {nullptr, types::int64()});
  if (a.size() > 1) return r;
  r.lower = [=, t = a[0].type](Emitter& e, std::span<const Slot> s, Slot d) {
    std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
    for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s[0] + k);
    slots.push_back(e.int_constant(otherwise));
    e.call_runtime(symbol, function, std::move(slots), d, result->slots);
  };
  return r;
}
Resolution diff(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!is_array(t) || t->scalar == Scalar::boolean) return {};
  return with_number(array_of(t->scalar, t->ndim), "px_diff", run_diff, a, 1);
}
// Where races are looked for, the library's own functions say which elements these three read.
bool reads_are_watched() {
  return race_check().load(std::memory_order_relaxed);
}

Resolution diag(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (reads_are_watched() || !is_array(t) || t->ndim > 2) return {};
  return with_number(array_of(t->scalar, 3 - t->ndim), "px_diag", run_diag, a, 0);
}
// As Numba's sum of an integer, 0, and the elements: float64 or complex128.
Resolution trace(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (reads_are_watched() || !is_array(t) || t->ndim != 2 || t->scalar == Scalar::boolean) return {};
  const Type* result = is_complex(t->scalar) ? types::scalar(Scalar::c128)
                       : is_float(t->scalar) ? types::float64()
                                             : types::scalar(register_kind(t->scalar));
  return with_number(result, "px_trace", run_trace, a, 0);
}
Resolution outer(Arguments a, const Builtin&) {
  if (!is_array(a[0].type) || !is_array(a[1].type)) return {};
  static const auto& multiply = *find_builtin("numpy.multiply");
  Argument pair[] = {{types::scalar(a[0].type->scalar), {}, -1, 0}, {types::scalar(a[1].type->scalar), {}, -1, 0}};
  const Type* t = pair[0].type->is_complex() || pair[1].type->is_complex() ? complex_loop(pair) : multiply.resolve(pair, multiply).result;
  if (!t) return {};
  return call_array_function(array_of(t->scalar, 2), "px_outer", run_outer, a, {}, {static_cast<int64_t>(t->scalar)});
}
Resolution take(Arguments a, const Builtin&) {
  if (reads_are_watched() || !is_array(a[0].type) || !is_array(a[1].type) || !is_integer(a[1].type->scalar))
    return {.advice = "it takes an array and an array of integers"};
  return call_array_function(array_of(a[0].type->scalar, a[1].type->ndim), "px_take", run_take, a);
}

Resolution flip(Arguments a, const Builtin& self) {
  auto* t = a[0].type;
  int axis = *static_cast<const int*>(self.data);
  if (!is_array(t) || t->ndim <= axis) return {};
  Resolution r = call_array_function(types::array(t->scalar, t->ndim, Layout::any, t->writable), "px_flip", run_flip, a, {}, {axis});
  r.touch = Touch::nothing;
  return r;
}

Resolution transposed(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!t->is_array()) return {};
  int ndim = t->ndim;
  Layout layout = t->layout == Layout::c ? Layout::f : t->layout == Layout::f ? Layout::c : Layout::any;
  const Type* result = types::array(t->scalar, ndim, ndim <= 1 ? t->layout : layout, t->writable);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot to = e.temporary(result);
                e.move(to, s[0], 1);
                for (int k = 0; k < ndim; ++k) {
                  e.move(to + array_shape_slot(ndim, k), s[0] + array_shape_slot(ndim, ndim - 1 - k), 1);
                  e.move(to + array_stride_slot(ndim, k), s[0] + array_stride_slot(ndim, ndim - 1 - k), 1);
                }
                e.move(to + array_flags_slot(ndim), s[0] + array_flags_slot(ndim), 1);
                e.move(d, to, result->slots);
              },
          .advice = {}};
}

constexpr int all_axes = -1, first_axis = 0, second_axis = 1;

const Builtin table[] = {
    {"numpy.repeat", repeat, "each element several times", "np.repeat(np.array((x, y)), 2)", {"a", "repeats"}, 2, nullptr, 2, 2, {}, true},
    {"numpy.roll",
     roll,
     "the elements moved on, round the end",
     "np.roll(np.array((x, y, x)), 1)",
     {"a", "shift"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
    {"numpy.diff",
     diff,
     "the differences of neighbours along the last axis",
     "np.diff(np.array((x, y, x)))",
     {"a", "n"},
     1,
     nullptr,
     1,
     2,
     {},
     true},
    {"numpy.diag", diag, "a matrix's diagonal, or a matrix with one", "np.diag(np.array((x, y)))", {"v", "k"}, 1, nullptr, 1, 2, {}, true},
    {"numpy.trace",
     trace,
     "the sum of a matrix's diagonal",
     "np.trace(np.array(((x, y), (y, x))))",
     {"a", "offset"},
     1,
     nullptr,
     1,
     2,
     {},
     true},
    {"numpy.outer",
     outer,
     "all products of two arrays' elements",
     "np.outer(np.array((x, 1)), np.array((y, 2)))",
     {"a", "b"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
    {"numpy.take",
     take,
     "the elements at these places",
     "np.take(np.array((x, y)), np.array((1, 0)))",
     {"a", "indices"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
    {"numpy.flip", flip, "the elements of each axis backwards, a view", "np.flip(np.array((x, y)))", {"m"}, 1, &all_axes, 1, 1, {}, true},
    {"numpy.flipud", flip, "the rows backwards, a view", "np.flipud(np.array((x, y)))", {"m"}, 1, &first_axis, 1, 1, {}, true},
    {"numpy.fliplr",
     flip,
     "the columns backwards, a view",
     "np.fliplr(np.array(((x, y), (1, 2))))",
     {"m"},
     1,
     &second_axis,
     1,
     1,
     {},
     true},
    {"numpy.transpose",
     transposed,
     "the axes in reverse, a view",
     "np.transpose(np.array(((x, y), (1, 2))))",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.dot",
     dot_rule,
     "the product of vectors and matrices of floats or complex numbers",
     "np.dot(np.array((0.5 * x, 1.0)), np.array((0.5 * y, 2.0)))",
     {"a", "b"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
    {"numpy.vdot",
     dot_rule,
     "the product of two vectors, the first one's conjugate",
     "np.vdot(np.array((0.5 * x, 1.0)), np.array((0.5 * y, 2.0)))",
     {"a", "b"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
};

}  // namespace

std::span<const Builtin> shaping_builtins() {
  return table;
}

Resolution dot_rule(std::span<const Argument> a, const Builtin& self) {
  auto *x = a[0].type, *y = a[1].type;
  const bool conjugate = self.name == "numpy.vdot";
  auto whole = [](Scalar s) { return !is_float(s) && !is_complex(s); };
  bool fits = is_array(x) && is_array(y) && x->ndim <= 2 && y->ndim <= 2 && x->scalar == y->scalar && !whole(x->scalar);
  if (!fits) return {.advice = "it takes vectors and matrices of one float or complex type"};
  int ndim = x->ndim + y->ndim - 2;
  if (conjugate && ndim > 0) return {.advice = "it takes two vectors"};
  const Type* result = ndim == 0 ? types::scalar(x->scalar) : array_of(x->scalar, ndim);
  return call_array_function(result, "px_dot", run_dot, a, {}, {conjugate, x->layout == Layout::f, y->layout == Layout::f});
}

}  // namespace px::jit
