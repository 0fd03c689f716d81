#include "jit/builtins/contexts.h"

#include <algorithm>
#include <string>

#include "jit/builtins/children.h"
#include "jit/infer/infer.h"

namespace px::jit {

using runtime::Context;
using runtime::ExcKind;
using typed::Slot;

std::atomic<MainCallSink>& main_call_sink() {
  static std::atomic<MainCallSink> sink{nullptr};
  return sink;
}

bool holds_own_memory(const Context& context, const Type* type, const uint64_t*& slots) {
  if (type->is_tuple()) {
    bool found = false;
    for (auto* e : type->elements) found = holds_own_memory(context, e, slots) || found;
    return found;
  }
  const bool refers = type->is_array() || type->is_records() || type->is_record();
  const bool own = refers && context.arena.contains(reinterpret_cast<const void*>(slots[array_data_slot]));
  slots += type->slots;
  return own;
}

bool consists_of_numbers(const Type* t) {
  if (!t->is_tuple()) return t->is_scalar() || t->is_none();
  return std::ranges::all_of(t->elements, consists_of_numbers);
}

namespace {

// --- Calls for the main thread. Arguments: the Python object, the arguments' type, their slots.

int32_t call_main(const uint64_t* x, uint64_t*) {
  if (MainCallSink sink = main_call_sink().load(std::memory_order_acquire)) sink(x[0], reinterpret_cast<const Type*>(x[1]), x + 2);
  return 0;
}

Resolution call_from_main(std::span<const Argument> arguments, const Builtin&) {
  if (arguments[0].type->kind == TypeKind::builtin && arguments[0].type->text == "print") {
    auto& print = *find_builtin("print");
    Resolution r = print.resolve(arguments.subspan(1), print);
    r.lower = [lower = r.lower](Emitter& e, std::span<const Slot> a, Slot d) { lower(e, a.subspan(1), d); };
    return r;
  }
  if (arguments[0].type->kind != TypeKind::python) return {.advice = "the first argument is an ordinary Python function, a global"};
  std::vector<const Type*> types;
  for (auto& a : arguments.subspan(1)) {
    if (!consists_of_numbers(a.type))
      throw InferenceError{ExcKind::PersistenceError, to_string(a.type) +
                                                          " handed to the main thread would outlive its context: hand over numbers, "
                                                          "booleans, None or tuples of them"};
    types.push_back(a.type);
  }
  const Type* tuple = types::tuple(types);
  return {.result = types::none(),
          .literal = {},
          .parameters = {},
          .lower =
              [tuple](Emitter& e, std::span<const Slot> a, Slot) {
                std::vector<Slot> slots{a[0], e.int_constant(reinterpret_cast<int64_t>(tuple))};
                for (size_t k = 0; k < tuple->elements.size(); ++k)
                  for (uint32_t s = 0; s < tuple->elements[k]->slots; ++s) slots.push_back(a[k + 1] + s);
                e.call_runtime("px_call_main", call_main, std::move(slots), e.temporary(types::int64()), 1);
              },
          .advice = {}};
}

// --- Snapshots. `begin`: how many arrays to copy; of each its ndim, item size and slots. Gives the depth. `end`: the depth.

int32_t snapshot_begin(const uint64_t* x, uint64_t* result) {
  auto& context = *Context::current();
  auto& stack = context.snapshots;
  if (stack.size() >= runtime::max_snapshots)
    return context.exc.set(ExcKind::SnapshotError, "a 65th snapshot within another: 64 deep is all there is"), 1;
  auto snapshot = runtime::Snapshot::take(context);
  if (!snapshot) return context.set_no_memory("no memory left for a snapshot"), 1;
  const uint64_t* at = x + 1;
  for (uint64_t k = 0; k < x[0]; ++k) {
    const int ndim = static_cast<int>(at[0]);
    const uint64_t *slots = at + 2, *shape = slots + array_shape_slot(ndim, 0), *strides = slots + array_stride_slot(ndim, 0);
    if (!snapshot->keep(slots[array_data_slot], ndim, at[1], shape, strides, true))
      return context.set_no_memory("no memory left for a snapshot"), 1;
    at += 4 + 2 * ndim;
  }
  stack.push_back(std::move(snapshot));
  *result = stack.size();
  return 0;
}

int32_t snapshot_end(const uint64_t* x, uint64_t*) {
  auto& context = *Context::current();
  auto& stack = context.snapshots;
  if (x[0] == 0 || x[0] > stack.size()) return context.exc.set(ExcKind::SnapshotError, "a snapshot is rolled back out of order"), 1;
  while (stack.size() >= x[0]) {  // those above it were left by an exception
    stack.back()->roll_back(context);
    stack.pop_back();
  }
  return 0;
}

Resolution begin(std::span<const Argument> arguments, const Builtin&) {
  std::vector<const Type*> arrays;
  for (auto& a : arguments) {
    if (!a.type->is_array()) return {.advice = "px.snapshot(arrays=(…)) takes arrays"};
    if (!a.type->writable) return {.advice = "an array that is read-only here needs no snapshot"};
    arrays.push_back(a.type);
  }
  return {.result = types::int64(),
          .literal = {},
          .parameters = {},
          .lower =
              [arrays](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(arrays.size()))};
                for (size_t k = 0; k < arrays.size(); ++k) {
                  slots.push_back(e.int_constant(arrays[k]->ndim));
                  slots.push_back(e.int_constant(static_cast<int64_t>(item_size(arrays[k]->scalar))));
                  for (uint32_t s = 0; s < arrays[k]->slots; ++s) slots.push_back(a[k] + s);
                }
                e.call_runtime("px_snapshot_begin", snapshot_begin, std::move(slots), d, 1);
              },
          .advice = {}};
}

// The arguments after the depth are variables that the block assigned and that are used after it.
Resolution end(std::span<const Argument> arguments, const Builtin&) {
  for (auto& a : arguments.subspan(1)) {
    if (!consists_of_numbers(a.type) && a.type->kind != TypeKind::string)
      throw InferenceError{ExcKind::PersistenceError, to_string(a.type) +
                                                          " made in a snapshot is used after it, when its memory is gone: keep numbers, or "
                                                          "make it before the snapshot"};
  }
  return {.result = types::none(),
          .literal = {},
          .parameters = {},
          .lower = [](Emitter& e, std::span<const Slot> a,
                      Slot) { e.call_runtime("px_snapshot_end", snapshot_end, {a[0]}, e.temporary(types::int64()), 1); },
          .advice = {}};
}

const Builtin table[] = {
    {"px.work.call_from_main_thread", call_from_main, "queues a call of a Python function for the main thread", "", {}, 0, nullptr, 1, 64},
    {"px.contexts.snapshot_begin", begin, "what `with px.snapshot()` begins with", "", {}, 0, nullptr, 0, 64},
    {"px.contexts.snapshot_end", end, "what `with px.snapshot()` ends with", "", {}, 0, nullptr, 1, 255},
    {submit_work_name,
     [](std::span<const Argument>, const Builtin&) { return Resolution{}; },
     "submit_work(f, args): queues a child context; .result() of it waits, and gives what f returned",
     "",
     {},
     0,
     nullptr,
     1,
     2},
};

}  // namespace

std::span<const Builtin> context_builtins() {
  return table;
}

}  // namespace px::jit
