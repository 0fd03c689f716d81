// What px/library is written with besides the language: questions about element types, which are known when a function is compiled, tuples
// of sizes with an axis more, less or changed, and views of any shape.
#include <algorithm>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/known.h"
#include "jit/types/record.h"

namespace px::jit {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;

bool has_element(const Type* t) {
  return t->is_number() || t->is_array() || (t->kind == TypeKind::dtype && !is_record_dtype(t));
}

template <bool (*question)(Scalar)>
Resolution about_element(Arguments a, const Builtin&) {
  return known(has_element(a[0].type) && question(a[0].type->scalar));
}
bool whole(Scalar s) {
  return is_integer(s);
}
bool without_sign(Scalar s) {
  return is_unsigned(s);
}
bool real(Scalar s) {
  return is_float(s);
}
bool complex(Scalar s) {
  return is_complex(s);
}
bool truth(Scalar s) {
  return s == Scalar::boolean;
}

Resolution scalar_value(Arguments a, const Builtin&) {
  return known(a[0].type->is_number() || a[0].type->kind == TypeKind::string);
}

// NumPy's questions: of numbers and arrays, and of anything else that it takes for an array.
Resolution complex_object(Arguments a, const Builtin& self) {
  return known(has_element(a[0].type) && is_complex(a[0].type->scalar) == (self.name == "numpy.iscomplexobj"));
}

Resolution same_element(Arguments a, const Builtin&) {
  return known(has_element(a[0].type) && has_element(a[1].type) && a[0].type->scalar == a[1].type->scalar);
}

// What LAPACK factors.
Resolution matrix(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  return known(t->is_array() && t->ndim == 2 && (is_float(t->scalar) || is_complex(t->scalar)));
}

template <Layout layout>
Resolution about_layout(Arguments a, const Builtin&) {
  return known(a[0].type->is_array() && a[0].type->layout == layout);
}

bool sizes(const Type* t) {
  return t->is_tuple() && std::ranges::all_of(t->elements, [](auto* e) { return e == types::int64(); });
}
const Type* tuple_of_sizes(size_t count) {
  return types::tuple(std::vector<const Type*>(count, types::int64()));
}

// Arguments: how many there are, which is meant, the value if there is one, the tuple.
int32_t run_set(const uint64_t* x, uint64_t* result) {
  auto n = static_cast<int64_t>(x[0]), k = static_cast<int64_t>(x[1]);
  for (int64_t i = 0; i < n; ++i) result[i] = i == k ? x[2] : x[3 + i];
  return 0;
}
int32_t run_insert(const uint64_t* x, uint64_t* result) {
  auto n = static_cast<int64_t>(x[0]), k = static_cast<int64_t>(x[1]);
  for (int64_t i = 0; i <= n; ++i) result[i] = i == k ? x[2] : x[3 + i - (i > k)];
  return 0;
}
int32_t run_drop(const uint64_t* x, uint64_t* result) {
  auto n = static_cast<int64_t>(x[0]), k = static_cast<int64_t>(x[1]);
  for (int64_t i = 0; i + 1 < n; ++i) result[i] = x[3 + i + (i >= k)];
  return 0;
}

Resolution change(Arguments a, const Builtin& self) {
  if (!sizes(a[0].type) || !is_integer_type(a[1].type) || (a.size() > 2 && !is_integer_type(a[2].type))) return {};
  size_t count = a[0].type->elements.size(), after = count;
  const char* symbol = "px_tuple_set";
  typed::RuntimeFunction function = run_set;
  if (self.name.ends_with("tuple_insert")) symbol = "px_tuple_insert", function = run_insert, after = count + 1;
  if (self.name.ends_with("tuple_drop")) symbol = "px_tuple_drop", function = run_drop, after = count - 1;
  if (count == 0 && after < count) return {};
  const Type* result = tuple_of_sizes(after);
  std::vector<const Type*> parameters{a[0].type, types::int64()};
  if (a.size() > 2) parameters.push_back(types::int64());
  return {.result = result,
          .literal = {},
          .parameters = parameters,
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(count)), s[1], s.size() > 2 ? s[2] : s[1]};
                for (size_t k = 0; k < count; ++k) slots.push_back(s[0] + static_cast<Slot>(k));
                Slot to = e.temporary(result, std::max(result->slots, 1u));
                e.call_runtime(symbol, function, std::move(slots), to, std::max(result->slots, 1u));
                e.move(d, to, result->slots);
              },
          .advice = {}};
}

// view(a, offset, shape, strides), both in bytes: what the caller says of the memory is believed.
enum class Kind : uint8_t { any, like, c, readonly };
Resolution view(Arguments a, const Builtin& self) {
  auto* t = a[0].type;
  if (!t->is_array() || !is_integer_type(a[1].type) || !sizes(a[2].type) || !sizes(a[3].type) || a[2].type->slots != a[3].type->slots)
    return {};
  auto kind = *static_cast<const Kind*>(self.data);
  auto ndim = static_cast<int>(a[2].type->slots);
  if (ndim > 8) return {};
  Layout layout = kind == Kind::like ? t->layout : kind == Kind::c ? Layout::c : Layout::any;
  const Type* result = types::array(t->scalar, ndim, layout, t->writable && kind != Kind::readonly);
  return {.result = result,
          .literal = {},
          .parameters = {t, types::int64(), a[2].type, a[3].type},
          .lower =
              [=, from = t->ndim](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot to = e.temporary(result);
                e.binary(typed::Op::add_, Scalar::i64, to, s[0], s[1]);
                if (ndim > 0) {
                  e.move(to + array_shape_slot(ndim, 0), s[2], static_cast<uint32_t>(ndim));
                  e.move(to + array_stride_slot(ndim, 0), s[3], static_cast<uint32_t>(ndim));
                }
                e.move(to + array_flags_slot(ndim), kind == Kind::readonly ? e.int_constant(0) : s[0] + array_flags_slot(from), 1);
                e.move(d, to, result->slots);
              },
          .advice = {}};
}

// recast(a, dtype, shape, strides): the memory as elements of another type.
Resolution recast(Arguments a, const Builtin&) {
  auto *t = a[0].type, *element = a[1].type;
  if (!t->is_array() || element->kind != TypeKind::dtype || is_record_dtype(element) || !sizes(a[2].type) || a[2].type != a[3].type)
    return {};
  auto ndim = static_cast<int>(a[2].type->slots);
  const Type* result = types::array(element->scalar, ndim, t->layout, t->writable);
  return {.result = result,
          .literal = {},
          .parameters = {t, element, a[2].type, a[3].type},
          .lower =
              [=, from = t->ndim](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot to = e.temporary(result);
                e.move(to, s[0], 1);
                if (ndim > 0) {
                  e.move(to + array_shape_slot(ndim, 0), s[2], static_cast<uint32_t>(ndim));
                  e.move(to + array_stride_slot(ndim, 0), s[3], static_cast<uint32_t>(ndim));
                }
                e.move(to + array_flags_slot(ndim), s[0] + array_flags_slot(from), 1);
                e.move(d, to, result->slots);
              },
          .advice = {}};
}

// Arguments: the axes of the result, how many shapes, and of each how many sizes it has and these.
int32_t run_broadcast_shapes(const uint64_t* x, uint64_t* result) {
  const uint64_t ndim = x[0], count = x[1];
  std::fill_n(result, ndim, uint64_t{1});
  x += 2;
  for (uint64_t shape = 0; shape < count; ++shape) {
    const uint64_t n = *x++;
    for (uint64_t k = 0; k < n; ++k) {
      uint64_t size = *x++, &out = result[ndim - n + k];
      if (static_cast<int64_t>(size) < 0) return raise_value("negative dimensions are not allowed");
      if (size == 1) continue;
      if (out != 1 && out != size) return raise_value("shape mismatch: objects cannot be broadcast to a single shape");
      out = size;
    }
  }
  return 0;
}

Resolution broadcast_shapes(Arguments a, const Builtin&) {
  size_t ndim = 0;
  std::vector<const Type*> shapes;
  for (auto& one : a) {
    auto* t = one.type;
    const bool tuple = t->is_tuple() && std::ranges::all_of(t->elements, is_integer_type);
    if (!tuple && !is_integer_type(t)) return {.advice = "it takes integers and tuples of integers"};
    ndim = std::max<size_t>(ndim, t->slots);
    shapes.push_back(t);
  }
  const Type* result = tuple_of_sizes(ndim);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                if (ndim == 0) return;
                std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(ndim)), e.int_constant(static_cast<int64_t>(shapes.size()))};
                for (size_t k = 0; k < shapes.size(); ++k) {
                  slots.push_back(e.int_constant(shapes[k]->slots));
                  for (uint32_t j = 0; j < shapes[k]->slots; ++j) slots.push_back(s[k] + j);
                }
                Slot to = e.temporary(result);
                e.call_runtime("px_broadcast_shapes", run_broadcast_shapes, std::move(slots), to, result->slots);
                e.move(d, to, result->slots);
              },
          .advice = {}};
}

constexpr Kind any = Kind::any, like = Kind::like, in_c_order = Kind::c, readonly = Kind::readonly;

const Builtin table[] = {
    {"px.library.intrinsics.is_integer", about_element<whole>, "whether the elements are integers", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.is_unsigned", about_element<without_sign>, "whether they have no sign", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.is_float", about_element<real>, "whether the elements are floats", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.is_complex", about_element<complex>, "whether they are complex", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.is_boolean", about_element<truth>, "whether they are booleans", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.same_element", same_element, "whether two have one element type", "", {}, 0, nullptr, 2, 2, {}, true},
    {"px.library.intrinsics.is_matrix", matrix, "whether it is a matrix of floats or complex numbers", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.in_c_order", about_layout<Layout::c>, "whether an array is in C order", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.in_f_order", about_layout<Layout::f>, "whether in Fortran order", "", {}, 0, nullptr, 1, 1, {}, true},
    {"px.library.intrinsics.recast", recast, "an array's memory as other elements", "", {}, 0, nullptr, 4, 4, {}, true},
    {"px.library.intrinsics.tuple_set", change, "a tuple with another size at a place", "", {}, 0, nullptr, 3, 3},
    {"px.library.intrinsics.tuple_insert", change, "a tuple with a size more at a place", "", {}, 0, nullptr, 3, 3},
    {"px.library.intrinsics.tuple_drop", change, "a tuple without the size at a place", "", {}, 0, nullptr, 2, 2},
    {"px.library.intrinsics.view", view, "a view: offset, shape, strides", "", {}, 0, &any, 4, 4, {}, true},
    {"px.library.intrinsics.view_like", view, "a view in the array's own layout", "", {}, 0, &like, 4, 4, {}, true},
    {"px.library.intrinsics.view_c", view, "a view in C order", "", {}, 0, &in_c_order, 4, 4, {}, true},
    {"px.library.intrinsics.readonly_view", view, "a view that is not written to", "", {}, 0, &readonly, 4, 4, {}, true},
    {"numpy.broadcast_shapes",
     broadcast_shapes,
     "the shape that arrays of these shapes have together",
     "np.broadcast_shapes((2, 1), 3); np.broadcast_shapes()",
     {},
     0,
     nullptr,
     0,
     64},
    {"numpy.isscalar", scalar_value, "whether x is a number or a text", "np.isscalar(x)", {"element"}, 1, nullptr, 1, 1, {}, true},
    {"numpy.iscomplexobj",
     complex_object,
     "whether the type is a complex one",
     "np.iscomplexobj(x); np.iscomplexobj(np.full(2, x))",
     {"x"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
    {"numpy.isrealobj",
     complex_object,
     "whether the type is no complex one",
     "np.isrealobj(x); np.isrealobj(np.full(2, x))",
     {"x"},
     1,
     nullptr,
     1,
     1,
     {},
     true},
};

}  // namespace

std::span<const Builtin> intrinsic_builtins() {
  return table;
}

}  // namespace px::jit
