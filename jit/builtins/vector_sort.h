// Sorting numbers by their values alone, so that any algorithm gives the same: in vectors where the processor has AVX2 or AVX-512, small
// integers by counting.
#pragma once

#include <cstdint>

namespace px::jit {

// Sorts `data[0..n)`, of the integer types, float or double. Of floats: without NaN, and without 0.0 beside -0.0.
template <class T>
void sort_numbers(T* data, int64_t n);

}  // namespace px::jit
