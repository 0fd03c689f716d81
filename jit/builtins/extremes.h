// The smaller and the greater of two floats, NaN winning (minimum, maximum) or losing (fmin, fmax): one definition for scalars and strips.
#pragma once

namespace px::jit::extremes {

// NOLINTBEGIN(misc-redundant-expression)
template <class T>
T minimum(T a, T b) {
  return a <= b || a != a ? a : b;
}
template <class T>
T maximum(T a, T b) {
  return a >= b || a != a ? a : b;
}
template <class T>
T least_number(T a, T b) {
  return a <= b || (b != b && a == a) ? a : b;
}
template <class T>
T greatest_number(T a, T b) {
  return a >= b || b != b ? a : b;
}
// NOLINTEND(misc-redundant-expression)

}  // namespace px::jit::extremes
