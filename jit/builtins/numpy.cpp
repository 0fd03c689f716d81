// NumPy: making arrays. (Types such as np.uint8 are values of their own kind: calling one is a cast, see inference.)
#include "jit/builtins/array.h"
#include "jit/builtins/builtin.h"

namespace px::jit {

using typed::Slot;

namespace {

// What `dtype=` says; float64 where it is not given.
std::optional<Scalar> element_type(const Argument& a) {
  if (a.type->is_none()) return Scalar::f64;
  if (a.type->kind == TypeKind::dtype) return a.type->scalar;
  if (a.type->kind == TypeKind::builtin) {
    if (a.type->text == "float") return Scalar::f64;
    if (a.type->text == "int") return Scalar::i64;
    if (a.type->text == "bool") return Scalar::boolean;
  }
  if (a.type->kind == TypeKind::string)
    for (size_t k = 0; k < scalar_count; ++k)
      if (numpy_name(static_cast<Scalar>(k)) == a.type->text) return static_cast<Scalar>(k);
  return {};
}

// `data`: 0 empty, 1 zeros, 2 ones.
Resolution make(std::span<const Argument> arguments, const Builtin& self) {
  auto fill = *static_cast<const int*>(self.data);
  auto* shape = arguments[0].type;
  auto element = arguments.size() > 1 ? element_type(arguments[1]) : Scalar::f64;
  if (!element) return {.advice = "give dtype as a NumPy type such as np.int64"};
  auto whole = [](const Type* t) { return t->is_scalar() && is_integer(t->scalar); };
  int ndim = 1;
  if (shape->is_tuple()) {
    ndim = static_cast<int>(shape->elements.size());
    for (auto* e : shape->elements)
      if (!whole(e)) return {.advice = "the shape must be integers"};
    if (ndim > 8) return {.advice = "at most 8 dimensions"};
  } else if (!whole(shape) && shape != types::boolean()) {
    return {.advice = "the shape must be an integer or a tuple of integers"};
  }
  const Type* result = types::array(*element, ndim, Layout::c);
  uint64_t bits = fill == 2 ? constant_bits(Constant{int64_t{1}}, *element) : 0;
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots = {e.int_constant(ndim), e.int_constant(static_cast<int64_t>(item_size(*element))),
                                           e.int_constant(fill), e.constant(bits, types::uint64())};
                for (int axis = 0; axis < ndim; ++axis) slots.push_back(a[0] + static_cast<Slot>(axis));
                e.call_runtime("px_array_new", array_new, std::move(slots), d, result->slots);
              },
          .advice = {}};
}

constexpr int empty = 0, zeros = 1, ones = 2;

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
};

}  // namespace

std::span<const Builtin> numpy_builtins() {
  return table;
}

}  // namespace px::jit
