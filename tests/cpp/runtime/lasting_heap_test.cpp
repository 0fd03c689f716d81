#include "runtime/lasting_heap.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/context.h"
#include "runtime/pool.h"

namespace px::runtime {
namespace {

uint64_t address(const void* p) {
  return reinterpret_cast<uint64_t>(p);
}

class LastingHeapTest : public testing::TestWithParam<PageSize> {
 protected:
  PageCache cache;
  Context context{cache};
  LastingHeap heap{{GetParam(), 0, false}};

  char* block(size_t bytes, char fill) {
    auto* made = static_cast<char*>(context.arena.allocate(bytes));
    std::memset(made, fill, bytes);
    return made;
  }
};

INSTANTIATE_TEST_SUITE_P(Pages, LastingHeapTest, testing::Values(PageSize::small, PageSize::huge),
                         [](auto& info) { return std::string(info.param == PageSize::small ? "Small" : "Huge"); });

TEST_P(LastingHeapTest, WhatCallbacksMakeDoesNotPileUp) {
  char* state = nullptr;
  {
    LastingHeap::Callback callback(heap, context);
    state = block(1000, 's');
    callback.keep();
  }
  uint64_t most = 0;
  for (int i = 0; i < 1'000'000; i++) {
    LastingHeap::Callback callback(heap, context);
    ASSERT_EQ(context.arena.bytes(), 1000u);
    auto* made = static_cast<char*>(context.arena.allocate(1 + i % 5000));
    *made = 'c';
    if (i % 1000 == 0) {
      block(300'000, 'l');
      context.blocks.free(context.blocks.allocate(200), 200);
    }
    most = std::max(most, page_use().bytes);
  }
  EXPECT_LT(most, uint64_t{16} << 20);
  EXPECT_EQ(std::string(state, 1000), std::string(1000, 's'));
}

TEST_P(LastingHeapTest, WhatIsKeptStaysInWhicheverContextTheNextCallbackRuns) {
  std::vector<char*> kept;
  for (int i = 0; i < 40; i++) {
    std::thread([&] {
      PageCache other_cache;
      Context other(other_cache);
      LastingHeap::Callback callback(heap, other);
      for (char* each : kept) EXPECT_EQ(std::string(each, 3200), std::string(3200, 'a'));
      auto* made = static_cast<char*>(other.arena.allocate(3200));
      std::memset(made, 'a', 3200);
      kept.push_back(made);
      callback.keep();
      std::memset(other.arena.allocate(5000), 'x', 5000);
    }).join();
  }
  LastingHeap::Callback callback(heap, context);
  EXPECT_EQ(context.arena.bytes(), 40u * 3200);
  for (char* each : kept) EXPECT_TRUE(context.arena.contains(each));
}

TEST_P(LastingHeapTest, TheContextsOwnHeapIsAsItWas) {
  char* own = block(500, 'o');
  const size_t before = context.arena.bytes();
  {
    LastingHeap::Callback callback(heap, context);
    EXPECT_EQ(context.arena.bytes(), 0u);
    EXPECT_FALSE(context.arena.contains(own));
    block(10'000, 'x');
  }
  EXPECT_EQ(context.arena.bytes(), before);
  EXPECT_TRUE(context.arena.contains(own));
  EXPECT_EQ(std::string(own, 500), std::string(500, 'o'));
}

TEST_P(LastingHeapTest, OneWithinAnother) {
  LastingHeap second;
  char *outer = nullptr, *inner = nullptr;
  {
    LastingHeap::Callback callback(heap, context);
    outer = block(100, '1');
    {
      LastingHeap::Callback within(second, context);
      inner = block(100, '2');
      within.keep();
    }
    EXPECT_FALSE(context.arena.contains(inner));
    EXPECT_TRUE(context.arena.contains(outer));
    callback.keep();
  }
  EXPECT_EQ(std::string(outer, 100) + std::string(inner, 100), std::string(100, '1') + std::string(100, '2'));
}

TEST_P(LastingHeapTest, SnapshotsLeftOpenAreRolledBack) {
  char* state = nullptr;
  {
    LastingHeap::Callback callback(heap, context);
    state = block(100, 's');
    callback.keep();
  }
  {
    LastingHeap::Callback callback(heap, context);
    for (char fill : {'1', '2'}) {
      context.snapshots.push_back(Snapshot::take(context));
      ASSERT_TRUE(context.snapshots.back()->keep(state, 100));
      std::memset(state, fill, 100);
    }
  }
  EXPECT_TRUE(context.snapshots.empty());
  EXPECT_FALSE(context.arena.holds_blocks());
  EXPECT_EQ(std::string(state, 100), std::string(100, 's'));
}

TEST_P(LastingHeapTest, StateThatIsReplacedAllTheTime) {
  char *large = nullptr, *small = nullptr;
  for (int i = 0; i < 100'000; i++) {
    LastingHeap::Callback callback(heap, context);
    if (i > 0) ASSERT_TRUE(large[49'999] == small[99] && small[99] == static_cast<char>(i - 1));
    block(700, 'x');
    large = block(50'000, static_cast<char>(i));
    small = block(100, static_cast<char>(i));
    std::vector<uint64_t> needed{address(small), address(large + 20)};
    callback.keep_only(needed);
    ASSERT_LT(context.arena.bytes(), size_t{3} << 20);
  }
}

TEST_P(LastingHeapTest, BlocksThatACallbackFreedAreNoneOfTheNextOnes) {
  void* freed = nullptr;
  {
    LastingHeap::Callback callback(heap, context);
    freed = context.blocks.allocate(640);
    context.blocks.free(freed, 640);
  }
  char* own = block(64, 'o');
  void* made = context.blocks.allocate(640);
  EXPECT_TRUE(context.arena.contains(made) && context.arena.contains(own));
}

TEST_P(LastingHeapTest, AnEmptyOneHasNoPage) {
  std::vector<std::unique_ptr<LastingHeap>> many;
  uint64_t before = 0;
  for (int i = 0; i < 100; i++) {
    many.push_back(std::make_unique<LastingHeap>(HeapOptions{GetParam()}));
    LastingHeap::Callback callback(*many.back(), context);
    block(100, 'x');
    if (i == 0) before = page_use().pages;
  }
  EXPECT_EQ(page_use().pages, before);
}

TEST_P(LastingHeapTest, ItsMemoryGoesWithItOnAnyThread) {
  cache.trim();
  const uint64_t before = page_use().bytes;
  auto other = std::make_unique<LastingHeap>(HeapOptions{GetParam()});
  {
    LastingHeap::Callback callback(*other, context);
    for (int i = 0; i < 100; i++) block(100'000, 'x');
    callback.keep();
  }
  EXPECT_GT(page_use().bytes, before);
  std::thread([&] { other.reset(); }).join();
  cache.trim();  // and with it what all threads share
  EXPECT_EQ(page_use().bytes, before);
}

TEST(LastingHeapLimitTest, CountsWhatWasKept) {
  PageCache cache;
  Context context(cache);
  LastingHeap heap({PageSize::small, 10'000, false});
  {
    LastingHeap::Callback callback(heap, context);
    ASSERT_NE(context.arena.allocate(6000), nullptr);
    callback.keep();
  }
  for (int i = 0; i < 3; i++) {
    LastingHeap::Callback callback(heap, context);
    EXPECT_NE(context.arena.allocate(3000), nullptr);
    EXPECT_EQ(context.arena.allocate(3000), nullptr);
    EXPECT_TRUE(context.arena.take_refusal());
  }
  EXPECT_NE(context.arena.allocate(100'000), nullptr);
}

// As a server has them: tasks that are submitted again and again, each with a heap.
TEST(LastingHeapPoolTest, CallbacksOfManyOnManyWorkers) {
  struct Connection : Task {
    LastingHeap heap;
    uint64_t* counter = nullptr;
    Connection() {
      run = [](Task& task, Context& worker, uint64_t, uint64_t) {
        auto& self = static_cast<Connection&>(task);
        LastingHeap::Callback callback(self.heap, worker);
        if (!self.counter) {
          self.counter = new (worker.arena.allocate(sizeof(uint64_t))) uint64_t{0};
          callback.keep();
        }
        ++*self.counter;
        std::memset(worker.arena.allocate(20'000), 'x', 20'000);
      };
    }
  };
  std::vector<std::unique_ptr<Connection>> all;
  for (int i = 0; i < 100; i++) all.push_back(std::make_unique<Connection>());
  Pool pool({.workers = 4});
  ASSERT_EQ(pool.error(), "");
  for (int turn = 0; turn < 200; turn++) {
    std::vector<Task*> tasks;
    for (auto& each : all) tasks.push_back(each.get());
    pool.submit(tasks);
    pool.start();
    while (pool.wait() == Wait::interrupted) continue;
  }
  for (auto& each : all) EXPECT_EQ(*each->counter, 200u);
}

}  // namespace
}  // namespace px::runtime
