// The order of complex numbers, as NumPy's functions have it: by the real part, then by the imaginary one.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// np.less and its like, np.minimum, maximum, fmin and fmax of two complex numbers of one type.
Resolution resolve_complex_order(std::string_view numpy, const Type* type);

}  // namespace px::jit
