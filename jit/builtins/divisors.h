// Greatest common divisors and least common multiples of 64-bit integers.
#pragma once

#include "jit/typed/typed.h"

namespace px::jit {

// Of two arguments; wraps where the result has no room.
typed::RuntimeFunction common_divisor(bool is_signed);
typed::RuntimeFunction common_multiple(bool is_signed);

}  // namespace px::jit
