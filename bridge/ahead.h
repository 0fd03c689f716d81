// Native code before the first call, for argument types that the program names: explicit signatures, `px compile`.
#pragma once

#include <string>
#include <vector>

#include "bridge/callable.h"

namespace px::bridge {

// Types `callable` for arguments of these types (as jit::to_string spells them) and asks for native code; waits for nothing. Where
// nothing compiles (PX_TIER=interp, no compiler) it is typed alone. False with a Python exception set: ValueError for what is no type or
// for a wrong number of them, else what a call would raise.
bool compile_ahead(Callable* callable, const std::vector<std::string>& types);

}  // namespace px::bridge
