// What a Python object is called in px: the map from built-in functions, classes, dtypes and modules, by identity, to full names.
#pragma once

#include <string_view>

#include "bridge/object.h"
#include "jit/code/code.h"

namespace px::bridge {

// True and `out` filled in for an object that px knows by name: "math.sqrt", "range", "numpy.float64", "ValueError", a module. Looks into
// NumPy only once somebody has imported it. GIL held.
bool name_of(PyObject* value, jit::NamedValue& out);

// The user's exception class that a px name stands for, borrowed; null for another name. GIL held.
PyObject* exception_class_named(std::string_view name);

}  // namespace px::bridge
