// NumPy: arrays of Python's sequences.
#include <array>
#include <vector>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/list.h"

namespace px::jit {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;

// Arguments: the scalar of the result, rows, columns, whether it has one dimension, the values' slots.
int32_t run_array_of(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto element = static_cast<Scalar>(in.integer());
  const int64_t shape[] = {in.integer(), in.integer()};
  bool flat = in.integer() != 0;
  ArrayValue made;
  if (int32_t failed = make_array(element, std::span(shape, flat ? 1 : 2), result, made)) return failed;
  char* to = made.data;
  int64_t count = flat ? shape[0] : shape[0] * shape[1];
  const uint64_t* slots = in.here();
  for (int64_t k = 0; k < count; ++k, to += made.item(), slots += is_complex(element) ? 2 : 1) put_number(to, element, slots);
  return 0;
}

// Arguments: the scalars of the result and of the items, how many of them lie in a row (0: each item is an element, -1: the items are lists
// of them), the list.
int32_t run_array_of_list(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto element = static_cast<Scalar>(in.integer()), given = static_cast<Scalar>(in.integer());
  int64_t columns = in.integer();
  auto& list = *reinterpret_cast<const ListHeader*>(in.word());
  bool nested = columns < 0, flat = columns == 0;
  auto row_of = [&](int64_t k) -> auto& { return *reinterpret_cast<const ListHeader*>(list.items[k]); };
  if (nested) columns = list.size ? row_of(0).size : 0;
  const int64_t shape[] = {list.size, columns};
  auto dimensions = std::span(shape, flat ? 1 : 2);
  int64_t width = is_complex(given) ? 2 : 1, row = flat ? 1 : columns;
  ArrayValue made;
  std::array<uint64_t, 2 + 2 * Strided::most> slots{};
  bool converts = element != given;
  if (int32_t failed = make_array(given, dimensions, converts ? slots.data() : result, made)) return failed;
  char* to = made.data;
  for (int64_t k = 0; k < list.size; ++k) {
    if (nested && row_of(k).size != columns) return raise_value("incompatible sequence shape");
    const uint64_t* items = nested ? row_of(k).items : list.items + k * row * width;
    for (int64_t i = 0; i < row; ++i, to += made.item()) put_number(to, given, items + i * width);
  }
  if (!converts) return 0;
  ArrayValue other;
  return packed_copy(made, element, result, other);
}

// np.array of a list of numbers, of tuples or of lists of them.
Resolution array_of_list(const Type* list, std::optional<Scalar> wanted) {
  auto* item = list->elements[0];
  int64_t columns = item->is_tuple() ? static_cast<int64_t>(item->elements.size()) : item->is_list() ? -1 : 0;
  auto* number = columns == 0 ? item : item->elements.empty() ? types::none() : item->elements[0];
  if (item->is_tuple())
    for (auto* t : item->elements)
      if (t != number) return {.advice = "rows of one type"};
  if (!number->is_number()) return {.advice = "a list of numbers, or of tuples or lists of them"};
  if (wanted && is_complex(number->scalar) && !is_complex(*wanted)) return {.advice = "complex numbers do not fit"};
  Scalar element = wanted.value_or(number->scalar);
  const Type* result = array_of(element, columns == 0 ? 1 : 2);
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                e.call_runtime("px_array_of_list", run_array_of_list,
                               {e.int_constant(static_cast<int64_t>(element)), e.int_constant(static_cast<int64_t>(number->scalar)),
                                e.int_constant(columns), s[0]},
                               d, result->slots);
              },
          .advice = {}};
}

// np.array of a tuple of numbers, or of tuples of them; of a list; of an array.
Resolution array_of_sequence(Arguments a, const Builtin&) {
  auto* list = a[0].type;
  std::optional<Scalar> wanted;
  if (a.size() > 1 && !a[1].type->is_none()) {
    wanted = element_of_dtype(a[1]);
    if (!wanted) return {.advice = "give dtype as a NumPy type such as np.int64"};
  }
  if (list->is_array()) {
    if (list->ndim == 0) return {};
    static const auto& copy = *find_builtin("numpy.copy");
    if (!wanted || *wanted == list->scalar) return copy.resolve(a.first(1), copy);
    return {.advice = "use a.astype"};
  }
  if (list->is_list()) return array_of_list(list, wanted);
  constexpr const char* advice = "it takes numbers in a list or a tuple, or rows of them";
  if (!list->is_tuple() || list->elements.empty()) return {.advice = advice};
  std::vector<const Type*> numbers;
  bool flat = list->elements[0]->is_number();
  size_t columns = flat ? 1 : list->elements[0]->elements.size();
  for (auto* t : list->elements) {
    if (flat) {
      numbers.push_back(t);
    } else {
      if (!t->is_tuple() || t->elements.size() != columns) return {.advice = "rows of one length"};
      numbers.insert(numbers.end(), t->elements.begin(), t->elements.end());
    }
  }
  for (auto* t : numbers)
    if (!t->is_number()) return {.advice = advice};
  if (numbers.empty()) return {};
  const Type* common = wanted ? types::scalar(*wanted) : unify(numbers);
  if (!common) return {};
  for (auto* t : numbers)
    if (conversion(t, common) == Conversion::impossible) return {.advice = "numbers that the type can hold"};
  const Type* result = array_of(common->scalar, flat ? 1 : 2);
  auto rows = static_cast<int64_t>(list->elements.size());
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(common->scalar)), e.int_constant(rows),
                                           e.int_constant(static_cast<int64_t>(columns)), e.int_constant(flat)};
                Slot at = s[0];
                for (auto* t : numbers) {
                  Slot value = e.convert(at, t, common);
                  for (uint32_t k = 0; k < common->slots; ++k) slots.push_back(value + k);
                  at += t->slots;
                }
                e.call_runtime("px_array_of", run_array_of, std::move(slots), d, result->slots);
              },
          .advice = {}};
}

const Builtin table[] = {
    {"numpy.array",
     array_of_sequence,
     "an array of the numbers in a tuple or a list, or in rows of them; of an array: a copy",
     "np.array((x, y, 1)); np.array(((x, 1), (2, y))); np.array([x, y]); np.array([[x, y], [y, x]]); np.array([(x, x), (y, y)], "
     "np.float64)",
     {"object", "dtype"},
     1,
     nullptr,
     1,
     2,
     {},
     true},
};

}  // namespace

std::span<const Builtin> sequence_builtins() {
  return table;
}

}  // namespace px::jit
