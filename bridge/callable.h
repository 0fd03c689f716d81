// What `px.jit` returns: a Python object that is called straight through the C API, with no dispatch of anybody else's in between.
#pragma once

#include <memory>
#include <vector>

#include "bridge/call.h"
#include "bridge/globals.h"
#include "bridge/object.h"
#include "jit/function.h"

namespace px::bridge {

// The Python object. The GIL guards all of it.
struct Callable {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject* function;  // the Python function
  PyObject* source;    // its text as the user gave it (`source=`), or null
  PyObject* dict;      // __name__, __doc__, __wrapped__ …
  PyObject* weak;
  jit::Options options;
  Py_ssize_t most_positional;  // of f(x, *rest): how many come before the tuple; -1 without one
  State* state;                // null before the first use
  Watch* watch;                // of this function as the root of a call
  Inline* inline_cache;        // shapes of the last calls
};

bool make_callable_type(PyObject* module);

// `value` as a px function, or null; borrowed. No exception.
Callable* as_callable(PyObject* value);
inline PyFunctionObject* python_function(Callable* callable) {
  return reinterpret_cast<PyFunctionObject*>(callable->function);
}

// A new px function over the Python function `function`.
Object make_callable(PyObject* function, PyObject* source, const jit::Options& options);

// Runs the front end if it has not run yet. Null with a Python exception set. The globals are not looked at.
State* state_of(Callable* callable);
jit::Function* function_of(Callable* callable);
State* state_of(const jit::Function* function);

// The same, ready for a run: globals looked up here and in all that is reached.
State* ready_state(Callable* callable);

}  // namespace px::bridge
