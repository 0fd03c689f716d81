#include "jit/builtins/interlocked.h"

#include <algorithm>
#include <string>

#include "jit/builtins/contexts.h"
#include "jit/builtins/strided.h"
#include "jit/infer/infer.h"
#include "jit/interp/value.h"
#include "runtime/context.h"
#include "runtime/interlocked.h"
#include "runtime/interlocked_list.h"

namespace px::jit {

using typed::Slot;

namespace {

namespace atomic = runtime::interlocked;

struct Add {
  static constexpr const char* symbol = "px_interlocked_add";
  template <class T>
  static T apply(std::atomic_ref<T> value, T n) {
    return atomic::add(value, n);
  }
};
struct Sub {
  static constexpr const char* symbol = "px_interlocked_sub";
  template <class T>
  static T apply(std::atomic_ref<T> value, T n) {
    return atomic::sub(value, n);
  }
};
struct Max {
  static constexpr const char* symbol = "px_interlocked_max";
  template <class T>
  static T apply(std::atomic_ref<T> value, T n) {
    return atomic::max(value, n);
  }
};
struct Min {
  static constexpr const char* symbol = "px_interlocked_min";
  template <class T>
  static T apply(std::atomic_ref<T> value, T n) {
    return atomic::min(value, n);
  }
};
struct Exchange {
  static constexpr const char* symbol = "px_interlocked_exchange";
  template <class T>
  static T apply(std::atomic_ref<T> value, T n) {
    return value.exchange(n);
  }
};

template <class T>
std::atomic_ref<T> at(uint64_t address) {
  return std::atomic_ref(*reinterpret_cast<T*>(address));
}

// --- Objects. Arguments: the address, then values.

template <class T, class Change>
int32_t change_object(const uint64_t* x, uint64_t* out) {
  *out = interp::put(Change::apply(at<T>(x[0]), interp::get<T>(x[1])));
  return 0;
}
template <class T>
int32_t exchange_if(const uint64_t* x, uint64_t* out) {
  *out = interp::put(atomic::compare_exchange(at<T>(x[0]), interp::get<T>(x[1]), interp::get<T>(x[2])));
  return 0;
}
template <class T>
int32_t load_object(const uint64_t* x, uint64_t* out) {
  *out = interp::put(at<T>(x[0]).load());
  return 0;
}

// One of three functions, by the object's element.
struct Functions {
  typed::RuntimeFunction i64, u64, f64;
  typed::RuntimeFunction of(Scalar s) const { return s == Scalar::i64 ? i64 : s == Scalar::u64 ? u64 : f64; }
};
struct Method {
  const char* symbol;
  Functions functions;
};
template <class Change>
constexpr Method change{Change::symbol, {change_object<int64_t, Change>, change_object<uint64_t, Change>, change_object<double, Change>}};
constexpr Method compare_exchange{"px_interlocked_compare_exchange", {exchange_if<int64_t>, exchange_if<uint64_t>, exchange_if<double>}};

// Whether a value may be put where `element`s are: nothing is lost but what a float64 cannot hold of an integer.
bool fits(const Type* value, Scalar element) {
  return value->is_scalar() && (is_float(element) || !is_float(value->scalar));
}
constexpr std::string_view numbers = "it takes numbers, and whole ones where the values are integers: convert with int(…)";

Resolution of_object(std::span<const Argument> arguments, const Builtin& self) {
  const Type* object = arguments[0].type;
  auto& method = *static_cast<const Method*>(self.data);
  std::vector<const Type*> parameters{object};
  for (auto& a : arguments.subspan(1)) {
    if (!fits(a.type, object->scalar)) return {.advice = std::string(numbers)};
    parameters.push_back(types::scalar(object->scalar));
  }
  return {.result = types::scalar(object->scalar),
          .literal = {},
          .parameters = parameters,
          .lower = [object, &method](
                       Emitter& e, std::span<const Slot> a,
                       Slot d) { e.call_runtime(method.symbol, method.functions.of(object->scalar), {a.begin(), a.end()}, d, 1); },
          .advice = {}};
}

// --- A list. Arguments: its address, the values' type, their slots.

int32_t push_item(const uint64_t* x, uint64_t*) {
  auto* type = reinterpret_cast<const Type*>(x[1]);
  if (reinterpret_cast<runtime::InterlockedList*>(x[0])->push(type, {x + 2, type->slots})) return 0;
  return runtime::Context::current()->exc.set(runtime::ExcKind::MemoryError), 1;
}

bool holds_memory(const Type* t) {
  return t->is_tuple() ? std::ranges::any_of(t->elements, holds_memory) : t->is_array();
}

Resolution push(std::span<const Argument> arguments, const Builtin&) {
  const Type* item = arguments[1].type;
  if (holds_memory(item))
    throw InferenceError{runtime::ExcKind::PersistenceError,
                         "an array pushed to an interlocked list would outlive its context: push its numbers, or return it"};
  if (!consists_of_numbers(item)) return {.advice = "push numbers, booleans, None or tuples of them"};
  return {.result = types::none(),
          .literal = {},
          .parameters = {},
          .lower =
              [item](Emitter& e, std::span<const Slot> a, Slot) {
                std::vector<Slot> slots{a[0], e.int_constant(reinterpret_cast<int64_t>(item))};
                for (uint32_t k = 0; k < item->slots; ++k) slots.push_back(a[1] + k);
                e.call_runtime("px_interlocked_push", push_item, std::move(slots), e.temporary(types::int64()), 1);
              },
          .advice = {}};
}

// --- Elements of arrays. Arguments: checks (1), ndim, which indices are unsigned (a bit each), the array, the indices, the value.

int32_t outside(int64_t index, bool is_unsigned, int axis, uint64_t size) {
  const std::string text = is_unsigned ? std::to_string(static_cast<uint64_t>(index)) : std::to_string(index);
  runtime::Context::current()->exc.set(runtime::ExcKind::IndexError, "index " + text + " is out of bounds for axis " +
                                                                         std::to_string(axis) + " with size " + std::to_string(size));
  return 1;
}

// Whether all elements lie where the processor changes them in one step. Fields of packed records do not, whatever their type says.
template <class T>
bool all_aligned(const uint64_t* array, int ndim) {
  uint64_t places = array[array_data_slot];
  for (int axis = 0; axis < ndim; ++axis)
    if (array[array_shape_slot(ndim, axis)] > 1) places |= array[array_stride_slot(ndim, axis)];
  return places % sizeof(T) == 0;
}
int32_t not_aligned() {
  runtime::Context::current()->exc.set(
      runtime::ExcKind::TypingError,
      "px.interlocked takes aligned elements only, which fields of packed records are not: use an array of "
      "its own for them, or a dtype with align=True");
  return 1;
}

template <class T, class Change>
int32_t change_element(const uint64_t* x, uint64_t* out) {
  const bool checked = x[0] != 0;
  const int ndim = static_cast<int>(x[1]);
  const uint64_t *array = x + 3, *index = array + 2 + 2 * ndim;
  if (!all_aligned<T>(array, ndim)) return not_aligned();
  uint64_t address = array[array_data_slot];
  for (int axis = 0; axis < ndim; ++axis) {
    const bool is_unsigned = x[2] >> axis & 1;
    const uint64_t size = array[array_shape_slot(ndim, axis)];
    const auto given = static_cast<int64_t>(index[axis]);
    const uint64_t place = given < 0 && !is_unsigned ? index[axis] + size : index[axis];
    if (checked && place >= size) return outside(given, is_unsigned, axis, size);
    address += place * array[array_stride_slot(ndim, axis)];
  }
  *out = interp::put(Change::apply(at<T>(address), interp::get<T>(index[ndim])));
  return 0;
}

struct ElementChange {
  const char* symbol;
  typed::RuntimeFunction (*function)(Scalar);
};
template <class Change>
constexpr ElementChange element_change{Change::symbol, [](Scalar s) {
                                         return with_scalar(s, []<Scalar element>() -> typed::RuntimeFunction {
                                           return change_element<interp::ElementType<element>, Change>;
                                         });
                                       }};

Resolution of_element(std::span<const Argument> arguments, const Builtin& self) {
  const Type *array = arguments[0].type, *index = arguments[1].type, *value = arguments[2].type;
  auto& change = *static_cast<const ElementChange*>(self.data);
  if (!array->is_array()) return {.advice = "it takes an array, an index and a number"};
  if (array->scalar == Scalar::boolean) return {.advice = "an array of numbers, not of booleans"};
  if (!array->writable)
    throw InferenceError{runtime::ExcKind::ProtectionError,
                         "the array is read-only here: a context writes only to arrays that it was handed as writable arguments"};
  const std::vector<const Type*> indices = index->is_tuple() ? index->elements : std::vector<const Type*>{index};
  uint64_t unsigned_ones = 0;
  for (size_t k = 0; k < indices.size(); ++k) {
    if (!indices[k]->is_scalar() || !is_integer(indices[k]->scalar)) return {.advice = "indices are integers, one an axis"};
    unsigned_ones |= uint64_t{is_unsigned(indices[k]->scalar)} << k;
  }
  if (indices.size() != array->ndim)
    return {.advice = "one index an axis: " + std::to_string(array->ndim) + ", not " + std::to_string(indices.size())};
  if (!fits(value, array->scalar)) return {.advice = std::string(numbers)};
  const Type* element = types::scalar(array->scalar);
  return {.result = element,
          .literal = {},
          .parameters = {array, index, element},
          .lower =
              [array, unsigned_ones, &change](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots{e.int_constant(e.bounds_check), e.int_constant(array->ndim),
                                        e.int_constant(static_cast<int64_t>(unsigned_ones))};
                for (uint32_t k = 0; k < array->slots; ++k) slots.push_back(a[0] + k);
                for (uint32_t k = 0; k < array->ndim; ++k) slots.push_back(a[1] + k);
                slots.push_back(a[2]);
                e.call_runtime(change.symbol, change.function(array->scalar), std::move(slots), d, 1);
              },
          .advice = {}};
}

const Builtin functions[] = {
    {"px.interlocked.add", of_element, "array[index] += value in one atomic step; the value before", "", {}, 0, &element_change<Add>, 3, 3},
    {"px.interlocked.max",
     of_element,
     "array[index] = max(array[index], value) in one atomic step; the value before",
     "",
     {},
     0,
     &element_change<Max>,
     3,
     3},
    {"px.interlocked.min",
     of_element,
     "array[index] = min(array[index], value) in one atomic step; the value before",
     "",
     {},
     0,
     &element_change<Min>,
     3,
     3},
};

const Builtin methods[] = {
    {"add", of_object, "adds; the value before", "", {}, 0, &change<Add>, 2, 2},
    {"sub", of_object, "subtracts; the value before", "", {}, 0, &change<Sub>, 2, 2},
    {"max", of_object, "the greater of the two stays; the value before", "", {}, 0, &change<Max>, 2, 2},
    {"min", of_object, "the lesser of the two stays; the value before", "", {}, 0, &change<Min>, 2, 2},
    {"exchange", of_object, "stores; the value before", "", {}, 0, &change<Exchange>, 2, 2},
    {"compare_exchange", of_object, "stores the second if the value is the first; the value before", "", {}, 0, &compare_exchange, 3, 3},
};
const Builtin list_methods[] = {{"push", push, "appends", "", {}, 0, nullptr, 2, 2}};

}  // namespace

std::span<const Builtin> interlocked_builtins() {
  return functions;
}

const Builtin* find_interlocked_method(const Type* object, std::string_view name) {
  const bool list = object->text == "List";
  for (auto& entry : list ? std::span<const Builtin>(list_methods) : std::span<const Builtin>(methods))
    if (entry.name == name) return &entry;
  return nullptr;
}

typed::RuntimeFunction interlocked_load(const Type* object) {
  static constexpr Functions loads{load_object<int64_t>, load_object<uint64_t>, load_object<double>};
  return loads.of(object->scalar);
}

}  // namespace px::jit
