// Run-time functions of indices that are arrays: `a[mask]`, `a[i, :]`, read and assigned.
#pragma once

#include <cstdint>

namespace px::jit {

// Arguments (as Reader takes them): the axis where the index arrays begin, how many there are, the index arrays (integers, or booleans that
// cover as many axes as they have), the array. Result: a new array in C order. IndexError.
int32_t fancy_get(const uint64_t* arguments, uint64_t* result);
// The same, then the value: 1 and an array that is broadcast, or 0 and the slots of an element. IndexError, ValueError.
int32_t fancy_set(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
