// Loops in vectors: they give what one element after another gives, to the bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "jit/builtins/division.h"
#include "jit/builtins/mathlib.h"
#include "jit/builtins/vector_math.h"
#include "jit/builtins/vector_sort.h"
#include "jit/interp/value.h"

namespace px::jit {
namespace {

using typed::Op;

template <class T>
std::vector<T> numbers(size_t n, std::mt19937_64& random, int pattern) {
  std::vector<T> list(n);
  for (size_t k = 0; k < n; ++k) {
    uint64_t bits = random();
    if constexpr (std::is_floating_point_v<T>) {
      list[k] = static_cast<T>(static_cast<double>(static_cast<int64_t>(bits)) * 1e-12);
    } else {
      list[k] = static_cast<T>(bits);
    }
    if (pattern == 1) list[k] = static_cast<T>(k);
    if (pattern == 2) list[k] = static_cast<T>(n - k);
    if (pattern == 3) list[k] = static_cast<T>(bits % 3);
    if (pattern == 4) list[k] = static_cast<T>(7);
    if (pattern == 5 && bits % 5 == 0) list[k] = std::numeric_limits<T>::max();
    if (pattern == 6 && std::is_floating_point_v<T> && bits % 7 == 0) list[k] = std::numeric_limits<T>::infinity();
  }
  return list;
}

template <class T>
class Sorting : public testing::Test {};
using Numbers = testing::Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t, float, double>;
TYPED_TEST_SUITE(Sorting, Numbers);

TYPED_TEST(Sorting, GivesWhatTheStandardLibraryGives) {
  std::mt19937_64 random(5);
  std::vector<size_t> sizes = {0,  1,  2,   3,   7,   8,   9,   15,  16,  17,  31,   33,   63,
                               64, 65, 100, 127, 128, 129, 200, 255, 257, 500, 1000, 4096, 20011};
  for (size_t n = 2; n < 70; ++n) sizes.push_back(n);
  for (size_t n : sizes)
    for (int pattern = 0; pattern < 7; ++pattern) {
      auto list = numbers<TypeParam>(n, random, pattern), expected = list;
      std::ranges::sort(expected);
      sort_numbers(list.data(), static_cast<int64_t>(n));
      ASSERT_EQ(list, expected) << n << " numbers, pattern " << pattern;
    }
}

template <class T>
class Division : public testing::Test {};
using Integers = testing::Types<int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t>;
TYPED_TEST_SUITE(Division, Integers);

template <class T>
constexpr Scalar scalar_of = std::is_signed_v<T> ? (sizeof(T) == 1   ? Scalar::i8
                                                    : sizeof(T) == 2 ? Scalar::i16
                                                    : sizeof(T) == 4 ? Scalar::i32
                                                                     : Scalar::i64)
                                                 : (sizeof(T) == 1   ? Scalar::u8
                                                    : sizeof(T) == 2 ? Scalar::u16
                                                    : sizeof(T) == 4 ? Scalar::u32
                                                                     : Scalar::u64);

TYPED_TEST(Division, RoundsDownAsOneByOne) {
  using T = TypeParam;
  using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
  std::mt19937_64 random(11);
  std::vector<T> odd = {0,
                        1,
                        2,
                        3,
                        5,
                        7,
                        10,
                        100,
                        std::numeric_limits<T>::max(),
                        std::numeric_limits<T>::min(),
                        static_cast<T>(std::numeric_limits<T>::max() - 1),
                        static_cast<T>(-1),
                        static_cast<T>(-2),
                        static_cast<T>(-7)};
  for (int bits : {3, 8, 20, 31, 40, 50, 51, 52, 64})
    for (int round = 0; round < 60; ++round)
      for (Op op : {Op::floordiv_, Op::mod_}) {
        int64_t n = 1 + static_cast<int64_t>(random() % strip::longest);
        std::vector<T> a(static_cast<size_t>(n)), b(a.size()), d(a.size());
        bool one = round % 2 == 0;
        T divisor = round < 28 ? odd[static_cast<size_t>(round / 2)] : static_cast<T>(random() >> (64 - bits));
        for (size_t k = 0; k < a.size(); ++k) {
          auto any = [&] { return static_cast<T>(std::bit_cast<int64_t>(random()) >> (64 - bits)); };
          b[k] = one ? divisor : random() % 9 == 0 ? odd[random() % odd.size()] : any();
          a[k] = random() % 9 == 0 ? odd[random() % odd.size()] : any();
          if (random() % 4 == 0) a[k] = static_cast<T>(static_cast<uint64_t>(b[k]) * (random() % 1000) - random() % 2);  // near a multiple
        }
        auto run = strip::find_division(op, scalar_of<T>);
        if (!run) GTEST_SKIP() << "this processor has no such vectors";
        strip::Step step{.d = 0, .a = 1, .b = 2, .arguments = {}};
        char* registers[] = {reinterpret_cast<char*>(d.data()), reinterpret_cast<char*>(a.data()), reinterpret_cast<char*>(b.data())};
        ASSERT_TRUE(run(step, registers, n));
        for (size_t k = 0; k < a.size(); ++k) {
          Wide x = a[k], y = b[k];
          Wide expected = y == 0 ? 0 : op == Op::mod_ ? interp::modulo(x, y) : interp::floor_divide(x, y);
          ASSERT_EQ(d[k], static_cast<T>(expected)) << x << (op == Op::mod_ ? " % " : " // ") << y;
        }
      }
}

// Each `step`-th float: all of them (some minutes) with PX_EXHAUSTIVE=1.
class Mathematics : public testing::TestWithParam<float (*)(float)> {};

TEST_P(Mathematics, GivesTheCLibrarysBits) {
  auto* function = GetParam();
  auto run = strip::find_vector_math(reinterpret_cast<void*>(function));
  if (!run) GTEST_SKIP() << "this processor has no such vectors";
  strip::Step step{.d = 0, .a = 1, .b = 1, .function = reinterpret_cast<void*>(function), .arguments = {}};
  const uint64_t stride = std::getenv("PX_EXHAUSTIVE") ? 1 : 4099;
  std::vector<float> x(strip::longest), d(strip::longest);
  uint64_t bits = 0, wrong = 0;
  while (bits < uint64_t{1} << 32) {
    int64_t n = 0;
    for (; n < strip::longest && bits < uint64_t{1} << 32; ++n, bits += stride)
      x[static_cast<size_t>(n)] = std::bit_cast<float>(static_cast<uint32_t>(bits));
    char* registers[] = {reinterpret_cast<char*>(d.data()), reinterpret_cast<char*>(x.data())};
    run(step, registers, n);
    for (size_t k = 0; k < static_cast<size_t>(n); ++k) {
      float expected = function(x[k]);
      if (std::bit_cast<uint32_t>(expected) == std::bit_cast<uint32_t>(d[k])) continue;
      if (++wrong < 10) ADD_FAILURE() << std::hexfloat << x[k] << ": " << d[k] << " and not " << expected;
    }
  }
  EXPECT_EQ(wrong, 0U);
}
INSTANTIATE_TEST_SUITE_P(Functions, Mathematics, testing::Values(px_sinf, px_cosf, px_expf, px_exp2f));

TEST(VectorMath, OfDoublesToo) {
  auto run = strip::find_vector_math(reinterpret_cast<void*>(px_exp));
  if (!run) GTEST_SKIP() << "this processor has no such vectors";
  strip::Step step{.d = 0, .a = 1, .b = 1, .function = reinterpret_cast<void*>(px_exp), .arguments = {}};
  const int rounds = std::getenv("PX_EXHAUSTIVE") ? 2000000 : 8000;
  std::mt19937_64 random(3);
  std::vector<double> x(strip::longest), d(strip::longest);
  uint64_t wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    for (auto& v : x) {
      uint64_t bits = random();
      v = round % 4 == 0 ? std::bit_cast<double>(bits)
                         : static_cast<double>(static_cast<int64_t>(bits)) * (round % 4 == 1   ? 0x1p-53
                                                                              : round % 4 == 2 ? 0x1p-60
                                                                                               : 0x1p-66);
    }
    char* registers[] = {reinterpret_cast<char*>(d.data()), reinterpret_cast<char*>(x.data())};
    run(step, registers, strip::longest);
    for (size_t k = 0; k < x.size(); ++k) {
      double expected = px_exp(x[k]);
      if (std::bit_cast<uint64_t>(expected) == std::bit_cast<uint64_t>(d[k]) || (expected != expected && d[k] != d[k])) continue;
      if (++wrong < 10) ADD_FAILURE() << std::hexfloat << x[k] << ": " << d[k] << " and not " << expected;
    }
  }
  EXPECT_EQ(wrong, 0U);
}

TEST(VectorMath, TheResultMayLieWhereTheOperandWas) {
  auto run = strip::find_vector_math(reinterpret_cast<void*>(px_sinf));
  if (!run) GTEST_SKIP() << "this processor has no such vectors";
  strip::Step step{.d = 0, .a = 0, .b = 0, .function = reinterpret_cast<void*>(px_sinf), .arguments = {}};
  for (int64_t n : {1, 7, 8, 9, 500, 512}) {
    std::vector<float> x(static_cast<size_t>(n) + 1, 123.0F), expected;
    for (size_t k = 0; k < static_cast<size_t>(n); ++k) {
      x[k] = static_cast<float>(k) * 0.37F - 90;
      expected.push_back(px_sinf(x[k]));
    }
    expected.push_back(123.0F);
    char* registers[] = {reinterpret_cast<char*>(x.data())};
    run(step, registers, n);
    EXPECT_EQ(x, expected);
  }
}

}  // namespace
}  // namespace px::jit
