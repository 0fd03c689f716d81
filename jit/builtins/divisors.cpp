#include "jit/builtins/divisors.h"

#include <numeric>

namespace px::jit {

namespace {

uint64_t magnitude(uint64_t x, bool is_signed) {
  return is_signed && static_cast<int64_t>(x) < 0 ? -x : x;
}

template <bool is_signed>
int32_t divisor(const uint64_t* x, uint64_t* result) {
  *result = std::gcd(magnitude(x[0], is_signed), magnitude(x[1], is_signed));
  return 0;
}

template <bool is_signed>
int32_t multiple(const uint64_t* x, uint64_t* result) {
  uint64_t a = magnitude(x[0], is_signed), b = magnitude(x[1], is_signed);
  *result = a == 0 || b == 0 ? 0 : magnitude(a * (b / std::gcd(a, b)), is_signed);
  return 0;
}

}  // namespace

typed::RuntimeFunction common_divisor(bool is_signed) {
  return is_signed ? divisor<true> : divisor<false>;
}
typed::RuntimeFunction common_multiple(bool is_signed) {
  return is_signed ? multiple<true> : multiple<false>;
}

}  // namespace px::jit
