// np.random.permutation and np.random.choice.
#include <algorithm>
#include <numeric>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/random.h"
#include "jit/builtins/random_samplers.h"

namespace px::jit {

using typed::Slot;
using Arguments = std::span<const Argument>;

namespace {

// Rows that lie one after another, in another order.
void shuffle_packed(char* data, int64_t rows, size_t bytes) {
  for (int64_t i = rows - 1; i > 0; --i) {
    auto j = static_cast<int64_t>(next_below(*px_random_numpy(), static_cast<uint64_t>(i + 1), true));
    std::swap_ranges(data + static_cast<size_t>(i) * bytes, data + static_cast<size_t>(i + 1) * bytes,
                     data + static_cast<size_t>(j) * bytes);
  }
}

int32_t counted(int64_t n, uint64_t* result, ArrayValue& made) {
  const int64_t shape[] = {std::max<int64_t>(n, 0)};
  if (int32_t failed = make_array(Scalar::i64, shape, result, made)) return failed;
  std::iota(reinterpret_cast<int64_t*>(made.data), reinterpret_cast<int64_t*>(made.data) + shape[0], 0);
  return 0;
}

// Arguments: whether a number is given; the number or the array.
int32_t run_permutation(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  ArrayValue made;
  if (in.integer() != 0) {
    if (int32_t failed = counted(in.integer(), result, made)) return failed;
  } else {
    ArrayValue a = in.array();
    if (int32_t failed = packed_copy(a, a.element, result, made)) return failed;
  }
  int64_t rows = made.shape[0];
  if (rows > 0) shuffle_packed(made.data, rows, static_cast<size_t>(made.size() / rows * made.item()));
  return 0;
}
Resolution permutation(Arguments a, const Builtin&) {
  auto* t = a[0].type;
  if (is_integer_type(t)) return call_array_function(array_of(Scalar::i64, 1), "px_permutation", run_permutation, a, {types::int64()}, {1});
  if (!t->is_array() || t->ndim == 0 || is_complex(t->scalar)) return {.advice = "it takes an array or an integer"};
  return call_array_function(array_of(t->scalar, t->ndim), "px_permutation", run_permutation, a, {}, {0});
}

// Arguments: whether with replacement, how many dimensions (0: one element), their sizes, whether a number is given, the number or the
// array.
int32_t run_choice(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  bool replace = in.integer() != 0;
  std::vector<int64_t> shape(static_cast<size_t>(in.integer()));
  for (auto& size : shape) size = in.integer();
  ArrayValue population, made;
  std::array<uint64_t, 4> own{};
  bool number = in.integer() != 0;
  int64_t n = 0;
  if (number) {
    n = in.integer();
  } else {
    population = in.array();
    n = population.shape[0];
  }
  size_t bytes = number ? 8 : static_cast<size_t>(population.item());
  auto take = [&](char* to) {
    auto at = static_cast<int64_t>(next_below(*px_random_numpy(), static_cast<uint64_t>(n), true));
    std::memcpy(to, number ? reinterpret_cast<const char*>(&at) : population.data + at * population.strides[0], bytes);
  };
  constexpr const char* none = "empty range for randrange()";
  if (shape.empty()) {
    if (n <= 0) return raise_value(none);
    std::array<char, 8> value{};
    take(value.data());
    with_scalar(number ? Scalar::i64 : population.element, [&]<Scalar s>() {
      *result = interp::put(static_cast<interp::RegisterType<s>>(load_element<interp::ElementType<s>>(value.data())));
    });
    return 0;
  }
  if (int32_t failed = make_array(number ? Scalar::i64 : population.element, shape, result, made)) return failed;
  int64_t count = made.size();
  if (replace) {
    if (count > 0 && n <= 0) return raise_value(none);
    for (int64_t k = 0; k < count; ++k) take(made.data + static_cast<size_t>(k) * bytes);
    return 0;
  }
  if (count > n) return raise_value("Cannot take a larger sample than population when 'replace=False'");
  ArrayValue all;
  if (int32_t failed = number ? counted(n, own.data(), all) : packed_copy(population, population.element, own.data(), all)) return failed;
  shuffle_packed(all.data, n, bytes);
  std::memcpy(made.data, all.data, static_cast<size_t>(count) * bytes);
  return 0;
}
Resolution choice(Arguments a, const Builtin&) {
  const Type* t = a[0].type;
  bool number = is_integer_type(t);
  if (!number && !(t->is_array() && t->ndim == 1 && !is_complex(t->scalar))) return {.advice = "it takes a line or an integer"};
  const Type* size = a.size() > 1 && !a[1].type->is_none() ? a[1].type : nullptr;
  bool tuple = size && size->is_tuple();
  if (size && !is_integer_type(size) && !(tuple && !size->elements.empty() && std::ranges::all_of(size->elements, is_integer_type)))
    return {.advice = "the size is an integer or a tuple of integers"};
  bool says = a.size() > 2 && !a[2].type->is_none();
  if (says && !(a[2].type->is_scalar())) return {.advice = "`replace` is a boolean"};
  Scalar element = number ? Scalar::i64 : t->scalar;
  int ndim = !size ? 0 : tuple ? static_cast<int>(size->elements.size()) : 1;
  const Type* result = ndim ? array_of(element, ndim) : types::scalar(element);
  Resolution r{.result = result, .literal = {}, .parameters = {number ? types::int64() : t}, .lower = {}, .advice = {}};
  if (a.size() > 1) r.parameters.push_back(a[1].type);
  if (a.size() > 2) r.parameters.push_back(says ? types::boolean() : a[2].type);
  r.lower = [=](Emitter& e, std::span<const Slot> s, Slot d) {
    std::vector<Slot> slots = {says ? s[2] : e.int_constant(1), e.int_constant(ndim)};
    for (int k = 0; k < ndim; ++k) slots.push_back(s[1] + static_cast<Slot>(k));
    slots.push_back(e.int_constant(number));
    if (!number) slots.push_back(e.int_constant(static_cast<int64_t>(t->scalar) | int64_t{1} << 8));
    for (uint32_t k = 0; k < (number ? 1 : t->slots); ++k) slots.push_back(s[0] + k);
    e.call_runtime("px_choice", run_choice, std::move(slots), d, result->slots);
  };
  return r;
}

const Builtin table[] = {
    {"numpy.random.permutation", permutation, "the rows of a copy, or the numbers below n, in another order", "", {"x"}, 1, nullptr, 1, 1},
    {"numpy.random.choice", choice, "elements of a line, or numbers below n, by chance", "", {"a", "size", "replace"}, 1, nullptr, 1, 3},
};

}  // namespace

std::span<const Builtin> choice_builtins() {
  return table;
}

}  // namespace px::jit
