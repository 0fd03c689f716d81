// Lists compared item by item, as Numba does: the first items of which one is less decide, then the lengths.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// `op`: "operator.eq" … "operator.ge". No result where the items cannot be compared.
Resolution compare_lists(std::string_view op, const Type* a, const Type* b);

}  // namespace px::jit
