// Python's built-in functions about values themselves: isinstance, iter, next, slice, print.
#include <algorithm>

#include "jit/builtins/builtin.h"
#include "jit/builtins/contexts.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/known.h"
#include "jit/infer/infer.h"
#include "jit/types/record.h"

namespace px::jit {

using typed::Slot;

namespace {

// Whether a value of type `t` is an instance of the class that `of` means; nothing where `of` is no class that px knows.
std::optional<bool> is_instance(const Type* t, const Type* of) {
  if (of->kind == TypeKind::dtype) return !is_record_dtype(of) && t->is_number() && t->scalar == of->scalar;
  if (of->kind == TypeKind::tuple_class) return t->is_tuple() && t->text == of->text;
  if (of->kind != TypeKind::builtin) return std::nullopt;
  const std::string& name = of->text;
  // As in Numba an int is an int64, a float a float64: narrower ones are NumPy's.
  if (name == "int") return t == types::int64();
  if (name == "float") return t == types::float64();
  if (name == "complex") return t == types::scalar(Scalar::c128);
  if (name == "bool") return t == types::boolean();
  if (name == "str") return t->kind == TypeKind::string;
  if (name == "tuple") return t->is_tuple();
  if (name == "list") return t->is_list();
  if (name == "range") return t->kind == TypeKind::range;
  if (name == "slice") return t->kind == TypeKind::slice;
  if (name == "numpy.ndarray") return t->is_array();
  return std::nullopt;
}

Resolution instance(std::span<const Argument> arguments, const Builtin&) {
  auto *t = arguments[0].type, *of = arguments[1].type;
  if (t->is_optional()) return {.advice = "isinstance of a value that may be None: ask `is None` first"};
  std::vector<const Type*> classes = of->is_tuple() ? of->elements : std::vector<const Type*>{of};
  for (auto* one : classes) {
    auto answer = is_instance(t, one);
    if (!answer) return {.advice = "the class is int, float, complex, bool, str, tuple, list, range, np.ndarray or a NumPy scalar type"};
    if (*answer) return known(true);  // what comes after is not looked at
  }
  return known(false);
}

Resolution iterator(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  const Type* inner = iterator_of(from);
  if (!inner) return {.advice = "it takes what a loop goes over"};
  if (inner == from)
    return {.result = inner,
            .literal = {},
            .parameters = {},
            .lower = [inner](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], inner->slots); },
            .advice = {}};
  return {.result = shared_iterator(inner),
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_shared_iterator(e, from, a[0], d); },
          .advice = {}};
}

Resolution next_item(std::span<const Argument> arguments, const Builtin&) {
  auto* it = arguments[0].type;
  if (it->kind != TypeKind::iterator || it->text != "shared") return {.advice = "it takes an iterator that iter() has made"};
  return {.result = yielded(it),
          .literal = {},
          .parameters = {},
          .lower =
              [it](Emitter& e, std::span<const Slot> a, Slot d) {
                uint32_t done = e.new_label(), end = e.new_label();
                emit_next(e, it, a[0], d, done);
                e.jump(end);
                e.bind(done);
                e.raise(typed::Raise{.kind = runtime::ExcKind::StopIteration, .message = {}, .types = {}, .arguments = {}});
                e.bind(end);
              },
          .advice = {}};
}

Resolution make_slice(std::span<const Argument> arguments, const Builtin&) {
  // slice(stop), slice(start, stop[, step]); None: not given.
  const Type* parts[3] = {types::none(), types::none(), types::none()};
  size_t first = arguments.size() == 1 ? 1 : 0;
  for (size_t k = 0; k < arguments.size(); ++k) {
    auto* t = arguments[k].type;
    if (!t->is_none() && !(t->is_scalar() && is_integer(t->scalar))) return {.advice = "its bounds are integers or None"};
    parts[first + k] = t;
  }
  const Type* result = types::slice(!parts[0]->is_none(), !parts[1]->is_none(), !parts[2]->is_none());
  std::vector<bool> given;
  for (size_t k = 0; k < arguments.size(); ++k) given.push_back(!arguments[k].type->is_none());
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot to = e.temporary(result);
                for (Slot k = 0; k < 3; ++k) e.move(to + k, e.int_constant(0), 1);
                for (size_t k = 0; k < a.size(); ++k)
                  if (given[k]) e.move(to + static_cast<Slot>(first + k), a[k], 1);
                e.move(d, to, 3);
              },
          .advice = {}};
}

Resolution not_made(std::span<const Argument>, const Builtin&) {
  return {.advice = "it stands in isinstance alone"};
}

bool printable(const Type* t) {
  if (t->is_tuple()) return std::ranges::all_of(t->elements, printable);
  return t->is_number() || t->is_none() || t->kind == TypeKind::string;
}

int32_t print_values(const uint64_t* x, uint64_t*) {
  if (MainCallSink sink = main_call_sink().load(std::memory_order_acquire)) sink(0, reinterpret_cast<const Type*>(x[0]), x + 1);
  return 0;
}

Resolution print(std::span<const Argument> arguments, const Builtin&) {
  std::vector<const Type*> list;
  for (auto& a : arguments) {
    if (!printable(a.type)) return {.advice = "it takes numbers, text, None and tuples of them"};
    list.push_back(a.type);
  }
  const Type* tuple = types::tuple(list);
  return {.result = types::none(),
          .literal = {},
          .parameters = {},
          .lower =
              [tuple](Emitter& e, std::span<const Slot> a, Slot) {
                std::vector<Slot> slots{e.int_constant(reinterpret_cast<int64_t>(tuple))};
                for (size_t k = 0; k < tuple->elements.size(); ++k)
                  for (uint32_t s = 0; s < tuple->elements[k]->slots; ++s) slots.push_back(a[k] + s);
                e.call_runtime("px_print", print_values, std::move(slots), e.temporary(types::int64()), 1);
              },
          .advice = {}};
}

const Builtin table[] = {
    {"isinstance",
     instance,
     "whether the type is one of those named; known when the function is compiled",
     "isinstance(x, float); isinstance(x, (int, bool))",
     {},
     0,
     nullptr,
     2,
     2,
     {},
     true},
    {"iter", iterator, "an iterator for next()", "", {}, 0, nullptr, 1, 1, {}, true},
    {"next", next_item, "the next item of an iterator that iter() has made; StopIteration", "", {}, 0, nullptr, 1, 1},
    {"slice", make_slice, "slice(stop), slice(start, stop[, step])", "", {}, 0, nullptr, 1, 3},
    {"print", print, "numbers, text and tuples, printed by the main thread once the call is over", "", {}, 0, nullptr, 0, 64},
    {"str", not_made, "the class of texts, for isinstance", "", {}, 0, nullptr, 0, 255},
    {"numpy.ndarray", not_made, "the class of arrays, for isinstance", "", {}, 0, nullptr, 0, 255},
};

}  // namespace

std::span<const Builtin> python_value_builtins() {
  return table;
}

}  // namespace px::jit
