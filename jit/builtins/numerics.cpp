// NumPy: percentiles, histograms, closeness, Kronecker products, numbers instead of NaN.
#include <algorithm>
#include <cmath>
#include <limits>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/items.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;
using Arguments = std::span<const Argument>;

namespace {

std::vector<double> doubles(const ArrayValue& a) {
  std::vector<double> list;
  list.reserve(static_cast<size_t>(a.size()));
  with_scalar(a.element, [&]<Scalar s>() {
    for_elements<interp::ElementType<s>>(a, [&](auto v) {
      list.push_back(static_cast<double>(v));
      return true;
    });
  });
  return list;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// One percentile of more than one sorted number; infinities as Numba has them.
double percentile_of(std::span<const double> sorted, double percentile) {
  auto n = static_cast<int64_t>(sorted.size());
  auto count = [&](double v) { return std::ranges::count(sorted, v); };
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (percentile == 100) return std::isfinite(sorted.back()) ? sorted.back() : nan;
  if (percentile == 0) {
    int64_t above = count(inf), below = count(-inf), finite = n - above - below;
    bool none = finite != n && (finite == 0 || (above == 1 && n == 2) || below > 1 || (finite == 1 && above > 1 && below != 1));
    return none ? nan : sorted.front();
  }
  double rank = 1 + static_cast<double>(n - 1) * (percentile / 100.0), whole = std::floor(rank), share = rank - whole;
  auto at = static_cast<size_t>(whole) - 1;
  return sorted[at] * (1 - share) + sorted[at + 1] * share;
}

// Arguments: whether quantiles, whether NaN is left out, whether one is asked for; the array, the percentiles.
int32_t run_percentile(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool quantile = in.integer() != 0, skip = in.integer() != 0, one = in.integer() != 0;
  std::vector<double> values = doubles(in.array()), asked;
  if (one) {
    asked.push_back(in.real());
  } else {
    asked = doubles(in.array());
  }
  for (double& q : asked) {
    if (!(q >= 0 && q <= (quantile ? 1 : 100)))
      return raise_value(quantile ? "Quantiles must be in the range [0, 1]" : "Percentiles must be in the range [0, 100]");
    if (quantile) q *= 100;
  }
  auto removed = static_cast<size_t>(std::erase_if(values, [](double v) { return std::isnan(v); }));
  bool none = skip ? values.empty() : removed > 0;
  if (values.size() == 1 && !std::isfinite(values[0])) none = true;
  if (!none && values.empty()) return raise_value("zero-size array to reduction operation maximum which has no identity");
  std::ranges::sort(values);
  auto compute = [&](double q) { return none ? nan : values.size() == 1 ? values[0] : percentile_of(values, q); };
  if (one) {
    *result = interp::put(compute(asked[0]));
    return 0;
  }
  ArrayValue made;
  const int64_t shape[] = {static_cast<int64_t>(asked.size())};
  if (int32_t failed = make_array(Scalar::f64, shape, result, made)) return failed;
  std::ranges::transform(asked, reinterpret_cast<double*>(made.data), compute);
  return 0;
}

constexpr int64_t percentiles[] = {0, 0}, nan_percentiles[] = {0, 1}, quantiles[] = {1, 0}, nan_quantiles[] = {1, 1};

bool is_real(const Type* t) {
  return t->is_array() && t->ndim > 0 && !is_complex(t->scalar);
}

Resolution percentile(Arguments a, const Builtin& self) {
  auto* which = static_cast<const int64_t*>(self.data);
  if (!is_real(a[0].type)) return {.advice = "it takes an array of numbers that are not complex"};
  bool one = a[1].type->is_scalar();
  if (!one && !is_real(a[1].type)) return {.advice = "what is asked for is a number or an array of numbers"};
  return call_array_function(one ? types::float64() : array_of(Scalar::f64, 1), "px_percentile", run_percentile, a,
                             {nullptr, one ? types::float64() : nullptr}, {which[0], which[1], one});
}

constexpr uint32_t line_slots = 4;  // of an array of one dimension

// Arguments: how many, whether a range is given, its ends, the array. Results: the counts, the edges.
int32_t run_histogram(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  int64_t bins = in.integer();
  bool given = in.integer() != 0;
  double least = in.real(), most = in.real();
  std::vector<double> values = doubles(in.array());
  if (!given) {
    least = std::numeric_limits<double>::infinity(), most = -least;
    for (double v : values) {
      if (least > v) least = v;
      if (most < v) most = v;
    }
  }
  if (bins <= 0) return raise_value("histogram(): `bins` should be a positive integer");
  if (!(least <= most)) return raise_value("histogram(): max must be larger than min in range parameter");
  ArrayValue counts, edges;
  const int64_t number[] = {bins}, ends[] = {bins + 1};
  if (int32_t failed = make_array(Scalar::i64, number, result, counts)) return failed;
  if (int32_t failed = make_array(Scalar::f64, ends, result + line_slots, edges)) return failed;
  auto* to = reinterpret_cast<int64_t*>(counts.data);
  std::fill_n(to, bins, 0);
  if (most > least) {
    double ratio = static_cast<double>(bins) / (most - least);
    for (double v : values) {
      double b = std::floor((v - least) * ratio);
      if (b >= 0 && b < static_cast<double>(bins)) {
        ++to[static_cast<int64_t>(b)];
      } else if (v == most) {
        ++to[bins - 1];
      }
    }
  }
  auto* edge = reinterpret_cast<double*>(edges.data);
  double step = (most - least) / static_cast<double>(bins);
  for (int64_t k = 0; k < bins; ++k) edge[k] = least + static_cast<double>(k) * step;
  edge[bins] = most;
  return 0;
}

// Arguments: the array, the edges. Result: the counts.
int32_t run_histogram_edges(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  std::vector<double> values = doubles(in.array()), edges = doubles(in.array());
  if (edges.empty()) return raise(runtime::ExcKind::IndexError, "index 0 is out of bounds for axis 0 with size 0");
  for (size_t k = 0; k + 1 < edges.size(); ++k)
    if (!(edges[k] <= edges[k + 1])) return raise_value("histogram(): bins must increase monotonically");
  ArrayValue counts;
  const int64_t shape[] = {static_cast<int64_t>(edges.size()) - 1};
  if (int32_t failed = make_array(Scalar::i64, shape, result, counts)) return failed;
  auto* to = reinterpret_cast<int64_t*>(counts.data);
  std::fill_n(to, shape[0], 0);
  if (shape[0] == 0) return 0;
  for (double v : values) {
    if (!(edges.front() <= v && v <= edges.back())) continue;
    ++to[std::upper_bound(edges.begin() + 1, edges.end() - 1, v) - edges.begin() - 1];
  }
  return 0;
}

Resolution histogram(Arguments a, const Builtin&) {
  if (!is_real(a[0].type)) return {.advice = "it takes an array of numbers that are not complex"};
  const Type *line = array_of(Scalar::i64, 1), *edges = array_of(Scalar::f64, 1);
  bool has_range = a.size() > 2 && !a[2].type->is_none(), has_bins = a.size() > 1 && !a[1].type->is_none();
  if (has_bins && a[1].type->is_array()) {
    auto* t = a[1].type;
    if (t->ndim != 1 || is_complex(t->scalar)) return {.advice = "the edges are an array of one dimension"};
    const Type* both[] = {line, t};
    Resolution r = call_array_function(line, "px_histogram_edges", run_histogram_edges, a.first(2));
    r.result = types::tuple(both);
    r.parameters = {a[0].type, t};
    if (a.size() > 2) r.parameters.push_back(a[2].type);  // the range, which edges make needless
    r.lower = [t, count = std::move(r.lower)](Emitter& e, std::span<const Slot> s, Slot d) {
      count(e, s.first(2), d);
      e.move(d + line_slots, s[1], t->slots);
    };
    return r;
  }
  if (has_bins && !is_integer_type(a[1].type)) return {.advice = "the bins are a number of them, or an array of edges"};
  auto real = [](const Type* t) { return t->is_scalar(); };
  if (has_range && !(a[2].type->is_tuple() && a[2].type->elements.size() == 2 && std::ranges::all_of(a[2].type->elements, real)))
    return {.advice = "the range is a tuple of two numbers"};
  const Type* both[] = {line, edges};
  const Type* ends[] = {types::float64(), types::float64()};
  const Type* t = a[0].type;
  Resolution r{.result = types::tuple(both), .literal = {}, .parameters = {t}, .lower = {}, .advice = {}};
  if (a.size() > 1) r.parameters.push_back(has_bins ? types::int64() : a[1].type);
  if (a.size() > 2) r.parameters.push_back(has_range ? types::tuple(ends) : a[2].type);
  r.lower = [=](Emitter& e, std::span<const Slot> s, Slot d) {
    std::vector<Slot> slots = {has_bins ? s[1] : e.int_constant(10), e.int_constant(has_range)};
    for (Slot k = 0; k < 2; ++k) slots.push_back(has_range ? s[2] + k : e.float_constant(0));
    slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8));
    for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s[0] + k);
    e.call_runtime("px_histogram", run_histogram, std::move(slots), d, 2 * line_slots);
  };
  return r;
}

// a × b for each pair of elements: b's rows within a's. Both are matrices or lines.
int32_t run_kron(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = packed(in.array()), b = packed(in.array()), made;
  if (!a.data || !b.data) return 1;
  bool line = a.ndim == 1;
  int64_t rows_a = line ? 1 : a.shape[0], rows_b = line ? 1 : b.shape[0];
  int64_t columns_a = a.shape[line ? 0 : 1], columns_b = b.shape[line ? 0 : 1];
  std::vector<int64_t> shape = {rows_a * rows_b, columns_a * columns_b};
  if (line) shape.erase(shape.begin());
  if (int32_t failed = make_array(a.element, shape, result, made)) return failed;
  with_item(a.element, [&]<class T>() {
    auto *p = reinterpret_cast<const T*>(a.data), *q = reinterpret_cast<const T*>(b.data);
    auto* to = reinterpret_cast<T*>(made.data);
    for (int64_t i = 0; i < rows_a; ++i)
      for (int64_t k = 0; k < rows_b; ++k)
        for (int64_t j = 0; j < columns_a; ++j)
          for (int64_t l = 0; l < columns_b; ++l) *to++ = product_of(p[i * columns_a + j], q[k * columns_b + l]);
  });
  return 0;
}
Resolution kron(Arguments a, const Builtin&) {
  auto *x = a[0].type, *y = a[1].type;
  bool fits = x->is_array() && y->is_array() && x->ndim > 0 && y->ndim > 0 && x->scalar == y->scalar && x->ndim == y->ndim && x->ndim <= 2;
  if (!fits || x->scalar == Scalar::boolean) return {.advice = "it takes two matrices or two lines of one type"};
  if (x->layout == Layout::any || y->layout == Layout::any) return {.advice = "it takes arrays in C or Fortran order: take a.copy() first"};
  return call_array_function(array_of(x->scalar, x->ndim), "px_kron", run_kron, a);
}

// A copy without NaN and infinities. Arguments: what is put for NaN, the array.
int32_t run_nan_to_num(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  double instead = in.real();
  ArrayValue a = in.array(), made;
  if (int32_t failed = packed_copy(a, a.element, result, made)) return failed;
  auto mend = [&]<class T>(T* p) {
    for (int64_t k = 0, n = made.size(); k < n; ++k) {
      if (std::isnan(p[k])) {
        p[k] = static_cast<T>(instead);
      } else if (std::isinf(p[k])) {
        p[k] = std::copysign(std::numeric_limits<T>::max(), p[k]);
      }
    }
  };
  if (a.element == Scalar::f32) {
    mend(reinterpret_cast<float*>(made.data));
  } else {
    mend(reinterpret_cast<double*>(made.data));
  }
  return 0;
}
Resolution nan_to_num(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (is_real(t) && is_integer(t->scalar))  // itself, as in Numba
    return {.result = t,
            .literal = {},
            .parameters = {},
            .lower = [n = t->slots](Emitter& e, std::span<const Slot> s, Slot d) { e.move(d, s[0], n); },
            .advice = {}};
  if (is_real(t) && !is_float(t->scalar)) {
    static const auto& copy = *find_builtin("numpy.copy");
    return copy.resolve(a.first(1), copy);
  }
  if (!is_real(t)) return {.advice = "it takes an array of real numbers"};
  if (t->layout == Layout::f) return {};  // keeps its order: px/library
  bool copies = a.size() < 2 || a[1].type->is_none() || (a[1].literal && *a[1].literal == Constant{true});
  if (!copies) return {.advice = "it makes a copy: leave out `copy`"};
  bool given = a.size() > 2 && !a[2].type->is_none();
  if (given && !a[2].type->is_scalar()) return {.advice = "`nan` is a number"};
  Resolution r{.result = array_of(t->scalar, t->ndim), .literal = {}, .parameters = {t}, .lower = {}, .advice = {}};
  for (size_t k = 1; k < a.size(); ++k) r.parameters.push_back(k == 2 && given ? types::float64() : a[k].type);
  r.lower = [t, given, slots_out = r.result->slots](Emitter& e, std::span<const Slot> s, Slot d) {
    std::vector<Slot> slots = {given ? s[2] : e.float_constant(0), e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
    for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s[0] + k);
    e.call_runtime("px_nan_to_num", run_nan_to_num, std::move(slots), d, slots_out);
  };
  return r;
}

const Builtin table[] = {
    {"numpy.percentile",
     percentile,
     "the numbers below which so many per cent lie, between neighbours in proportion",
     "np.percentile(np.array((x, y, 1)), 25); np.percentile(np.array((x, y, 1)), np.array((0, 30, 100)))",
     {"a", "q"},
     2,
     percentiles,
     2,
     2},
    {"numpy.quantile",
     percentile,
     "the same, of shares from 0 to 1",
     "np.quantile(np.array((x, y, 1)), 0.25)",
     {"a", "q"},
     2,
     quantiles,
     2,
     2},
    {"numpy.nanpercentile",
     percentile,
     "percentiles without nan",
     "np.nanpercentile(np.array((x, y, 1)), 25)",
     {"a", "q"},
     2,
     nan_percentiles,
     2,
     2},
    {"numpy.nanquantile",
     percentile,
     "quantiles without nan",
     "np.nanquantile(np.array((x, y, 1)), 0.25)",
     {"a", "q"},
     2,
     nan_quantiles,
     2,
     2},
    {"numpy.histogram",
     histogram,
     "how many numbers lie in each bin, and the bins' edges",
     "np.histogram(np.array((x, y, 0.5)), 4, (0.0, 2.0))[0]",
     {"a", "bins", "range"},
     1,
     nullptr,
     1,
     3},
    {"numpy.kron",
     kron,
     "the Kronecker product of two matrices or lines of one type",
     "np.kron(np.array((x, y)), np.array((y, x)))",
     {"a", "b"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
    {"numpy.nan_to_num",
     nan_to_num,
     "a copy with 0 for nan and the largest numbers for infinities",
     "np.nan_to_num(np.array((0.5 * x, 0.5 * y)))",
     {"x", "copy", "nan"},
     1,
     nullptr,
     1,
     3},
};

}  // namespace

std::span<const Builtin> numeric_builtins() {
  return table;
}

}  // namespace px::jit
