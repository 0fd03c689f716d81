// Whole numbers divided strip by strip: through floats where these are exact, which processors divide in vectors.
#pragma once

#include "jit/builtins/strip.h"

namespace px::jit::strip {

// The loop of floordiv_ or mod_ without a check, in a register kind or a small integer's own (strip.h), where the processor has one; else
// null. INT_MIN // -1 in a kind of its own wraps.
Run find_division(typed::Op, Scalar kind);

}  // namespace px::jit::strip
