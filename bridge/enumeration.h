// Members of Enum classes as px's values (jit/infer/enumeration.h). Members of an IntEnum are numbers with a class; of other classes that
// derive from int they are plain numbers. All of it under the GIL.
#pragma once

#include "bridge/object.h"
#include "bridge/promote.h"
#include "jit/code/code.h"
#include "jit/types/type.h"

namespace px::bridge {

// The type of a member of an Enum; null, without an exception, for any other value. Its class is kept for ever.
const jit::Type* enum_member_type(PyObject* value);
// `type`: of `enum_member_type`.
void store_enum_member(PyObject* value, const jit::Type* type, uint64_t* out);
jit::Constant enum_constant(PyObject* value, const jit::Type* type);
// A new reference; null with an exception.
PyObject* promote_enum_member(const jit::Type* type, const uint64_t* slots, Origin& origin);

}  // namespace px::bridge
