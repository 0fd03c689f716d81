#include "jit/builtins/mathlib.h"

#include <cmath>

extern "C" {
#define PX_MATH1(name)          \
  double px_##name(double x) {  \
    return ::name(x);           \
  }                             \
  float px_##name##f(float x) { \
    return ::name##f(x);        \
  }
#define PX_MATH2(name)                   \
  double px_##name(double x, double y) { \
    return ::name(x, y);                 \
  }                                      \
  float px_##name##f(float x, float y) { \
    return ::name##f(x, y);              \
  }
#include "jit/builtins/mathlib.def"
}

namespace px::jit {

std::span<const void* const> odd_functions() {
#define PX_ODD(name) reinterpret_cast<const void*>(px_##name), reinterpret_cast<const void*>(px_##name##f)
  static const void* const all[] = {PX_ODD(atan), PX_ODD(sinh), PX_ODD(tanh), PX_ODD(asinh), PX_ODD(cbrt), PX_ODD(erf)};
  return all;
}

}  // namespace px::jit
