// Values that may be None.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// `is` and `is not` where an argument is optional; no result for another entry, which takes the value itself.
Resolution resolve_optional(std::span<const Argument> arguments, const Builtin& entry);

// `a is b` of two numbers, `is not` where not `positive`: whether they are equal, and of one type; as in Numba.
Resolution resolve_number_identity(const Type* a, const Type* b, bool positive);

}  // namespace px::jit
