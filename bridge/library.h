// px/library: px functions that stand for functions and methods of NumPy's. Each is made when inference first wants it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "jit/function.h"
#include "jit/intrinsic.h"

namespace px::bridge {

// What there is, by the names of jit/library.h. GIL.
const std::vector<std::string>& library_names();
// Calls of the function mean what `px.dispatchers.implementation` makes of the key and their types. False with a Python exception set. GIL.
bool note_overloaded(struct Callable* function, const std::string& key);
// Calls of the function mean the intrinsic. False with a Python exception set. GIL.
bool note_intrinsic(struct Callable* function, jit::Intrinsic intrinsic);
// `function.specialise(types, error)`, with the library functions that it takes. GIL.
jit::Specialisation* specialise(jit::Function& function, std::span<const jit::Type* const> types, jit::CompileError& error);

}  // namespace px::bridge
