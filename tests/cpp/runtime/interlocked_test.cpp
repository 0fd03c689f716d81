#include "runtime/interlocked.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace px::runtime {
namespace {

void in_threads(int threads, auto body) {
  std::vector<std::thread> running;
  for (int i = 0; i < threads; i++) running.emplace_back(body);
  for (std::thread& thread : running) thread.join();
}

TEST(InterlockedTest, NothingIsLostBetweenThreads) {
  InterlockedInt64 integer;
  InterlockedFloat64 real;
  in_threads(4, [&] {
    for (int i = 0; i < 10000; i++) {
      integer.add(3);
      integer.sub(1);
      real.add(0.5);
    }
  });
  EXPECT_EQ(integer.value(), 80000);
  EXPECT_EQ(real.value(), 20000.0);
}

TEST(InterlockedTest, OperationsReturnTheValueBefore) {
  InterlockedUInt64 number(5);
  EXPECT_EQ(number.add(1), 5u);
  EXPECT_EQ(number.exchange(9), 6u);
  EXPECT_EQ(number.max(7), 9u);
  EXPECT_EQ(number.min(7), 9u);
  EXPECT_EQ(number.compare_exchange(7, 1), 7u);
  EXPECT_EQ(number.compare_exchange(7, 2), 1u);
  EXPECT_EQ(number.value(), 1u);
}

TEST(InterlockedTest, IntegersWrap) {
  InterlockedInt64 number(INT64_MAX);
  number.add(1);
  EXPECT_EQ(number.value(), INT64_MIN);
  number.sub(1);
  EXPECT_EQ(number.value(), INT64_MAX);
}

TEST(InterlockedTest, ANanThatComesChangesNothing) {
  InterlockedFloat64 number(2.0);
  number.max(std::nan(""));
  EXPECT_EQ(number.value(), 2.0);
}

TEST(InterlockedTest, EachHasACacheLineOfItsOwn) {
  EXPECT_EQ(sizeof(InterlockedFloat64), 64u);
}

}  // namespace
}  // namespace px::runtime
