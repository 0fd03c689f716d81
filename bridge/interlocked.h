// px.interlocked's objects: Int64, UInt64, Float64 and List as Python types. Each object's number has a cache line of its own.
#pragma once

#include "bridge/object.h"
#include "jit/types/type.h"

namespace px::bridge {

// Adds the types to `module`. False with a Python exception set.
bool make_interlocked_types(PyObject* module);

// The px type of an interlocked object, or null (no exception) where `value` is none.
const jit::Type* interlocked_type(PyObject* value);
// The slot of one.
uint64_t interlocked_address(PyObject* value);

}  // namespace px::bridge
