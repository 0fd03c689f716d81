// Sums, products, means and truths of arrays of complex numbers, whole and along an axis. One element after another, as Numba's loops.
#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/complex.h"

namespace px::jit {

using typed::Slot;

namespace {

enum class Fold : uint8_t { sum, product, mean, any, all };

// The slots that a result has: both parts, or a boolean.
constexpr uint32_t slots_of(Fold what) {
  return what == Fold::any || what == Fold::all ? 1 : 2;
}

template <class T, Fold what>
void fold(const Strided& a, uint64_t* out) {
  if constexpr (slots_of(what) == 1) {
    constexpr bool all = what == Fold::all;
    out[0] = for_elements<std::array<T, 2>>(a, [](std::array<T, 2> v) { return (v[0] != 0 || v[1] != 0) == all; }) == all;
    return;
  }
  T real = what == Fold::product, imaginary = 0;
  for_elements<std::array<T, 2>>(a, [&](std::array<T, 2> v) {
    if constexpr (what == Fold::product) {
      T before = real;
      real = before * v[0] - imaginary * v[1];
      imaginary = before * v[1] + imaginary * v[0];
    } else {
      real += v[0];
      imaginary += v[1];
    }
    return true;
  });
  if constexpr (what == Fold::mean) {
    if (a.size() == 0) {
      real = imaginary = std::numeric_limits<T>::quiet_NaN();
    } else {  // the quotient of two complex numbers: an infinity in one part makes the other nan
      double n = static_cast<double>(a.size()), ratio = 0.0 / n, x = real, y = imaginary;
      real = static_cast<T>((x + y * ratio) / n);
      imaginary = static_cast<T>((y - x * ratio) / n);
    }
  }
  out[0] = interp::put(real);
  out[1] = interp::put(imaginary);
}

// Arguments: whether the axes are in reverse, as a Fortran-ordered array lies in memory, the array.
template <class T, Fold what>
int32_t fold_all(const uint64_t* x, uint64_t* out) {
  ArrayValue a = Reader(x + 1).array();
  fold<T, what>(x[0] ? a.reversed() : a, out);
  return 0;
}

// Arguments: the axis, the array.
template <class T, Fold what>
int32_t fold_axis(const uint64_t* x, uint64_t* out) {
  Reader in(x);
  int64_t axis = in.integer();
  ArrayValue a = in.array(), made;
  if (axis < -a.ndim || axis >= a.ndim)
    return raise_value("axis " + std::to_string(axis) + " is out of bounds for array of dimension " + std::to_string(a.ndim));
  if (a.ndim == 1) return fold<T, what>(a, out), 0;
  auto k = static_cast<size_t>(axis < 0 ? axis + a.ndim : axis);
  Strided rest = a, line;
  rest.ndim = a.ndim - 1;
  for (auto d = k; d + 1 < static_cast<size_t>(a.ndim); ++d) {
    rest.shape[d] = a.shape[d + 1];
    rest.strides[d] = a.strides[d + 1];
  }
  line.ndim = 1;
  line.shape[0] = a.shape[k];
  line.strides[0] = a.strides[k];
  Scalar element = slots_of(what) == 1 ? Scalar::boolean : a.element;
  if (int32_t failed = make_array(element, std::span(rest.shape.data(), static_cast<size_t>(rest.ndim)), out, made)) return failed;
  char* to = made.data;
  for_lines(rest, rest, [&](char* p, int64_t n, int64_t stride, const char*, int64_t) {
    for (int64_t i = 0; i < n; ++i, p += stride, to += made.item()) {
      uint64_t value[2];
      line.data = p;
      fold<T, what>(line, value);
      put_number(to, element, value);
    }
    return true;
  });
  return 0;
}

struct Functions {
  typed::RuntimeFunction all, axis;
};
template <Fold what>
Functions functions(bool narrow) {
  return narrow ? Functions{fold_all<float, what>, fold_axis<float, what>} : Functions{fold_all<double, what>, fold_axis<double, what>};
}
Functions functions(Fold what, bool narrow) {
  switch (what) {
    case Fold::sum:
      return functions<Fold::sum>(narrow);
    case Fold::product:
      return functions<Fold::product>(narrow);
    case Fold::mean:
      return functions<Fold::mean>(narrow);
    case Fold::any:
      return functions<Fold::any>(narrow);
    case Fold::all:
      return functions<Fold::all>(narrow);
  }
  return {};
}

constexpr std::array<std::pair<std::string_view, Fold>, 5> names = {{{"numpy.sum", Fold::sum},
                                                                     {"numpy.prod", Fold::product},
                                                                     {"numpy.mean", Fold::mean},
                                                                     {"numpy.any", Fold::any},
                                                                     {"numpy.all", Fold::all}}};

}  // namespace

Resolution reduce_complex(std::span<const Argument> arguments, const Builtin& self) {
  auto* t = arguments[0].type;
  auto named = std::ranges::find(names, self.name, &std::pair<std::string_view, Fold>::first);
  if (named == names.end()) return {.advice = "of complex numbers: a loop over them"};
  Functions f = functions(named->second, t->scalar == Scalar::c64);
  Scalar element = slots_of(named->second) == 1 ? Scalar::boolean : t->scalar;
  bool axis = arguments.size() > 1 && !arguments[1].type->is_none();
  if (axis && (!is_integer_type(arguments[1].type) || t->ndim == 0)) return {.advice = "the axis is an integer"};
  const Type* result = !axis || t->ndim == 1 ? types::scalar(element) : array_of(element, t->ndim - 1);
  return {.result = result,
          .literal = {},
          .parameters = axis ? std::vector<const Type*>{t, types::int64()} : std::vector<const Type*>{},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots = {axis ? a[1] : e.int_constant(t->layout == Layout::f),
                                           e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
                for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(a[0] + k);
                e.call_runtime("px_fold_complex", axis ? f.axis : f.all, std::move(slots), d, result->slots);
              },
          .advice = {},
          .touch = Touch::reads};
}

}  // namespace px::jit
