// px's mathematics: the one definition of each inexact function that interpreter, baseline and Numba's code call.
#pragma once

#include <span>

extern "C" {
#define PX_MATH1(name)      \
  double px_##name(double); \
  float px_##name##f(float);
#define PX_MATH2(name)              \
  double px_##name(double, double); \
  float px_##name##f(float, float);
#include "jit/builtins/mathlib.def"
#undef PX_MATH1
#undef PX_MATH2
// out = a ** b, complex numbers as (real, imaginary).
void px_cpow(const double* a, const double* b, double* out);
void px_cpowf(const float* a, const float* b, float* out);
}

namespace px::jit {

// Those of one argument with f(-x) = -f(x) to the bit for every x, NaN included: none that makes a NaN of its own, whose sign the processor
// chooses.
std::span<const void* const> odd_functions();

}  // namespace px::jit
