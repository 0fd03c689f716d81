// np.isclose and np.allclose.
#include <cmath>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/elementwise.h"

namespace px::jit {

using typed::Slot;
using Arguments = std::span<const Argument>;

namespace {

struct Tolerance {
  double relative, absolute;
  bool nan;
};

// The difference is taken in the type of the two: integers, float32 or float64. T is one of those.
template <class T>
bool close(T x, T y, const Tolerance& by) {
  if constexpr (std::floating_point<T>) {
    if (std::isnan(x) && std::isnan(y)) return by.nan;
    if (std::isinf(x) && std::isinf(y)) return (x > 0) == (y > 0);
    if (std::isinf(x) || std::isinf(y)) return false;
  }
  T away = interp::absolute(static_cast<T>(interp::wrap(x) - interp::wrap(y)));
  return static_cast<double>(away) <= by.absolute + by.relative * static_cast<double>(interp::absolute(y));
}

// A value of a line as a T.
template <class T>
T value_at(const char* p, Scalar element) {
  return with_scalar(element, [&]<Scalar s>() { return static_cast<T>(load_element<interp::ElementType<s>>(p)); });
}

// Arguments: how many operands are scalars (as arrays of one element), whether all, the tolerances, the arrays. A scalar's element is the
// 8-byte form that the rule gave it.
int32_t run_close(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool all = in.integer() != 0;
  Tolerance by{in.real(), in.real(), false};
  by.nan = in.integer() != 0;
  ArrayValue operands[2];
  uint64_t scalars[2] = {};
  for (size_t k = 0; k < 2; ++k) {
    if (in.integer() == 0) {
      operands[k] = in.array();
      continue;
    }
    operands[k].element = static_cast<Scalar>(in.integer());
    scalars[k] = in.word();
    operands[k].data = reinterpret_cast<char*>(&scalars[k]);
  }
  auto &a = operands[0], &b = operands[1];
  int ndim = std::max(a.ndim, b.ndim);
  std::array<int64_t, Strided::most> shape{};
  std::fill_n(shape.begin(), ndim, 1);
  std::span<int64_t> sizes(shape.data(), static_cast<size_t>(ndim));
  if (!broadcast(sizes, a) || !broadcast(sizes, b)) return shapes_differ();
  for (auto& o : operands) {
    Strided whole = o;
    whole.ndim = ndim;
    for (int k = 1; k <= ndim; ++k) {
      auto to = static_cast<size_t>(ndim - k);
      bool own = k <= o.ndim && o.shape[static_cast<size_t>(o.ndim - k)] != 1;
      whole.strides[to] = own ? o.strides[static_cast<size_t>(o.ndim - k)] : 0;
      whole.shape[to] = sizes[to];
    }
    static_cast<Strided&>(o) = whole;
  }
  bool* to = nullptr;
  if (!all) {
    ArrayValue made;
    if (int32_t failed = make_array(Scalar::boolean, sizes, result, made)) return failed;
    to = reinterpret_cast<bool*>(made.data);
  }
  auto run = [&]<class T>() {
    return for_lines(a, b, [&](const char* p, int64_t n, int64_t step_p, const char* q, int64_t step_q) {
      for (int64_t k = 0; k < n; ++k, p += step_p, q += step_q) {
        bool is = close(value_at<T>(p, a.element), value_at<T>(q, b.element), by);
        if (all && !is) return false;
        if (!all) *to++ = is;
      }
      return true;
    });
  };
  bool whole = !is_float(a.element) && !is_float(b.element), small = a.element == Scalar::f32 && b.element == Scalar::f32;
  bool every = whole ? run.operator()<int64_t>() : small ? run.operator()<float>() : run.operator()<double>();
  if (all) *result = every;
  return 0;
}

constexpr int every_pair = 1;

Resolution closeness(Arguments a, const Builtin& self) {
  bool all = self.data != nullptr;
  const Type *x = a[0].type, *y = a[1].type;
  auto fits = [](const Type* t) {
    return (t->is_scalar() || (t->is_array() && t->ndim > 0 && !is_complex(t->scalar))) && t->scalar != Scalar::u64;
  };
  if (!fits(x) || !fits(y) || (x->is_scalar() && y->is_scalar()))
    return {.advice = "it takes arrays, or an array and a number, that are not complex"};
  if (!all && x->is_array() && y->is_array() && (x->ndim > 1 || y->ndim > 1))
    return {.advice = "of two arrays it takes lines alone: a.ravel()"};
  int ndim = std::max<int>(x->is_array() ? x->ndim : 0, y->is_array() ? y->ndim : 0);
  const Type* result = all ? types::boolean() : array_of(Scalar::boolean, ndim);
  Resolution r{.result = result, .literal = {}, .parameters = {x, y}, .lower = {}, .advice = {}};
  auto given = [&](size_t k) { return a.size() > k && !a[k].type->is_none(); };
  for (size_t k = 2; k < a.size(); ++k) {
    if (given(k) && !a[k].type->is_scalar()) return {.advice = "the tolerances are numbers"};
    r.parameters.push_back(!given(k) ? a[k].type : k == 4 ? types::boolean() : types::float64());
  }
  r.lower = [=, has = std::array{given(2), given(3), given(4)}](Emitter& e, std::span<const Slot> s, Slot d) {
    std::vector<Slot> slots = {e.int_constant(all), has[0] ? s[2] : e.float_constant(1e-05), has[1] ? s[3] : e.float_constant(1e-08),
                               has[2] ? s[4] : e.int_constant(0)};
    for (size_t k = 0; k < 2; ++k) {
      const Type* t = k == 0 ? x : y;
      slots.push_back(e.int_constant(t->is_scalar()));
      slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | (t->is_array() ? int64_t{t->ndim} << 8 : 0)));
      for (uint32_t i = 0; i < t->slots; ++i) slots.push_back(s[k] + i);
    }
    e.call_runtime("px_close", run_close, std::move(slots), d, result->slots);
  };
  return r;
}

const Builtin table[] = {
    {"numpy.isclose",
     closeness,
     "which elements are equal but for a tolerance",
     "np.isclose(np.array((0.5 * x, y)), y)",
     {"a", "b", "rtol", "atol", "equal_nan"},
     2,
     nullptr,
     2,
     5},
    {"numpy.allclose",
     closeness,
     "whether all elements are",
     "np.allclose(np.array((0.5 * x, y)), np.array((0.5 * x, y)))",
     {"a", "b", "rtol", "atol", "equal_nan"},
     2,
     &every_pair,
     2,
     5},
};

}  // namespace

std::span<const Builtin> closeness_builtins() {
  return table;
}

}  // namespace px::jit
