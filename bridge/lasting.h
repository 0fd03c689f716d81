// A context that outlives its callbacks, as that of a timer does which fires again and again.
//
// It keeps one value from callback to callback, its state: what each is given first, and what each returns. A snapshot of its heap is taken
// when a callback starts and rolled back when it ends: all that it has made is gone but the new state. Arrays of the state are read-only in
// the callback, so that nothing of what was there before needs a copy, and a callback that fails leaves the state as it was.
//
// Threads: all of it is the main thread's (GIL held), but for `keep`, which the worker calls that runs the callback, between `begin` and
// `end`. The pool orders the two.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "bridge/object.h"
#include "jit/function.h"
#include "runtime/lasting_heap.h"

namespace px::bridge {

// Adds the Python type to `module`. False with a Python exception set.
bool make_lasting_type(PyObject* module);

class LastingContext {
 public:
  // The Python object of a new one, with this state, copied; `state`, its attribute, is the state as a Python value. Null with a Python
  // exception set: TypingError for anything but numbers, None, Enum members, arrays and tuples of these.
  static Object make(PyObject* state);
  // Of such an object; null for any other.
  static LastingContext* of(PyObject* object);
  ~LastingContext();
  LastingContext(const LastingContext&) = delete;
  LastingContext& operator=(const LastingContext&) = delete;

  const jit::Type* type() const { return type_; }
  std::span<const uint64_t> slots() const { return slots_; }
  runtime::LastingHeap& heap() const { return *heap_; }

  // A callback of `spec` will run. False with a Python exception set: one runs already, the parent process's, or the result is no such
  // state.
  bool begin(const jit::Specialisation& spec);
  // The callback's result stays as the state that `end` may take over; its arrays that lie elsewhere are copied. False with the context's
  // exception set where there is no memory.
  bool keep(std::vector<uint64_t>& result, runtime::LastingHeap::Callback& callback, runtime::Context& context);
  // The callback is over: `state` is the new one as a Python value, null where it failed.
  void end(PyObject* state);

 private:
  LastingContext(PyObject* owner, const jit::Type* type);

  PyObject* owner_;  // the Python object, borrowed
  const jit::Type* type_;
  std::vector<uint64_t> slots_, next_;
  std::deque<std::vector<char>> first_;  // arrays of the first state, until there is another
  runtime::LastingHeap* heap_;           // stays behind in a forked child
  uint32_t generation_;
  bool runs_ = false;
};

}  // namespace px::bridge
