// Code that is out of use goes when nobody can be inside it, and not before.
#include "jit/native/reclaim.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

namespace px::jit::native {
namespace {

// Stands for code: says when it is dropped.
std::shared_ptr<const void> code(std::atomic<int>& dropped) {
  return {&dropped, [](std::atomic<int>* count) { count->fetch_add(1, std::memory_order_relaxed); }};
}

// A thread that goes inside and out when it is told to.
class Visitor {
 public:
  ~Visitor() {
    if (thread_.joinable()) leave();
  }
  void enter(int times = 1) {
    thread_ = std::thread([this, times] {
      {
        std::vector<std::unique_ptr<Inside>> inside;
        for (int i = 0; i < times; ++i) inside.push_back(std::make_unique<Inside>());
        for (int i = 0; i < times; ++i) {
          arrived_.release();
          go_.acquire();
          inside.pop_back();
        }
      }
      arrived_.release();
      go_.acquire();
    });
    arrived_.acquire();
  }
  void leave_one() {
    go_.release();
    arrived_.acquire();
  }
  void leave() {
    go_.release(100);
    thread_.join();
  }

 private:
  std::counting_semaphore<> arrived_{0}, go_{0};
  std::thread thread_;
};

// Both ways to be seen: by membarrier, and by a fence on entry.
struct ReclaimTest : testing::TestWithParam<bool> {
  void SetUp() override { force_fences(GetParam()); }
  void TearDown() override {
    while (collect() > 0) {
    }
    force_fences(false);
  }
  std::atomic<int> dropped{0}, second{0};
};
INSTANTIATE_TEST_SUITE_P(, ReclaimTest, testing::Bool(), [](auto& info) { return info.param ? "Fences" : "Membarrier"; });

TEST_P(ReclaimTest, GoesAtOnceWhereNobodyIsInside) {
  uint64_t freed = reclaim_counters().freed;
  retire(code(dropped));
  EXPECT_EQ(reclaim_counters().waiting, 1u);
  EXPECT_EQ(dropped, 0);
  EXPECT_EQ(collect(), 0u);
  EXPECT_EQ(dropped, 1);
  EXPECT_EQ(reclaim_counters().waiting, 0u);
  EXPECT_EQ(reclaim_counters().freed, freed + 1);
}

TEST_P(ReclaimTest, StaysWhileAThreadIsInside) {
  Visitor visitor;
  visitor.enter();
  retire(code(dropped));
  EXPECT_EQ(collect(), 1u);
  EXPECT_EQ(collect(), 1u);
  EXPECT_EQ(dropped, 0);
  visitor.leave_one();
  EXPECT_EQ(collect(), 0u);
  EXPECT_EQ(dropped, 1);
}

TEST_P(ReclaimTest, OnlyTheOutermostCounts) {
  Visitor visitor;
  visitor.enter(3);
  retire(code(dropped));
  for (int left = 3; left > 0; --left) {
    EXPECT_EQ(collect(), 1u) << left;
    visitor.leave_one();
  }
  EXPECT_EQ(collect(), 0u);
  EXPECT_EQ(dropped, 1);
}

TEST_P(ReclaimTest, WhoEntersLaterDoesNotHoldIt) {
  retire(code(dropped));
  Visitor early, late;
  early.enter();
  EXPECT_EQ(collect(), 1u);  // `early` may have entered before
  late.enter();
  early.leave();
  EXPECT_EQ(collect(), 0u);
  EXPECT_EQ(dropped, 1);
}

TEST_P(ReclaimTest, EachWaitsForItsOwnReaders) {
  retire(code(dropped));
  collect();
  Visitor visitor;
  visitor.enter();
  retire(code(second));
  EXPECT_EQ(collect(), 1u);
  EXPECT_EQ(dropped, 1);
  EXPECT_EQ(second, 0);
}

TEST_P(ReclaimTest, AThreadThatHasEndedHoldsNothing) {
  for (int i = 0; i < 100; ++i) {
    std::thread([] { Inside inside; }).join();
    retire(code(dropped));
    ASSERT_EQ(collect(), 0u) << i;
  }
  EXPECT_EQ(dropped, 100);
}

TEST_P(ReclaimTest, InsideOfAThreadsLastMomentsIsCountedToo) {
  struct AtExit {
    ~AtExit() { Inside inside; }
  };
  std::thread([] {
    thread_local AtExit at_exit;
    (void)&at_exit;
    Inside inside;
  }).join();
  retire(code(dropped));
  EXPECT_EQ(collect(), 0u);
}

TEST_P(ReclaimTest, WhatIsDroppedMayRetireAndCollect) {
  retire(std::shared_ptr<const void>(&dropped, [inner = code(dropped)](std::atomic<int>*) mutable {
    retire(std::move(inner));
    collect();
  }));
  collect();
  EXPECT_EQ(dropped, 1);
}

TEST_P(ReclaimTest, TheChildOfAForkCountsItsOwnThreadAlone) {
  Visitor visitor;
  visitor.enter();
  retire(code(dropped));
  lock_reclaim_for_fork();
  pid_t child = fork();
  if (child == 0) {
    unlock_reclaim_in_child();
    bool ok = collect() == 0 && dropped == 1;
    {
      Inside inside;
      retire(code(dropped));
      ok &= collect() == 1;
    }
    ok &= collect() == 0 && dropped == 2;
    _exit(ok ? 0 : 1);
  }
  unlock_reclaim_in_parent();
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(collect(), 1u);
}

// What an entry pointer leads to: readers look at both words, which the destructor spoils.
struct Version {
  explicit Version(uint64_t n) : number(n), twice(2 * n) {}
  ~Version() { number = twice = 1; }
  uint64_t number, twice;
};

TEST_P(ReclaimTest, ManyThreadsSwapReadAndCollect) {
  constexpr uint64_t swaps = 2000;
  std::atomic<Version*> entry{nullptr};
  auto owner = std::make_shared<Version>(0);
  entry.store(owner.get(), std::memory_order_release);
  std::mutex swapping;
  std::atomic<bool> over{false};
  std::atomic<uint64_t> wrong{0}, reads{0};
  std::vector<std::thread> readers, writers;
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      while (!over.load(std::memory_order_relaxed)) {
        Inside inside;
        Version* version = entry.load(std::memory_order_acquire);
        Inside nested;
        if (version->twice != 2 * version->number) wrong.fetch_add(1, std::memory_order_relaxed);
        reads.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (int t = 0; t < 2; ++t) {
    writers.emplace_back([&] {
      for (uint64_t i = 1; i <= swaps; ++i) {
        auto next = std::make_shared<Version>(i);
        {
          std::scoped_lock lock(swapping);
          entry.store(next.get(), std::memory_order_release);
          std::swap(owner, next);
        }
        retire(std::move(next));
        if (i % 3 == 0) collect();
      }
    });
  }
  for (auto& writer : writers) writer.join();
  over.store(true, std::memory_order_relaxed);
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(collect(), 0u);
}

}  // namespace
}  // namespace px::jit::native
