#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace px::runtime {
namespace {

// A task that calls `body`.
struct Work : Task {
  using Body = std::function<void(Context&, uint64_t begin, uint64_t end)>;
  Body body;
  explicit Work(Body b, uint64_t n = 1, uint64_t size = 1) : body(std::move(b)) {
    run = [](Task& task, Context& context, uint64_t begin, uint64_t end) { static_cast<Work&>(task).body(context, begin, end); };
    count = n;
    chunk = size;
  }
};

struct Case {
  unsigned workers;
  PortKind port;
};

class PoolTest : public testing::TestWithParam<Case> {
 protected:
  Pool pool{PoolOptions{.workers = GetParam().workers, .port = GetParam().port}};
  void SetUp() override {
    if (GetParam().port == PortKind::uring && !pool.error().empty()) GTEST_SKIP() << pool.error();
    ASSERT_EQ(pool.error(), "");
  }
  void run_all() {
    pool.start();
    while (pool.wait() != Wait::drained) {
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, PoolTest,
                         testing::Values(Case{1, PortKind::uring}, Case{2, PortKind::uring}, Case{5, PortKind::uring},
                                         Case{1, PortKind::epoll}, Case{5, PortKind::epoll}),
                         [](const auto& info) {
                           return std::string(info.param.port == PortKind::uring ? "uring" : "epoll") + std::to_string(info.param.workers);
                         });

TEST_P(PoolTest, HasTheWorkersAndThePortAskedFor) {
  EXPECT_EQ(pool.workers(), GetParam().workers);
  EXPECT_EQ(pool.port(), GetParam().port);
}

TEST_P(PoolTest, TasksAreHeldUntilStart) {
  std::atomic<int> runs{0};
  Work work([&](Context&, uint64_t, uint64_t) { runs++; });
  pool.submit(&work);
  EXPECT_EQ(pool.wait(), Wait::drained);  // no run is on
  EXPECT_EQ(runs, 0);
  EXPECT_FALSE(work.done());
  run_all();
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(work.done());
}

TEST_P(PoolTest, ARunWithoutTasksIsDrainedAtOnce) {
  run_all();
  EXPECT_FALSE(pool.running());
}

TEST_P(PoolTest, EveryTaskRunsExactlyOnce) {
  std::vector<std::unique_ptr<Work>> works;
  std::vector<std::atomic<int>> runs(10000);
  std::vector<Task*> tasks;
  for (auto& counter : runs) {
    works.push_back(std::make_unique<Work>([&counter](Context&, uint64_t, uint64_t) { counter++; }));
    tasks.push_back(works.back().get());
  }
  for (size_t i = 0; i < 100; i++) pool.submit(tasks[i]);
  pool.submit(std::span(tasks).subspan(100));
  run_all();
  for (size_t i = 0; i < tasks.size(); i++) {
    EXPECT_EQ(runs[i], 1);
    EXPECT_TRUE(tasks[i]->done());
    EXPECT_FALSE(tasks[i]->dropped);
  }
}

TEST_P(PoolTest, EveryIndexOfARangeRunsExactlyOnceInWholeChunks) {
  for (auto [count, chunk] : {std::pair<uint64_t, uint64_t>{0, 1}, {1, 1}, {2, 1}, {5, 100}, {1000, 7}, {20000, 1}, {20001, 1000}}) {
    std::vector<std::atomic<int>> runs(count);
    Work work(
        [&, chunk = chunk, count = count](Context&, uint64_t begin, uint64_t end) {
          EXPECT_EQ(begin % chunk, 0u);
          EXPECT_EQ(end, std::min(begin + chunk, count));
          for (uint64_t i = begin; i < end; i++) runs[i]++;
        },
        count, chunk);
    pool.submit(&work);
    run_all();
    EXPECT_TRUE(work.done());
    for (auto& counter : runs) EXPECT_EQ(counter, 1);
  }
}

TEST_P(PoolTest, ManyRangesRunExactlyOnce) {
  std::vector<std::unique_ptr<Work>> works;
  std::vector<std::atomic<int>> runs(1000);
  for (auto& counter : runs) {
    works.push_back(std::make_unique<Work>([&counter](Context&, uint64_t, uint64_t) { counter++; }, 5));
    pool.submit(works.back().get());
  }
  run_all();
  for (auto& counter : runs) EXPECT_EQ(counter, 5);
}

TEST_P(PoolTest, EachChunkIsAContextOfItsOwn) {
  Work work(
      [&](Context& context, uint64_t, uint64_t) {
        EXPECT_EQ(Context::current(), &context);
        EXPECT_LT(context.worker, pool.workers());
        EXPECT_EQ(context.arena.bytes(), 0u);
        EXPECT_EQ(context.frames_top, context.frames);
        EXPECT_FALSE(context.exc.has_message);
        context.arena.allocate(10000);
        context.exc.set(ExcKind::ValueError, "text");
        context.frames_top += 5;
      },
      1000);
  pool.submit(&work);
  run_all();
  EXPECT_EQ(pool.counters().contexts, 1000u);
}

TEST_P(PoolTest, WhatIsDetachedSurvives) {
  std::vector<PageList> kept(100);
  std::vector<int*> numbers(100);
  Work work(
      [&](Context& context, uint64_t i, uint64_t) {
        numbers[i] = static_cast<int*>(context.arena.allocate(sizeof(int)));
        *numbers[i] = static_cast<int>(i);
        kept[i] = context.arena.detach();
      },
      100);
  pool.submit(&work);
  run_all();
  for (int i = 0; i < 100; i++) EXPECT_EQ(*numbers[static_cast<size_t>(i)], i);
}

TEST_P(PoolTest, AChildTaskRunsInTheSameRun) {
  std::atomic<int> runs{0};
  std::vector<std::unique_ptr<Work>> children;
  for (int i = 0; i < 3000; i++) children.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) { runs++; }));
  Work range([&](Context&, uint64_t, uint64_t) { runs++; }, 100);
  Work parent([&](Context&, uint64_t, uint64_t) {
    for (auto& child : children) pool.submit(child.get());
    pool.submit(&range);
  });
  pool.submit(&parent);
  run_all();
  EXPECT_EQ(runs, 3100);
  EXPECT_TRUE(range.done());
}

TEST_P(PoolTest, ChunksMaySubmitToo) {
  std::atomic<int> runs{0};
  std::vector<std::unique_ptr<Work>> children;
  for (int i = 0; i < 1000; i++) children.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) { runs++; }));
  Work parent([&](Context&, uint64_t i, uint64_t) { pool.submit(children[i].get()); }, 1000);
  pool.submit(&parent);
  run_all();
  EXPECT_EQ(runs, 1000);
}

TEST_P(PoolTest, AChainOfChildrenIsFollowedToItsEnd) {
  std::vector<std::unique_ptr<Work>> chain;
  std::atomic<int> runs{0};
  for (size_t i = 0; i < 500; i++) {
    chain.push_back(std::make_unique<Work>([&, i](Context&, uint64_t, uint64_t) {
      runs++;
      if (i + 1 < chain.size()) pool.submit(chain[i + 1].get());
    }));
  }
  pool.submit(chain[0].get());
  run_all();
  EXPECT_EQ(runs, 500);
}

TEST_P(PoolTest, AnotherThreadMaySubmitDuringARun) {
  std::atomic<bool> all_submitted{false};
  std::atomic<int> runs{0};
  Work open([&](Context&, uint64_t, uint64_t) {
    while (!all_submitted) std::this_thread::yield();
  });
  std::vector<std::unique_ptr<Work>> works;
  for (int i = 0; i < 1000; i++) works.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) { runs++; }));
  pool.submit(&open);
  pool.start();
  std::thread submitter([&] {
    for (auto& work : works) pool.submit(work.get());
    all_submitted = true;
  });
  while (pool.wait() != Wait::drained) {
  }
  submitter.join();
  EXPECT_EQ(runs, 1000);
}

TEST_P(PoolTest, ATaskMayBeSubmittedAgain) {
  std::atomic<int> runs{0};
  Work work([&](Context&, uint64_t, uint64_t) { runs++; });
  Work range([&](Context&, uint64_t, uint64_t) { runs++; }, 10);
  for (int i = 0; i < 10; i++) {
    pool.submit(&work);
    pool.submit(&range);
    run_all();
  }
  EXPECT_EQ(runs, 110);
}

TEST_P(PoolTest, ManyShortRuns) {
  std::atomic<int> runs{0};
  for (int i = 0; i < 1000; i++) {
    Work work([&](Context&, uint64_t, uint64_t) { runs++; }, 1 + static_cast<uint64_t>(i % 5));
    pool.submit(&work);
    run_all();
    ASSERT_TRUE(work.done());
  }
  EXPECT_EQ(runs, 3000);
}

TEST_P(PoolTest, CancelBeforeStartDropsEverything) {
  std::atomic<int> runs{0};
  Work single([&](Context&, uint64_t, uint64_t) { runs++; });
  Work range([&](Context&, uint64_t, uint64_t) { runs++; }, 100);
  pool.submit(&single);
  pool.submit(&range);
  pool.cancel();
  EXPECT_TRUE(single.done() && single.dropped);
  EXPECT_TRUE(range.done() && range.dropped);
  run_all();
  EXPECT_EQ(runs, 0);
}

TEST_P(PoolTest, CancelDropsTheQueueAndSetsTheStopFlagUntilDrained) {
  std::atomic<bool> stopped{false}, let_go{false};
  std::atomic<int> runs{0};
  Work range(
      [&](Context& context, uint64_t, uint64_t) {
        runs++;
        while (!context.stop->load(std::memory_order_relaxed)) std::this_thread::yield();
        stopped = true;
        while (!let_go) std::this_thread::yield();
      },
      100'000);
  std::vector<std::unique_ptr<Work>> works;
  for (int i = 0; i < 1000; i++) works.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) { runs++; }));
  pool.submit(&range);
  pool.start();
  while (runs.load() == 0) std::this_thread::yield();
  pool.cancel();
  for (auto& work : works) pool.submit(work.get());  // dropped too: the run is not drained yet
  for (auto& work : works) EXPECT_TRUE(work->done() && work->dropped);
  let_go = true;
  while (pool.wait() != Wait::drained) {
  }
  EXPECT_TRUE(stopped);
  EXPECT_LE(runs, static_cast<int>(pool.workers()));
  EXPECT_TRUE(range.done() && range.dropped);

  Work after([&](Context& context, uint64_t, uint64_t) { EXPECT_FALSE(context.stop->load()); });
  pool.submit(&after);
  run_all();
  EXPECT_TRUE(after.done() && !after.dropped);
}

TEST_P(PoolTest, CancelAtAnyMomentFinishesEveryTask) {
  for (int round = 0; round < 50; round++) {
    std::vector<std::unique_ptr<Work>> works;
    std::vector<Task*> tasks;
    std::atomic<int> runs{0};
    for (int i = 0; i < 200; i++) {
      works.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) { runs++; }, 1 + static_cast<uint64_t>(i % 10)));
      tasks.push_back(works.back().get());
    }
    pool.submit(tasks);
    pool.start();
    while (runs.load() < round * 10) std::this_thread::yield();
    pool.cancel();
    while (pool.wait() != Wait::drained) {
    }
    for (Task* task : tasks) ASSERT_TRUE(task->done());
  }
}

// What a swap of code looks like from here: many callbacks read a pointer that another thread replaces.
TEST_P(PoolTest, ContextsRunWhileAPointerIsSwapped) {
  using Entry = int (*)(int);
  Entry first = [](int x) { return x + 1; };
  Entry second = [](int x) { return 1 + x; };
  std::atomic<Entry> entry{first};
  std::atomic<bool> done{false};
  std::thread swapper([&] {
    for (bool odd = false; !done.load(); odd = !odd) entry.store(odd ? first : second, std::memory_order_release);
  });
  std::vector<std::unique_ptr<Work>> works;
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 64; i++) {
    works.push_back(std::make_unique<Work>(
        [&](Context& context, uint64_t begin, uint64_t end) {
          auto* numbers = static_cast<int*>(context.arena.allocate((end - begin) * sizeof(int)));
          for (uint64_t k = begin; k < end; k++) numbers[k - begin] = entry.load(std::memory_order_acquire)(static_cast<int>(k));
          int64_t part = 0;
          for (uint64_t k = begin; k < end; k++) part += numbers[k - begin];
          sum += part;
        },
        1000, 10));
    pool.submit(works.back().get());
  }
  run_all();
  done = true;
  swapper.join();
  EXPECT_EQ(sum, int64_t{64} * 1000 * 1001 / 2);
}

TEST_P(PoolTest, AllWorkersTakePartInARange) {
  std::atomic<unsigned> present{0};
  Work range(
      [&](Context&, uint64_t, uint64_t) {
        present++;
        while (present.load() < pool.workers()) std::this_thread::yield();
      },
      pool.workers());
  pool.submit(&range);
  run_all();
  EXPECT_EQ(present, pool.workers());
}

TEST_P(PoolTest, AllWorkersTakePartInChildren) {
  std::atomic<unsigned> present{0};
  std::vector<std::unique_ptr<Work>> children;
  for (unsigned i = 0; i < pool.workers(); i++) {
    children.push_back(std::make_unique<Work>([&](Context&, uint64_t, uint64_t) {
      present++;
      while (present.load() < pool.workers()) std::this_thread::yield();
    }));
  }
  Work parent([&](Context&, uint64_t, uint64_t) {
    for (auto& child : children) pool.submit(child.get());
  });
  pool.submit(&parent);
  run_all();
  EXPECT_EQ(present, pool.workers());
}

TEST_P(PoolTest, ASteadyStreamOfContextsTakesNoMorePages) {
  auto callback = [](Context& context, uint64_t, uint64_t) {
    for (int i = 0; i < 50; i++) static_cast<char*>(context.arena.allocate(3000))[0] = 1;
    static_cast<char*>(context.arena.allocate(300'000))[0] = 1;
  };
  Work warm_up(callback, 1000), steady(callback, 1000);
  pool.submit(&warm_up);
  run_all();
  uint64_t most = pool.workers() * uint64_t{2} << 20;
  EXPECT_LE(pool.counters().bytes, most);
  pool.submit(&steady);
  run_all();
  EXPECT_LE(pool.counters().bytes, most);
}

}  // namespace
}  // namespace px::runtime
