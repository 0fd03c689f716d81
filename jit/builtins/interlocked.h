// px.interlocked inside px functions: what contexts may write together.
#pragma once

#include <string_view>

#include "jit/builtins/builtin.h"

namespace px::jit {

// A method of an interlocked object (`add`, `push` …), which takes the object as first argument; null if it has none of that name.
const Builtin* find_interlocked_method(const Type* object, std::string_view name);

// `object.value`: one atomic load. Reads the object's slot, writes the value's.
typed::RuntimeFunction interlocked_load(const Type* object);

}  // namespace px::jit
