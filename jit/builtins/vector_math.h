// The functions of mathlib.def in vectors, with the very bits of the scalar ones.
//
// A value is computed in double precision, far more exactly than a float shows. Where it lies so near to the middle between two floats that
// the C library's own error may have decided which it gives, the C library is asked for that element. So nothing is assumed of it but how
// large its error is: sinf and cosf less than 0.564 units in the last place, expf and exp2f less than 0.505, exp less than 0.53 (glibc
// since 2.28 says 0.561, 0.502 and, without fused operations, 0.527). Of a double the value is a pair of doubles.
#pragma once

#include "jit/builtins/strip.h"

namespace px::jit::strip {

// The loop for a function of mathlib.def, where there is one for this processor; else null.
Run find_vector_math(void* function);

}  // namespace px::jit::strip
