// Run-time functions over array values: slots as jit/types/type.h lays them out.
#pragma once

#include <cstdint>

namespace px::jit {

// Makes a C-ordered array in the running context's arena. Arguments: ndim, item size in bytes, fill (0: none, 1: zeros, 2: the bits that
// follow), fill bits, then the dimensions. Result: the array's slots. ValueError for negative or overflowing sizes, MemoryError where there
// is no memory.
int32_t array_new(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
