// Exceptions of contexts and of inference as Python exceptions.
#pragma once

#include "bridge/object.h"
#include "jit/function.h"
#include "runtime/exception.h"

namespace px::bridge {

// Raises the class `name` of px.errors with a message in the manner of PyErr_Format. Returns null.
PyObject* raise_px(const char* name, const char* format, ...);

// The Python class of a kind: a new reference, or null with a Python exception set.
Object exception_class(runtime::ExcKind kind);

// Sets the Python exception that `exc` describes: its type, its arguments, and a traceback with each px function's own file and line,
// innermost last. `exc` is read before any Python code can run.
void raise(const runtime::ExcInfo& exc);

// Sets the Python exception for what inference or the front end of a callee refused.
void raise(const jit::CompileError& error);

// Takes the current Python exception away, traceback and all; null if there is none. And its reverse.
Object take_exception();
void raise_object(Object exception);

}  // namespace px::bridge
