// a ** b and math.pow: Numba's rules and its order of multiplications, so that results agree to the bit.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

Resolution resolve_power(std::span<const Argument> arguments, const Builtin& self);

}  // namespace px::jit
