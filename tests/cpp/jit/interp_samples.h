// Every operator of typed code by name and kinds, and the values where mistakes live.
#pragma once

#include <cmath>
#include <limits>

#include "interp_support.h"

namespace px::jit::test {

struct OpRow {
  Op op;
  const char *name, *kinds;
};
constexpr OpRow op_rows[] = {
#define PX_TYPED_OP(name, kinds, doc) {Op::name##_, #name, kinds},
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};

inline Scalar kind_of_letter(char letter) {
  switch (letter) {
    case 'i':
      return Scalar::i64;
    case 'u':
      return Scalar::u64;
    case 'f':
      return Scalar::f64;
    case 's':
      return Scalar::f32;
    default:
      return Scalar::boolean;
  }
}

inline std::vector<uint64_t> samples(Scalar kind) {
  std::vector<uint64_t> out;
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  if (kind == Scalar::f64) {
    for (double v : {0.0,  -0.0,  1.0,    -1.0,    0.5,    -0.5,   2.5,    -2.5,    7.0,          -7.0,          3.0,
                     -3.0, 1e300, -1e300, 5e-324,  127.9,  128.0,  -129.0, 65536.0, 2147483648.0, -2147483649.0, 4294967296.0,
                     1e10, -1e10, 0x1p63, -0x1p63, 0x1p64, 1.8e19, inf,    -inf,    nan}) {
      out.push_back(bits(v));
    }
  } else if (kind == Scalar::f32) {
    for (float v : {0.0f, -0.0f, 1.0f, -1.0f, 0.1f, -2.5f, 7.0f, -3.0f, 1e38f, -1e38f, 1e-45f, 300.7f, 0x1p31f, 0x1p63f, -0x1p63f,
                    float(inf), -float(inf), float(nan)}) {
      out.push_back(bits(v));
    }
  } else if (kind == Scalar::boolean) {
    out = {0, 1};
  } else {
    for (int64_t v : {int64_t{0},   int64_t{1},   int64_t{-1},   int64_t{2},     int64_t{-2},      int64_t{3},
                      int64_t{-3},  int64_t{7},   int64_t{-7},   int64_t{63},    int64_t{64},      int64_t{127},
                      int64_t{128}, int64_t{255}, int64_t{-129}, int64_t{65535}, int64_t{1} << 31, (int64_t{1} << 32) + 5,
                      INT64_MAX,    INT64_MIN,    INT64_MIN + 1}) {
      out.push_back(bits(v));
    }
  }
  return out;
}

inline bool is_nan(Scalar kind, uint64_t v) {
  return kind == Scalar::f64   ? std::isnan(as_double(v))
         : kind == Scalar::f32 ? std::isnan(std::bit_cast<float>(static_cast<uint32_t>(v)))
                               : false;
}

inline bool is_comparison(Op op) {
  return op >= Op::eq_ && op <= Op::ge_;
}

inline bool takes_one(Op op) {
  return op == Op::neg_ || op == Op::abs_ || op == Op::bit_not_ || op == Op::logical_not_ || op == Op::sqrt_ || op == Op::floor_ ||
         op == Op::ceil_;
}

}  // namespace px::jit::test
