#include "jit/native/numba_helpers.h"

#include <cmath>

extern "C" {

// C leaves the exponent open where x is not finite.
double px_numba_frexp(double x, int32_t* exponent) {
  *exponent = 0;
  return std::isfinite(x) ? std::frexp(x, exponent) : x;
}
float px_numba_frexpf(float x, int32_t* exponent) {
  *exponent = 0;
  return std::isfinite(x) ? std::frexp(x, exponent) : x;
}
double px_numba_ldexp(double x, int32_t exponent) {
  return std::ldexp(x, exponent);
}
float px_numba_ldexpf(float x, int32_t exponent) {
  return std::ldexp(x, exponent);
}
double px_numba_nextafter(double x, double y) {
  return std::nextafter(x, y);
}
float px_numba_nextafterf(float x, float y) {
  return std::nextafter(x, y);
}

// As Numba: by way of the signed integer, so that negative numbers wrap. Out of both ranges the processor's answer stands.
__attribute__((no_sanitize("float-cast-overflow"))) uint64_t px_numba_fptoui(double x) {
  return static_cast<uint64_t>(static_cast<int64_t>(x));
}
__attribute__((no_sanitize("float-cast-overflow"))) uint64_t px_numba_fptouif(float x) {
  return static_cast<uint64_t>(static_cast<int64_t>(x));
}

int32_t px_numba_attempt_nocopy_reshape(int64_t ndim, const int64_t* shape, const int64_t* strides, int64_t new_ndim,
                                        const int64_t* new_shape, int64_t* new_strides, int64_t item_size, int32_t fortran) {
  int64_t size = 1, new_size = 1;
  for (int64_t i = 0; i < ndim; ++i) size *= shape[i];
  for (int64_t i = 0; i < new_ndim; ++i) new_size *= new_shape[i];
  if (size != new_size) return 0;
  if (size == 0) {
    for (int64_t i = 0; i < new_ndim; ++i) new_strides[i] = item_size;
    return 1;
  }
  // Walk both shapes from the axis that varies fastest, in runs of equal size: the old axes of a run must lie as one axis would, and the
  // new ones then divide it. Axes of length 1 belong to any run: their strides do not matter in the old shape.
  auto old_axis = [&](int64_t k) { return fortran ? k : ndim - 1 - k; };
  auto new_axis = [&](int64_t k) { return fortran ? k : new_ndim - 1 - k; };
  int64_t o = 0, n = 0;
  int64_t stride = item_size;  // of the next new axis
  while (n < new_ndim) {
    while (o < ndim && shape[old_axis(o)] == 1) ++o;
    if (new_shape[new_axis(n)] == 1 || o == ndim) {
      new_strides[new_axis(n)] = stride;
      stride *= new_shape[new_axis(n)];
      ++n;
      continue;
    }
    stride = strides[old_axis(o)];
    int64_t old_run = shape[old_axis(o)], next = stride * old_run, new_run = 1;
    ++o;
    while (true) {
      if (new_run < old_run) {
        new_strides[new_axis(n)] = stride;
        stride *= new_shape[new_axis(n)];
        new_run *= new_shape[new_axis(n)];
        ++n;
      } else if (new_run > old_run) {
        if (shape[old_axis(o)] != 1) {
          if (strides[old_axis(o)] != next) return 0;
          old_run *= shape[old_axis(o)];
          next *= shape[old_axis(o)];
        }
        ++o;
      } else {
        break;
      }
    }
  }
  return 1;
}

}  // extern "C"
