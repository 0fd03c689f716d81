// NumPy: running sums, variance, counts. Additions one after another, in the order of Numba's loops.
#include <cmath>
#include <limits>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/mathlib.h"

namespace px::jit {

namespace {

using Arguments = std::span<const Argument>;

constexpr Scalar accumulator(Scalar s) {
  if (is_float(s)) return s;
  return is_unsigned(s) ? Scalar::u64 : Scalar::i64;
}

// cumsum and cumprod. Arguments: product, the axis or -1 for the elements in C order, the array.
int32_t run_running(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool product = in.integer() != 0, along = in.integer() != 0;
  int64_t axis = in.integer();
  ArrayValue a = in.array(), made;
  if (along && (axis < -a.ndim || axis >= a.ndim))
    return raise_value("axis " + std::to_string(axis) + " is out of bounds for array of dimension " + std::to_string(a.ndim));
  if (axis < 0) axis += a.ndim;
  std::vector<int64_t> shape(a.shape.begin(), a.shape.begin() + a.ndim);
  if (!along) shape = {a.size()};
  Scalar to = accumulator(a.element);
  if (int32_t failed = make_array(to, shape, result, made)) return failed;
  with_scalar(a.element, [&]<Scalar s>() {
    using Acc = interp::ElementType<accumulator(s)>;
    using T = interp::ElementType<s>;
    auto step = [product](Acc total, T v) {
      auto value = interp::wrap(static_cast<Acc>(v));
      return static_cast<Acc>(product ? interp::wrap(total) * value : interp::wrap(total) + value);
    };
    if (!along) {
      Acc total = product;
      auto* out = reinterpret_cast<Acc*>(made.data);
      for_elements<T>(a, [&](T v) { return *out++ = total = step(total, v), true; });
      return;
    }
    // One line of the axis after another.
    auto k = static_cast<size_t>(axis);
    int64_t n = a.shape[k], from_step = a.strides[k], to_step = made.strides[k];
    ArrayValue lines = a, outs = made;
    lines.shape[k] = outs.shape[k] = n > 0;
    for_lines(outs, lines, [&](char* p, int64_t count, int64_t stride_p, const char* q, int64_t stride_q) {
      for (int64_t i = 0; i < count; ++i, p += stride_p, q += stride_q) {
        Acc total = product;
        for (int64_t j = 0; j < n; ++j) {
          total = step(total, load_element<T>(q + j * from_step));
          *reinterpret_cast<Acc*>(p + j * to_step) = total;
        }
      }
      return true;
    });
  });
  return 0;
}

// Elements in the order of memory for an array in Fortran order, as Numba's nditer has them.
template <class T, class Each>
void in_memory_order(const ArrayValue& a, bool fortran, Each each) {
  for_elements<T>(fortran ? a.reversed() : static_cast<const Strided&>(a), each);
}

enum class Nan { count, skip };
struct Moments {
  double count = 0, variance = 0;
};

// var and std. Arguments: whether the root is wanted, NaNs skipped, in Fortran order; the array.
int32_t run_variance(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool root = in.integer() != 0, skip = in.integer() != 0, fortran = in.integer() != 0;
  ArrayValue a = in.array();
  return with_scalar(a.element, [&]<Scalar s>() -> int32_t {
    using T = interp::ElementType<s>;
    using Mean = std::conditional_t<s == Scalar::f32, float, double>;
    double ssd = 0;
    int64_t n = 0;
    auto counts = [skip](T v) { return !skip || v == v; };
    if (skip) {
      // nanmean's type: the sum in float64 for integers, in their own for floats; the mean is of that type.
      Mean sum = 0;
      in_memory_order<T>(a, fortran, [&](T v) {
        if (counts(v)) sum += static_cast<Mean>(v), ++n;
        return true;
      });
      Mean mean = n ? static_cast<Mean>(static_cast<double>(sum) / static_cast<double>(n)) : std::numeric_limits<Mean>::quiet_NaN();
      in_memory_order<T>(a, fortran, [&](T v) {
        if (counts(v)) {
          Mean d = static_cast<Mean>(v) - mean;
          ssd += static_cast<double>(d * d);
        }
        return true;
      });
      double variance = n ? ssd / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
      return *result = interp::put(root ? px_pow(variance, 0.5) : variance), 0;
    }
    n = a.size();
    if (n == 0) return raise(runtime::ExcKind::ZeroDivisionError, "division by zero");
    Mean sum = 0;
    in_memory_order<T>(a, fortran, [&](T v) { return sum += static_cast<Mean>(v), true; });
    auto mean = static_cast<Mean>(static_cast<double>(sum) / static_cast<double>(n));
    in_memory_order<T>(a, fortran, [&](T v) {
      Mean d = static_cast<Mean>(v) - mean;
      ssd += static_cast<double>(d * d);
      return true;
    });
    double variance = ssd / static_cast<double>(n);
    return *result = interp::put(root ? px_pow(variance, 0.5) : variance), 0;
  });
}

enum class Skipping { sum, product, mean, least, greatest };
// nansum, nanprod, nanmean, nanmin, nanmax: the results are of the element's type (sums of integers in 64 bits).
int32_t run_skipping(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto what = static_cast<Skipping>(in.integer());
  bool fortran = in.integer() != 0;
  ArrayValue a = in.array();
  if (a.size() == 0 && (what == Skipping::least || what == Skipping::greatest))
    return raise_value(what == Skipping::least ? "nanmin(): empty array" : "nanmax(): empty array");
  with_scalar(a.element, [&]<Scalar s>() {
    using T = interp::ElementType<s>;
    if (what == Skipping::least || what == Skipping::greatest) {
      T best = load_element<T>(a.data);
      in_memory_order<T>(a, fortran, [&](T v) {
        if (best != best || (v == v && (what == Skipping::least ? v < best : v > best))) best = v;
        return true;
      });
      return void(*result = interp::put(static_cast<interp::RegisterType<s>>(best)));
    }
    if (what == Skipping::mean) {
      using Mean = std::conditional_t<s == Scalar::f32, float, double>;
      Mean sum = 0;
      int64_t n = 0;
      in_memory_order<T>(a, fortran, [&](T v) {
        if (v == v) sum += static_cast<Mean>(v), ++n;
        return true;
      });
      double mean = n ? static_cast<double>(sum) / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
      return void(*result = interp::put(mean));
    }
    using Acc = interp::ElementType<accumulator(s)>;
    Acc total = what == Skipping::product;
    in_memory_order<T>(a, fortran, [&](T v) {
      if (v != v) return true;
      auto value = interp::wrap(static_cast<Acc>(v));
      total = static_cast<Acc>(what == Skipping::product ? interp::wrap(total) * value : interp::wrap(total) + value);
      return true;
    });
    *result = interp::put(total);
  });
  return 0;
}

int32_t run_count(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array();
  int64_t n = 0;
  with_scalar(a.element, [&]<Scalar s>() { for_elements<interp::ElementType<s>>(a, [&](auto v) { return n += v != 0, true; }); });
  *result = static_cast<uint64_t>(n);
  return 0;
}

int32_t run_spread(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array();
  if (a.size() == 0) return raise_value("zero-size array reduction not possible");
  with_scalar(a.element, [&]<Scalar s>() {
    using T = interp::ElementType<s>;
    T low = load_element<T>(a.data), high = low;
    for_elements<T>(a, [&](T v) {
      if (v != v) return low = high = v, false;
      if (v < low) low = v;
      if (v > high) high = v;
      return true;
    });
    using R = interp::RegisterType<s>;
    *result = interp::put(static_cast<R>(interp::wrap(static_cast<R>(high)) - interp::wrap(static_cast<R>(low))));
  });
  return 0;
}

// Arguments: whether there are weights, the least length, the array, the weights.
int32_t run_bincount(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool weighed = in.integer() != 0;
  ArrayValue a = in.array(), weights, made;
  int64_t least = 0;
  if (weighed) weights = in.array();
  least = in.integer();
  if (weighed && weights.shape[0] != a.shape[0]) return raise_value("bincount(): weights and list don't have the same length");
  if (least < 0) return raise_value("'minlength' must not be negative");
  bool negative = false;
  int64_t greatest = -1;
  std::vector<int64_t> values;
  values.reserve(static_cast<size_t>(a.size()));
  with_scalar(a.element, [&]<Scalar s>() {
    for_elements<interp::ElementType<s>>(a, [&](auto v) {
      auto i = static_cast<int64_t>(v);
      negative = negative || i < 0;
      greatest = std::max(greatest, i);
      return values.push_back(i), true;
    });
  });
  if (negative) return raise_value("bincount(): first argument must be non-negative");
  constexpr int64_t most = std::numeric_limits<int64_t>::max();  // is refused when the array is made
  const int64_t shape[] = {std::max(greatest < most ? greatest + 1 : most, least)};
  if (int32_t failed = make_array(weighed ? Scalar::f64 : Scalar::i64, shape, result, made)) return failed;
  std::fill_n(reinterpret_cast<uint64_t*>(made.data), shape[0], 0);
  if (!weighed) {
    for (int64_t i : values) ++reinterpret_cast<int64_t*>(made.data)[i];
    return 0;
  }
  auto at = values.begin();
  with_scalar(weights.element, [&]<Scalar s>() {
    for_elements<interp::ElementType<s>>(
        weights, [&](auto w) { return reinterpret_cast<double*>(made.data)[*at++] += static_cast<double>(w), true; });
  });
  return 0;
}

constexpr int product = 1;

Resolution running(Arguments a, const Builtin& self) {
  auto* t = a[0].type;
  if (!t->is_array() || t->ndim == 0) return {};
  bool axis = a.size() > 1 && !a[1].type->is_none();
  if (axis && !is_integer_type(a[1].type)) return {.advice = "the axis is an integer"};
  bool along = axis && t->ndim > 1;
  const Type* result = array_of(accumulator(t->scalar), along ? t->ndim : 1);
  Resolution r = call_array_function(result, "px_running", run_running, a.first(1), {t, types::int64()});
  r.parameters = {t};
  if (axis) r.parameters.push_back(types::int64());
  r.lower = [=, multiplies = self.data != nullptr](Emitter& e, std::span<const typed::Slot> s, typed::Slot d) {
    std::vector<typed::Slot> slots = {e.int_constant(multiplies), e.int_constant(axis), axis ? s[1] : e.int_constant(0),
                                      e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
    for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s[0] + k);
    e.call_runtime("px_running", run_running, std::move(slots), d, result->slots);
  };
  return r;
}

struct Variance {
  bool root, skip;
};
Resolution variance(Arguments a, const Builtin& self) {
  auto* t = a[0].type;
  if (!t->is_array()) return {};
  auto what = *static_cast<const Variance*>(self.data);
  return call_array_function(types::float64(), "px_variance", run_variance, a, {}, {what.root, what.skip, t->layout == Layout::f});
}

Resolution skipping(Arguments a, const Builtin& self) {
  auto* t = a[0].type;
  if (!t->is_array()) return {};
  auto what = *static_cast<const Skipping*>(self.data);
  bool sums = what == Skipping::sum || what == Skipping::product;
  const Type* result = what == Skipping::mean ? types::float64() : types::scalar(sums ? accumulator(t->scalar) : t->scalar);
  return call_array_function(result, "px_skipping_nan", run_skipping, a, {}, {static_cast<int64_t>(what), t->layout == Layout::f});
}

Resolution counted(Arguments a, const Builtin&) {
  if (!a[0].type->is_array()) return {};
  return call_array_function(types::int64(), "px_count_nonzero", run_count, a);
}
Resolution spread(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!t->is_array() || t->scalar == Scalar::boolean || (is_integer(t->scalar) && item_size(t->scalar) < 8)) return {};
  return call_array_function(types::scalar(t->scalar), "px_ptp", run_spread, a);
}
Resolution bincount(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!t->is_array() || t->ndim != 1 || !is_integer(t->scalar)) return {.advice = "it takes an array of integers in one dimension"};
  bool weighed = a.size() > 1 && !a[1].type->is_none();
  if (weighed && (!a[1].type->is_array() || a[1].type->ndim != 1)) return {};
  bool least = a.size() > 2;
  if (least && !is_integer_type(a[2].type)) return {};
  const Type* result = array_of(weighed ? Scalar::f64 : Scalar::i64, 1);
  std::vector<const Type*> given;
  for (auto& x : a) given.push_back(x.type);
  Resolution r = call_array_function(result, "px_bincount", run_bincount, a.first(1));
  r.parameters = given;
  r.lower = [=](Emitter& e, std::span<const typed::Slot> s, typed::Slot d) {
    std::vector<typed::Slot> slots = {e.int_constant(weighed)};
    for (size_t k = 0; k < (weighed ? 2U : 1U); ++k) {
      slots.push_back(e.int_constant(static_cast<int64_t>(given[k]->scalar) | int64_t{given[k]->ndim} << 8));
      for (uint32_t i = 0; i < given[k]->slots; ++i) slots.push_back(s[k] + i);
    }
    slots.push_back(least ? s[2] : e.int_constant(0));
    e.call_runtime("px_bincount", run_bincount, std::move(slots), d, result->slots);
  };
  return r;
}

constexpr Variance plain_variance{false, false}, deviation{true, false}, nan_variance{false, true}, nan_deviation{true, true};
constexpr Skipping nan_sum = Skipping::sum, nan_product = Skipping::product, nan_mean = Skipping::mean, nan_least = Skipping::least,
                   nan_greatest = Skipping::greatest;

const Builtin table[] = {
    {"numpy.cumsum",
     running,
     "the sums of the first elements; integers in 64 bits",
     "np.cumsum(np.full(3, x))",
     {"a", "axis"},
     1,
     nullptr,
     1,
     2},
    {"numpy.cumprod", running, "the products of the first elements", "np.cumprod(np.full(3, x))", {"a"}, 1, &product, 1, 1},
    {"numpy.var", variance, "the variance", "np.var(np.array((x, y, x)))", {"a"}, 1, &plain_variance, 1, 1},
    {"numpy.std", variance, "the standard deviation", "np.std(np.array((x, y, x)))", {"a"}, 1, &deviation, 1, 1},
    {"numpy.nanvar", variance, "the variance without nan", "np.nanvar(np.array((x, y, x)))", {"a"}, 1, &nan_variance, 1, 1},
    {"numpy.nanstd", variance, "the standard deviation without nan", "np.nanstd(np.array((x, y, x)))", {"a"}, 1, &nan_deviation, 1, 1},
    {"numpy.nansum", skipping, "the sum without nan", "np.nansum(np.array((x, y, x)))", {"a"}, 1, &nan_sum, 1, 1},
    {"numpy.nanprod", skipping, "the product without nan", "np.nanprod(np.array((x, y, x)))", {"a"}, 1, &nan_product, 1, 1},
    {"numpy.nanmean", skipping, "the mean without nan", "np.nanmean(np.array((x, y, x)))", {"a"}, 1, &nan_mean, 1, 1},
    {"numpy.nanmin", skipping, "the least element that is not nan", "np.nanmin(np.array((x, y, x)))", {"a"}, 1, &nan_least, 1, 1},
    {"numpy.nanmax", skipping, "the greatest element that is not nan", "np.nanmax(np.array((x, y, x)))", {"a"}, 1, &nan_greatest, 1, 1},
    {"numpy.count_nonzero", counted, "how many elements are true", "np.count_nonzero(np.array((x, y, x)))", {"a"}, 1, nullptr, 1, 1},
    {"numpy.ptp", spread, "the greatest element minus the least", "np.ptp(np.array((x, y, x)))", {"a"}, 1, nullptr, 1, 1},
    {"numpy.bincount",
     bincount,
     "how often each number occurs",
     "np.bincount(np.array((1, 3, 1)))",
     {"a", "weights", "minlength"},
     1,
     nullptr,
     1,
     3},
};

}  // namespace

std::span<const Builtin> statistics_builtins() {
  return table;
}

}  // namespace px::jit
