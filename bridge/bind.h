// Python values → px types and slots, by the rules of Numba's `typeof`.
#pragma once

#include <string>
#include <vector>

#include "bridge/object.h"
#include "jit/types/type.h"

namespace px::bridge {

constexpr int deepest_tuple = 100;         // tuples in tuples in …: reading one recurs
constexpr size_t largest_tuple = 100'000;  // values in it: one that is in itself many times has more than there are objects

// The px type of `value`, or null with a Python exception set that says what px takes instead. Scalars, NumPy scalars and arrays, tuples of
// them, None, px functions. Nothing is read but what the type depends on.
const jit::Type* type_of(PyObject* value);

// Writes the slots of `value`, whose type is `type` (from `type_of` just before, without Python code in between).
void store(PyObject* value, const jit::Type* type, uint64_t* out);

// The same for an array alone: pointer, shape, strides, flags as they are now.
void store_array(PyObject* array, int ndim, uint64_t* out);

// The type of an array read as a global: read-only, whatever the array's own flag says. Null with a Python exception set.
const jit::Type* global_array_type(PyObject* array);

}  // namespace px::bridge
