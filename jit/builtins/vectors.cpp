// NumPy: limits, interpolation, vector products, norms and singular values.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/blas.h"
#include "jit/builtins/elementwise.h"

namespace px::jit {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;

bool is_array(const Type* t) {
  return t->is_array() && t->ndim > 0;
}

// Arguments: the scalar in which values are compared, whether there is a least and a greatest, both, the array.
int32_t run_clip(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto common = static_cast<Scalar>(in.integer());
  bool has_low = in.integer() != 0, has_high = in.integer() != 0;
  uint64_t low_slot = in.word(), high_slot = in.word();
  ArrayValue a = in.array(), made;
  if (!has_low && !has_high) return raise_value("array_clip: must set either max or min");
  if (int32_t failed = make_array(a.element, std::span(a.shape.data(), static_cast<size_t>(a.ndim)), result, made)) return failed;
  with_scalar(common, [&]<Scalar c>() {
    if constexpr (c == Scalar::f64 || c == Scalar::f32 || c == Scalar::i64 || c == Scalar::u64) {
      auto low = interp::get<interp::RegisterType<c>>(low_slot), high = interp::get<interp::RegisterType<c>>(high_slot);
      with_scalar(a.element, [&]<Scalar s>() {
        using T = interp::ElementType<s>;
        for_lines(made, a, [&](char* p, int64_t n, int64_t, const char* q, int64_t stride) {
          auto* to = reinterpret_cast<T*>(p);
          auto one = [&](T element) {
            auto v = static_cast<decltype(low)>(interp::convert<c>(static_cast<interp::RegisterType<s>>(element)));
            if (has_low) v = low > v ? low : v;
            if (has_high) v = high < v ? high : v;
            return static_cast<T>(interp::convert<s>(v));
          };
          if (stride == sizeof(T)) {
            for (int64_t k = 0; k < n; ++k) to[k] = one(load_element<T>(q, k));
          } else {
            for (int64_t k = 0; k < n; ++k, q += stride) to[k] = one(load_element<T>(q));
          }
          return true;
        });
      });
    }
  });
  return 0;
}

std::vector<double> reals(const ArrayValue& a) {
  std::vector<double> list;
  list.reserve(static_cast<size_t>(a.size()));
  with_scalar(a.element, [&]<Scalar s>() {
    for_elements<interp::ElementType<s>>(a, [&](auto v) { return list.push_back(static_cast<double>(v)), true; });
  });
  return list;
}

// The function through the points (xp, fp) at x; xp increases.
int32_t run_interp(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue at = in.array(), xp = in.array(), fp = in.array(), made;
  auto dx = reals(xp), dy = reals(fp);
  if (dx.empty()) return raise_value("array of sample points is empty");
  if (dx.size() != dy.size()) return raise_value("fp and xp are not of the same size.");
  if (int32_t failed = make_array(Scalar::f64, std::span(at.shape.data(), static_cast<size_t>(at.ndim)), result, made)) return failed;
  auto* to = reinterpret_cast<double*>(made.data);
  size_t last = dx.size() - 1;
  for (double v : reals(at)) {
    double r = 0;
    if (last == 0) {
      r = dy[0];
    } else if (std::isnan(v)) {
      r = v;
    } else if (v > dx[last]) {
      r = dy[last];
    } else if (v < dx[0]) {
      r = dy[0];
    } else {
      auto j = static_cast<size_t>(std::ranges::upper_bound(dx, v) - dx.begin());
      j = j ? j - 1 : 0;
      if (j >= last || dx[j] == v) {
        r = dy[std::min(j, last)];
      } else {
        double slope = (dy[j + 1] - dy[j]) / (dx[j + 1] - dx[j]);
        r = slope * (v - dx[j]) + dy[j];
        if (std::isnan(r)) r = slope * (v - dx[j + 1]) + dy[j + 1];
        if (std::isnan(r) && dy[j] == dy[j + 1]) r = dy[j];
      }
    }
    *to++ = r;
  }
  return 0;
}

// The norm of a line, as Numba asks BLAS for it: where the elements are a whole number of them apart, else of a copy.
int32_t run_norm(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array();
  if (a.size() > 1 && (a.strides[0] <= 0 || a.strides[0] % a.item() != 0)) a = packed(a);
  if (!a.data) return 1;
  *result = 0;
  blas::store_norm(a.element, a.size(), a.data, a.size() > 1 ? a.strides[0] / a.item() : 1, result);
  return 0;
}

// The singular values of a matrix, the greatest first.
int32_t run_singular_values(const uint64_t* x, uint64_t* result) {
  ArrayValue a = Reader(x).array(), copy, made, turned = a;
  std::swap(turned.shape[0], turned.shape[1]);
  std::swap(turned.strides[0], turned.strides[1]);
  std::array<uint64_t, 6> slots{};
  const int64_t m = a.shape[0], n = a.shape[1], count[] = {std::min(m, n)};
  if (int32_t failed = packed_copy(turned, a.element, slots.data(), copy)) return failed;
  if (int32_t failed = make_array(is_complex(a.element) ? part_of_complex(a.element) : a.element, count, result, made)) return failed;
  alignas(16) char unused[2][16] = {};
  int32_t answer = blas::gesdd(a.element, 'N', m, n, copy.data, m, made.data, unused[0], m, unused[1], 1);
  if (answer == blas::no_lapack)
    return raise(runtime::ExcKind::NotImplementedError, "singular values need NumPy's LAPACK, which is not there");
  return answer == 0 ? 0 : raise_value("Internal algorithm failed to converge.");
}

// Lines of three elements.
int32_t run_cross(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue a = packed(in.array()), b = packed(in.array()), made;
  if (!a.data || !b.data) return 1;
  auto last = static_cast<size_t>(a.ndim - 1);
  if (a.shape[last] != 3 || b.shape[last] != 3) return raise_value("Incompatible dimensions for cross product\n(dimension must be 2 or 3)");
  if (a.shape != b.shape) return shapes_differ();
  if (int32_t failed = make_array(a.element, std::span(a.shape.data(), static_cast<size_t>(a.ndim)), result, made)) return failed;
  auto lines = [&]<class T>(T) {
    auto *p = reinterpret_cast<const T*>(a.data), *q = reinterpret_cast<const T*>(b.data);
    auto* to = reinterpret_cast<T*>(made.data);
    for (int64_t k = 0; k < a.size(); k += 3, p += 3, q += 3, to += 3) {
      to[0] = p[1] * q[2] - p[2] * q[1];
      to[1] = p[2] * q[0] - p[0] * q[2];
      to[2] = p[0] * q[1] - p[1] * q[0];
    }
  };
  if (a.element == Scalar::f32) {
    lines(float{});
  } else {
    lines(double{});
  }
  return 0;
}

Resolution clip(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!is_array(t) || t->scalar == Scalar::boolean) return {.advice = "it takes an array and two numbers"};
  const Type* common = types::scalar(t->scalar);
  std::array<bool, 2> given{};
  for (size_t k = 1; k < 3; ++k) {
    if (k >= a.size() || a[k].type->is_none()) continue;
    if (!a[k].type->is_scalar()) return {.advice = "the limits are numbers"};
    given[k - 1] = true;
    common = unify(common, a[k].type);
    if (!common) return {};
  }
  common = types::scalar(register_kind(common->scalar));
  std::vector<const Type*> parameters = {t};
  for (size_t k = 1; k < a.size(); ++k) parameters.push_back(given[k - 1] ? common : a[k].type);
  const Type* result = types::array(t->scalar, t->ndim, Layout::c);
  if (t->layout == Layout::f) return {.advice = "an array in C order: take a copy first"};
  return {.result = result,
          .literal = {},
          .parameters = parameters,
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot nothing = e.int_constant(0);
                std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(common->scalar)),
                                           e.int_constant(given[0]),
                                           e.int_constant(given[1]),
                                           given[0] ? s[1] : nothing,
                                           given[1] ? s[2] : nothing,
                                           e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
                for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s[0] + k);
                e.call_runtime("px_clip", run_clip, std::move(slots), d, result->slots);
              },
          .advice = {}};
}

Resolution interpolated(Arguments a, const Builtin&) {
  if (!is_array(a[0].type)) return {.advice = "it takes arrays"};
  for (size_t k = 1; k < 3; ++k)
    if (!is_array(a[k].type) || a[k].type->ndim != 1) return {.advice = "xp and fp are arrays in one dimension"};
  return call_array_function(array_of(Scalar::f64, a[0].type->ndim), "px_interp", run_interp, a);
}
bool in_blas(const Type* t) {
  return is_array(t) && (is_float(t->scalar) || is_complex(t->scalar));
}
Scalar real_of(Scalar s) {
  return is_complex(s) ? part_of_complex(s) : s;
}
Resolution norm(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!in_blas(t) || t->ndim != 1) return {};
  return call_array_function(types::scalar(real_of(t->scalar)), "px_norm", run_norm, a);
}
Resolution singular_values(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (!in_blas(t) || t->ndim != 2) return {};
  return call_array_function(array_of(real_of(t->scalar), 1), "px_singular_values", run_singular_values, a);
}
Resolution cross(Arguments a, const Builtin&) {
  auto *x = a[0].type, *y = a[1].type;
  bool fits = is_array(x) && is_array(y) && x->ndim == y->ndim && x->ndim <= 2 && x->scalar == y->scalar && is_float(x->scalar);
  if (!fits) return {.advice = "it takes two arrays of vectors of one float type"};
  return call_array_function(array_of(x->scalar, x->ndim), "px_cross", run_cross, a);
}

const Builtin table[] = {
    {"numpy.clip",
     clip,
     "no less than one number, no more than another",
     "np.clip(np.array((x, y)), 0, 1)",
     {"a", "a_min", "a_max"},
     1,
     nullptr,
     1,
     3},
    {"numpy.interp",
     interpolated,
     "a function through points, line by line",
     "np.interp(np.array((x, y)), np.arange(3.0), np.array((1.0, 2.0, 7.0)))",
     {"x", "xp", "fp"},
     3,
     nullptr,
     3,
     3},
    {"px.library.intrinsics.norm", norm, "the root of the sum of squares", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.singular_values", singular_values, "a matrix's singular values", "", {}, 0, nullptr, 1, 1, {}, true},
    {"numpy.cross",
     cross,
     "the vector product of lines of three",
     "np.cross(np.array((0.5, 1.5, x)), np.array((0.25, 1.5, y)))",
     {"a", "b"},
     2,
     nullptr,
     2,
     2},
};

}  // namespace

std::span<const Builtin> vector_builtins() {
  return table;
}

}  // namespace px::jit
