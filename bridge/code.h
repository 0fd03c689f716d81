// Python's `Code` (python/px/frontend/code.py) as px code.
#pragma once

#include "bridge/object.h"
#include "jit/code/code.h"

namespace px::bridge {

// False with a Python exception set where `value` is no compile-time constant: None, bool, int, float, str or a tuple of them.
bool to_constant(PyObject* value, jit::Constant& out);

// False with a Python exception set where an attribute is missing or of the wrong type. Does not verify.
bool to_code(PyObject* code, jit::CodeObject& out);

}  // namespace px::bridge
