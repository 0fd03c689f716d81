// What a Python object is called in px: the map from built-in functions, classes, dtypes and modules, by identity, to full names.
#pragma once

#include "bridge/object.h"
#include "jit/code/code.h"

namespace px::bridge {

// True and `out` filled in for an object that px knows by name: "math.sqrt", "range", "numpy.float64", "ValueError", a module. Looks into
// NumPy only once somebody has imported it. GIL held.
bool name_of(PyObject* value, jit::NamedValue& out);

}  // namespace px::bridge
