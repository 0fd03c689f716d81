// Run-time functions of indices that are arrays: `a[mask]`, `a[i, :]`, read and assigned.
#pragma once

#include <cstdint>
#include <functional>

namespace px::jit {

// Arguments (as Reader takes them): the axis where the index arrays begin, how many there are, the index arrays (integers, or booleans that
// cover as many axes as they have), the array. Result: a new array in C order. IndexError.
int32_t fancy_get(const uint64_t* arguments, uint64_t* result);
// The same, then the value: 1 and an array that is broadcast, or 0 and the slots of an element. IndexError, ValueError.
int32_t fancy_set(const uint64_t* arguments, uint64_t* result);

// Calls `each` for the address of each element that the same arguments select, until it says false. Whether it never did; false with the
// exception set where an index is out of bounds.
bool fancy_elements(const uint64_t* arguments, const std::function<bool(const char*)>& each);

}  // namespace px::jit
