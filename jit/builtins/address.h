// C functions over float64 that a program names by their address, as SciPy's are given to Numba: built-ins that are made when they are met.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

constexpr std::string_view address_prefix = "address:";  // then the address in hexadecimal digits, ":" and the number of arguments
// Null where the name is none of that form. Any thread.
const Builtin* address_builtin(std::string_view name);

}  // namespace px::jit
