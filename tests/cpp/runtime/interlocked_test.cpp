#include "runtime/interlocked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "runtime/interlocked_list.h"

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

TEST(InterlockedListTest, NothingIsLostBetweenThreads) {
  InterlockedList list;
  static const int tag = 0;
  std::atomic<uint64_t> next{0};
  in_threads(4, [&] {
    for (int i = 0; i < 1000; i++) {
      const uint64_t item[] = {next++, 7};
      ASSERT_TRUE(list.push(&tag, item));
    }
  });
  std::vector<bool> seen(4000);
  for (const auto* item : list.items()) {
    EXPECT_EQ(item->tag, &tag);
    ASSERT_EQ(item->slots, 2u);
    EXPECT_EQ(item->values()[1], 7u);
    seen.at(item->values()[0]) = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 4000);
  list.clear();
  EXPECT_TRUE(list.items().empty());
}

TEST(InterlockedListTest, KeepsTheOrderOfOneThread) {
  InterlockedList list;
  for (uint64_t i = 0; i < 10; i++) ASSERT_TRUE(list.push(nullptr, {&i, 1}));
  ASSERT_TRUE(list.push(nullptr, {}));
  const auto items = list.items();
  ASSERT_EQ(items.size(), 11u);
  for (uint64_t i = 0; i < 10; i++) EXPECT_EQ(*items[i]->values(), i);
  EXPECT_EQ(items[10]->slots, 0u);
}

}  // namespace
}  // namespace px::runtime
