// heapq's functions on lists of numbers and of tuples of numbers.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

std::span<const Builtin> heap_builtins();

}  // namespace px::jit
