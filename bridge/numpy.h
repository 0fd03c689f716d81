// NumPy's C API, loaded only when NumPy is: `import px` must not import it, and no array can turn up before somebody else has.
#pragma once

#include "bridge/object.h"

#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL px_numpy_api
#ifndef PX_NUMPY_OWNER
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

#include <optional>
#include <string>

#include "jit/types/type.h"

namespace px::bridge::numpy {

// True once NumPy's C API can be used. Imports nothing unless `import` is set; then false means a Python exception.
bool ready(bool import = false);

// The element type of a descriptor; none where px has none for it (its byte order, or its kind).
std::optional<jit::Scalar> scalar_of(PyArray_Descr* descr);
int type_number(jit::Scalar scalar);

// The type of a structured dtype's records, whose fields are numbers; null where px has none, `why` then says what is in the way.
const jit::Type* record_of(PyArray_Descr* descr, std::string* why = nullptr);
// The dtype of a record's type. Borrowed.
PyArray_Descr* descr_of(const jit::Type* record);

// Arrays of any class, which are taken for plain ones as Numba does, whatever their class means by its operators; but masked arrays, whose
// numbers are not all meant, and classes that ask for rules of their own (`__numba_array_subtype_dispatch__`). `ready` must have been true.
bool is_array(PyObject* value);

}  // namespace px::bridge::numpy
