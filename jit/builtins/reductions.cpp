// Reductions of whole arrays, and the methods of arrays. The order of the additions is part of a result: one after another, as Numba's.
#include <functional>
#include <string>

#include "jit/builtins/array.h"
#include "jit/builtins/array_functions.h"
#include "jit/builtins/builtin.h"
#include "jit/builtins/complex.h"
#include "jit/builtins/extreme_line.h"
#include "jit/builtins/fold_lines.h"
#include "jit/builtins/nditer.h"
#include "jit/builtins/record_bytes.h"
#include "jit/builtins/strided.h"
#include "jit/builtins/view.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

namespace {

// What elements are summed and multiplied in: integers and booleans in 64 bits.
constexpr Scalar accumulator(Scalar s) {
  if (is_float(s)) return s;
  return is_unsigned(s) ? Scalar::u64 : Scalar::i64;
}
constexpr Scalar mean_type(Scalar s) {
  return s == Scalar::f32 ? s : Scalar::f64;
}

// The slots of an array value; with the axes in reverse, as a Fortran-ordered one lies in memory.
std::vector<Slot> array_slots(Slot a, const Type* type, bool reversed = false) {
  int ndim = type->ndim;
  std::vector<Slot> slots = {a};
  for (auto part : {array_shape_slot(ndim, 0), array_stride_slot(ndim, 0)})
    for (int k = 0; k < ndim; ++k) slots.push_back(a + part + static_cast<Slot>(reversed ? ndim - 1 - k : k));
  slots.push_back(a + array_flags_slot(ndim));
  return slots;
}

// Each operation: a runtime function with arguments ndim and the array's slots. `s` is the element.
template <int first, class Combine>
struct Fold {
  static constexpr auto result = accumulator;
  template <Scalar s>
  static int32_t run(const uint64_t* x, uint64_t* out) {
    using Acc = interp::ElementType<accumulator(s)>;
    Acc total = first;
    for_elements<interp::ElementType<s>>(Strided::of(x + 1, static_cast<int>(x[0])), [&](auto v) {
      total = static_cast<Acc>(Combine{}(interp::wrap(total), interp::wrap(static_cast<Acc>(v))));
      return true;
    });
    *out = interp::put(total);
    return 0;
  }
  template <Scalar s>
  static void lines(const Strided& a, size_t axis, char* out) {
    using Acc = interp::ElementType<accumulator(s)>;
    fold_lines<Combine, interp::ElementType<s>, Acc>(a, axis, Acc(first), out);
  }
};
using Sum = Fold<0, std::plus<>>;
using Product = Fold<1, std::multiplies<>>;

struct Mean {
  static constexpr auto result = mean_type;
  template <Scalar s>
  static int32_t run(const uint64_t* x, uint64_t* out) {
    using Acc = interp::ElementType<mean_type(s)>;
    auto a = Strided::of(x + 1, static_cast<int>(x[0]));
    Acc total = 0;
    for_elements<interp::ElementType<s>>(a, [&](auto v) {
      total += static_cast<Acc>(v);
      return true;
    });
    auto n = a.size();
    *out = interp::put(n ? static_cast<Acc>(static_cast<double>(total) / static_cast<double>(n)) : std::numeric_limits<Acc>::quiet_NaN());
    return 0;
  }
};

int32_t empty(const char* text) {
  return runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, text), 1;
}

// Whether `a` takes the place of the best so far; a NaN ends the search.
template <bool greatest, class T>
bool better(T a, T best) {
  return greatest ? a > best : a < best;
}
template <class T>
bool is_nan(T a) {
  return a != a;  // NOLINT(misc-redundant-expression)
}

constexpr Scalar same(Scalar s) {
  return s;
}
constexpr Scalar index_type(Scalar) {
  return Scalar::i64;
}
constexpr Scalar boolean_type(Scalar) {
  return Scalar::boolean;
}

template <bool greatest>
struct Extreme {
  static constexpr auto result = same;
  template <Scalar s>
  static int32_t run(const uint64_t* x, uint64_t* out) {
    using T = interp::ElementType<s>;
    auto a = Strided::of(x + 1, static_cast<int>(x[0]));
    if (a.size() == 0)
      return empty(greatest ? "zero-size array to reduction operation maximum which has no identity"
                            : "zero-size array to reduction operation minimum which has no identity");
    T best = load_element<T>(a.data);
    for_lines(a, a, [&](const char* p, int64_t n, int64_t stride, const char*, int64_t) {
      if (is_nan(best)) return false;
      if (stride == sizeof(T)) {
        best = extreme_of_line<greatest>(p, n, best);
        return true;
      }
      for (int64_t k = 0; k < n && !is_nan(best); ++k, p += stride) {
        T v = load_element<T>(p);
        if (is_nan(v) || better<greatest>(v, best)) best = v;
      }
      return true;
    });
    *out = interp::put(static_cast<interp::RegisterType<s>>(best));
    return 0;
  }
};

template <bool greatest>
struct Place {
  static constexpr auto result = index_type;
  template <Scalar s>
  static int32_t run(const uint64_t* x, uint64_t* out) {
    using T = interp::ElementType<s>;
    auto a = Strided::of(x + 1, static_cast<int>(x[0]));
    if (a.size() == 0) return empty(greatest ? "attempt to get argmax of an empty sequence" : "attempt to get argmin of an empty sequence");
    T best = load_element<T>(a.data);
    int64_t place = 0, index = 0;
    for_elements<T>(a, [&](T v) {
      if (is_nan(best)) return false;
      if (is_nan(v) || better<greatest>(v, best)) {
        best = v;
        place = index;
      }
      ++index;
      return true;
    });
    *out = interp::put(place);
    return 0;
  }
};

template <bool all>
struct Truth {
  static constexpr auto result = boolean_type;
  template <Scalar s>
  static int32_t run(const uint64_t* x, uint64_t* out) {
    bool passed = for_elements<interp::ElementType<s>>(Strided::of(x + 1, static_cast<int>(x[0])), [](auto v) { return (v != 0) == all; });
    *out = passed == all;
    return 0;
  }
};

// All lines of an axis, the results in C order.
using LinesFunction = void (*)(const Strided& a, size_t axis, char* out);

struct Operation {
  const char* symbol;
  Scalar (*result)(Scalar);
  typed::RuntimeFunction (*function)(Scalar);
  bool memory_order;               // a Fortran-ordered array is walked as it lies in memory (Numba's nditer), not in index order
  LinesFunction (*lines)(Scalar);  // null where each line is computed by itself
};
template <class What>
constexpr Operation operation(const char* symbol, bool memory_order) {
  return {symbol, What::result,
          [](Scalar s) { return with_scalar(s, []<Scalar e>() -> typed::RuntimeFunction { return What::template run<e>; }); }, memory_order,
          [](Scalar s) {
            return with_scalar(s, []<Scalar e>() -> LinesFunction {
              if constexpr (requires { What::template lines<e>; }) return What::template lines<e>;
              return nullptr;
            });
          }};
}

// The same operation on each line of an axis. Arguments: the operation, that for all lines or 0, the result's scalar, the axis, whether
// places are asked for, which have Numba's errors of their own; the array.
int32_t reduce_lines(const uint64_t* x, uint64_t* out) {
  auto function = reinterpret_cast<typed::RuntimeFunction>(x[0]);
  auto lines = reinterpret_cast<LinesFunction>(x[1]);
  auto element = static_cast<Scalar>(x[2]);
  auto axis = static_cast<int64_t>(x[3]);
  const bool places = x[4] != 0;
  ArrayValue a = Reader(x + 5).array(), made;
  if (axis < -a.ndim || axis >= a.ndim)
    return raise_value(places ? "axis is out of bounds"
                              : "axis " + std::to_string(axis) + " is out of bounds for array of dimension " + std::to_string(a.ndim));
  auto k = static_cast<size_t>(axis < 0 ? axis + a.ndim : axis);
  if (places && a.ndim > 1 && a.shape[k] == 0) return raise(runtime::ExcKind::ZeroDivisionError, "division by zero");
  std::array<uint64_t, 5> line = {1, 0, static_cast<uint64_t>(a.shape[k]), static_cast<uint64_t>(a.strides[k]), 1};
  auto reduce_line = [&](const char* p, uint64_t* result) {
    line[1] = reinterpret_cast<uint64_t>(p);
    return function(line.data(), result);
  };
  if (a.ndim == 1) return reduce_line(a.data, out);
  Strided rest = a;
  rest.ndim = a.ndim - 1;
  for (auto d = k; d + 1 < static_cast<size_t>(a.ndim); ++d) {
    rest.shape[d] = a.shape[d + 1];
    rest.strides[d] = a.strides[d + 1];
  }
  if (int32_t failed = make_array(element, std::span(rest.shape.data(), static_cast<size_t>(rest.ndim)), out, made)) return failed;
  if (lines) return lines(a, k, made.data), 0;
  char* to = made.data;
  bool fine = with_scalar(element, [&]<Scalar s>() {
    return for_lines(rest, rest, [&](const char* p, int64_t n, int64_t stride, const char*, int64_t) {
      for (int64_t i = 0; i < n; ++i, p += stride, to += sizeof(interp::ElementType<s>)) {
        uint64_t value = 0;
        if (reduce_line(p, &value) != 0) return false;
        *reinterpret_cast<interp::ElementType<s>*>(to) = static_cast<interp::ElementType<s>>(interp::get<interp::RegisterType<s>>(value));
      }
      return true;
    });
  });
  return fine ? 0 : 1;
}

Resolution along_axis(const Type* t, const Operation& what, const Type* element) {
  if (t->ndim == 0) return {};
  const Type* result = t->ndim == 1 ? element : array_of(element->scalar, t->ndim - 1);
  return {.result = result,
          .literal = {},
          .parameters = {t, types::int64()},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(reinterpret_cast<uintptr_t>(what.function(t->scalar)))),
                                           e.int_constant(static_cast<int64_t>(reinterpret_cast<uintptr_t>(what.lines(t->scalar)))),
                                           e.int_constant(static_cast<int64_t>(element->scalar)),
                                           a[1],
                                           e.int_constant(std::string_view(what.symbol).starts_with("px_arg")),
                                           e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{t->ndim} << 8)};
                for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(a[0] + k);
                e.call_runtime("px_reduce_lines", reduce_lines, std::move(slots), d, result->slots);
              },
          .advice = {},
          .touch = Touch::reads};
}

Resolution reduce(std::span<const Argument> arguments, const Builtin& self) {
  auto* t = arguments[0].type;
  auto& what = *static_cast<const Operation*>(self.data);
  if (!t->is_array()) return {.advice = "it takes an array"};
  if (is_complex(t->scalar)) return reduce_complex(arguments, self);
  bool axis = arguments.size() > 1 && !arguments[1].type->is_none();
  if (axis && !(arguments[1].type->is_scalar() && is_integer(arguments[1].type->scalar))) return {.advice = "the axis is an integer"};
  const Type* result = types::scalar(what.result(t->scalar));
  if (axis) return along_axis(t, what, result);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [t, what](Emitter& e, std::span<const Slot> a, Slot d) {
                auto slots = array_slots(a[0], t, what.memory_order && t->layout == Layout::f);
                slots.insert(slots.begin(), e.int_constant(t->ndim));
                e.call_runtime(what.symbol, what.function(t->scalar), std::move(slots), d, 1);
              },
          .advice = {},
          .touch = Touch::reads};
}

// A new array of scalar `to` in C order, or in Fortran order.
void emit_convert(Emitter& e, const Type* from, Slot a, const Type* result, Slot d) {
  bool fortran = result->layout == Layout::f;
  auto slots = array_slots(a, from, fortran);
  slots.insert(slots.begin(),
               {e.int_constant(static_cast<int>(result->scalar) + 16 * static_cast<int>(from->scalar)), e.int_constant(from->ndim)});
  if (!fortran) return e.call_runtime("px_array_convert", array_convert, std::move(slots), d, result->slots);
  Slot made = e.temporary(result);
  e.call_runtime("px_array_convert", array_convert, std::move(slots), made, result->slots);
  auto turned = array_slots(made, result, true);
  for (uint32_t k = 0; k < result->slots; ++k) e.move(d + k, turned[k], 1);
}

// A copy in C order. Records are copied as bytes: bytes_of must have some for them.
void emit_packed(Emitter& e, const Type* t, Slot from, const Type* result, Slot d) {
  if (!t->is_records()) return emit_convert(e, t, from, result, d);
  Slot made = e.temporary(bytes_of(result));
  emit_convert(e, bytes_of(t), emit_bytes_of(e, t, from), bytes_of(result), made);
  emit_records_of(e, result, made, d);
}
bool is_copied(const Type* t) {
  return t->is_array() || (t->is_records() && bytes_of(t));
}

// A method's copy (with `data`) is in C order, the function's in the array's.
Resolution copied(std::span<const Argument> arguments, const Builtin& self) {
  auto* t = arguments[0].type;
  if (!is_copied(t)) return {};
  bool columns = !self.data && t->is_array() && t->layout == Layout::f;
  const Type* result = array_of_element(element_type(t), t->ndim, columns ? Layout::f : Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_packed(e, t, a[0], result, d); },
          .advice = {},
          .touch = Touch::reads};
}

Resolution as_type(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  auto element = element_of_dtype(arguments[1]);
  if (!t->is_array() || !element) return {.advice = "give the type as a NumPy type such as np.int64"};
  if (is_complex(t->scalar) && !is_complex(*element)) return {.advice = "the real parts are a.real"};
  const Type* result = types::array(*element, t->ndim, t->layout == Layout::f ? Layout::f : Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_convert(e, t, a[0], result, d); },
          .advice = {},
          .touch = Touch::reads};
}

void emit_reshape(Emitter& e, const Type* from, Slot a, std::span<const Slot> shape, const Type* result, Slot d) {
  std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(element_bytes(from))), e.int_constant(result->ndim),
                             e.int_constant(from->ndim)};
  slots.insert(slots.end(), shape.begin(), shape.end());
  auto array = array_slots(a, from);
  slots.insert(slots.end(), array.begin(), array.end());
  e.call_runtime("px_array_reshape", array_reshape, std::move(slots), d, result->slots);
}

// ravel: a view of a C-ordered array, else a copy. flatten (with `data`): always a copy.
Resolution flat(std::span<const Argument> arguments, const Builtin& self) {
  auto* t = arguments[0].type;
  if (!is_copied(t)) return {};
  bool copies = self.data || t->layout != Layout::c;
  const Type *result = array_of_element(element_type(t), 1, Layout::c, copies || t->writable),
             *packed = array_of_element(element_type(t), t->ndim, Layout::c);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot from = a[0];
                if (copies) emit_packed(e, t, a[0], packed, from = e.temporary(packed));
                const Slot shape[] = {e.int_constant(-1)};
                emit_reshape(e, packed, from, shape, result, d);
              },
          .advice = {},
          .touch = copies ? Touch::reads : Touch::nothing};
}

Resolution reshaped(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_array() && !t->is_records()) return {};
  if (t->layout != Layout::c) return {.advice = "only arrays in C order can be reshaped: take a.copy() first"};
  auto whole = [](const Type* type) { return type->is_scalar() && is_integer(type->scalar); };
  std::vector<const Type*> sizes;
  for (auto& a : arguments.subspan(1)) {
    if (a.type->is_tuple() && arguments.size() == 2) {
      sizes = a.type->elements;
    } else {
      sizes.push_back(a.type);
    }
  }
  for (auto* s : sizes)
    if (!whole(s)) return {.advice = "the shape must be integers"};
  if (sizes.size() > 8) return {.advice = "at most 8 dimensions"};
  const Type* result = array_of_element(element_type(t), static_cast<int>(sizes.size()), Layout::c, t->writable);
  bool tuple = arguments.size() == 2;
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> shape(a.begin() + 1, a.end());
                if (tuple) shape.clear();
                for (size_t k = 0; tuple && k < sizes.size(); ++k) shape.push_back(a[1] + static_cast<Slot>(k));
                emit_reshape(e, t, a[0], shape, result, d);
              },
          .advice = {}};
}

Resolution filled(std::span<const Argument> arguments, const Builtin&) {
  auto *t = arguments[0].type, *value = arguments[1].type;
  if (!t->is_array() || !value->is_number()) return {};
  if (!t->writable) return {.advice = "the array is read-only here"};
  return {.result = types::none(),
          .literal = {},
          .parameters = {t, types::scalar(t->scalar)},
          .lower = [t](Emitter& e, std::span<const Slot> a, Slot) { emit_fill(e, t, a[0], a[1]); },
          .advice = {},
          .touch = Touch::writes};
}

const Operation sum = operation<Sum>("px_sum", true), product = operation<Product>("px_prod", true),
                mean = operation<Mean>("px_mean", true), least = operation<Extreme<false>>("px_min", true),
                greatest = operation<Extreme<true>>("px_max", true), place_of_least = operation<Place<false>>("px_argmin", false),
                place_of_greatest = operation<Place<true>>("px_argmax", false), any = operation<Truth<false>>("px_any", true),
                all = operation<Truth<true>>("px_all", true);
constexpr int copies_always = 1;

const Builtin table[] = {
    {"numpy.sum",
     reduce,
     "the sum of an array, one element after another; integers in 64 bits",
     "np.sum(np.ones(3)); np.sum(np.full(3, x))",
     {"a", "axis"},
     1,
     &sum,
     1,
     2,
     {},
     true},
    {"numpy.prod", reduce, "the product of an array's elements", "np.prod(np.full(3, x))", {"a", "axis"}, 1, &product, 1, 2, {}, true},
    {"numpy.mean", reduce, "the mean of an array; nan of an empty one", "np.mean(np.full(3, x))", {"a", "axis"}, 1, &mean, 1, 2, {}, true},
    {"numpy.min", reduce, "the least element; nan where there is one", "np.min(np.full(3, x))", {"a", "axis"}, 1, &least},
    {"numpy.max", reduce, "the greatest element; nan where there is one", "np.max(np.full(3, x))", {"a", "axis"}, 1, &greatest},
    {"numpy.argmin",
     reduce,
     "the place of the first least element, in index order",
     "np.argmin(np.full(3, x))",
     {"a", "axis"},
     1,
     &place_of_least},
    {"numpy.argmax",
     reduce,
     "the place of the first greatest element, in index order",
     "np.argmax(np.full(3, x))",
     {"a", "axis"},
     1,
     &place_of_greatest},
    {"numpy.any", reduce, "whether an element is true", "np.any(np.full(3, x))", {"a", "axis"}, 1, &any, 1, 2, {}, true},
    {"numpy.all", reduce, "whether all elements are true", "np.all(np.full(3, x))", {"a", "axis"}, 1, &all, 1, 2, {}, true},
    {"numpy.copy", copied, "a copy, in C or Fortran order", "np.copy(np.full(3, x))[1]", {"a"}, 1, nullptr, 1, 1, {}, true},
    {"numpy.ravel",
     flat,
     "an array in one dimension: a view of one in C order, else a copy",
     "np.ravel(np.ones((2, 3)))[5]",
     {"a"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.reshape",
     reshaped,
     "the elements of a C-ordered array in other dimensions",
     "np.reshape(np.ones(6), (2, 3))[1, 2]",
     {"a", "shape"},
     2,
     nullptr,
     2,
     2,
     {},
     true},
};

// Only methods.
const Builtin methods[] = {
    {"reshape", reshaped, "a.reshape(n, …), a.reshape((n, …)): of an array in C order", "", {}, 0, nullptr, 2, 255, {}, true},
    {"flatten", flat, "a copy in one dimension", "", {}, 0, &copies_always, 1, 1, {}, true},
    {"copy", copied, "a copy in C order", "", {}, 0, &copies_always, 1, 1, {}, true},
    {"astype", as_type, "a copy with another element type", "", {"self", "dtype"}, 2, nullptr, 2, 2, {}, true},
    {"fill", filled, "sets all elements", "", {"self", "value"}, 2, nullptr, 2, 2, {}, true},
};

}  // namespace

std::span<const Builtin> reduction_builtins() {
  return table;
}

const Builtin* find_method(std::string_view name) {
  for (auto& entry : methods)
    if (entry.name == name) return &entry;
  if (name == "sort") return &sort_method_builtin();
  if (name == "item") return &item_method_builtin();
  // The rest are functions of the same name.
  for (std::string_view method : {"argsort", "cumsum", "cumprod", "var", "std", "nonzero", "transpose", "repeat", "dot", "take", "ptp"})
    if (method == name) return find_builtin("numpy." + std::string(name));
  for (auto& entry : table)
    if (entry.name.substr(6) == name) return &entry;
  return nullptr;
}

}  // namespace px::jit
