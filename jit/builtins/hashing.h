// hash(x): CPython's hashes of numbers and of tuples, which are Numba's too.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// Numbers and tuples of them, nested too. A float that is no number has a random hash, drawn from the stream's own states as in Numba.
Resolution hash_rule(std::span<const Argument> arguments, const Builtin& self);

}  // namespace px::jit
