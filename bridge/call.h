// A direct call `f(…)`: arguments into slots on the stack, the best tier's entry, the result promoted.
//
// The last few shapes of a call (kinds of its arguments) are kept with the function. A call that fits one does no look-up, no allocation
// and touches no dictionary.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bridge/object.h"
#include "jit/function.h"

namespace px::bridge {

struct Callable;
struct State;

// How one argument must look and how it is read.
struct Guard {
  enum class Load : uint8_t { float64, integer, boolean, none, array, other } load;
  PyTypeObject* type;     // exact
  void* descr = nullptr;  // array: its dtype object, its dimensions and these of its flags
  int ndim = 0, flags = 0;
  const jit::Type* px = nullptr;
};

// How long the calls of a shape take, to keep the GIL in short ones. Not shared: the GIL guards it.
struct Timing {
  enum class Length : uint8_t { unknown, brief, long_ } length = Length::unknown;
  uint8_t untimed = 0;  // calls until the next that is timed
  uint8_t period = 0;   // calls that went untimed before it
};

// The kinds of arguments that a specialisation was found for.
struct Shape {
  jit::Specialisation* spec = nullptr;
  uint64_t generation = 0;        // Watch::generation() when it was found
  std::vector<Guard> guards;      // one an argument
  std::vector<PyObject*> hidden;  // arrays and interlocked objects after the declared arguments; held by their State
  std::vector<const jit::Type*> hidden_types;
  uint32_t slots = 0;  // of the declared arguments and the hidden ones
  Timing timing;
};

struct Inline {
  static constexpr size_t max_shapes = 4, max_slots = 64;
  std::vector<std::shared_ptr<Shape>> shapes;  // the most recent first
};

PyObject* call_vector(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* kwnames);

// Arguments as a px function takes them: one object a parameter (borrowed; defaults filled in), types, slots with hidden arrays at the end.
struct Bound {
  std::vector<PyObject*> values;
  std::vector<const jit::Type*> types;
  std::vector<uint64_t> slots;
};
// f(x, *rest) with more than x: of `args`, the positional ones first, what is left becomes one tuple, the parameter's value. `rest` holds
// it. False with a Python exception set.
bool pack_rest(const Callable& callable, std::vector<PyObject*>& args, size_t& positional, Object& rest);
// One object a parameter from positional and keyword arguments as vectorcall has them, packed. False with TypeError set.
bool match(State& state, PyObject* const* args, size_t positional, PyObject* kwnames, std::vector<PyObject*>& out);
// Types of `bound.values`. False with a Python exception set that names the parameter.
bool bind_types(const State& state, Bound& bound);
// px functions in an argument are to run too: their globals are looked up as the called function's are. False with a Python exception set.
bool ready_functions(PyObject* value, const jit::Type* type);
// Slots of `bound.values`, and of the hidden arrays of `spec`, whose objects are appended to `values`. `first`: those of the first value,
// where its object only stands for it.
void bind_slots(const jit::Specialisation& spec, Bound& bound, std::span<const uint64_t> first = {});

// Asks for native code as the settings say; with PX_TIER=native waits for it (the GIL released meanwhile). False with CompileServiceError
// or what a signal raised.
bool demand_native(jit::Specialisation& spec);

}  // namespace px::bridge
