// Baseline code and the moves into it come and go while threads and contexts are in the middle of it. Run under the thread sanitizer too.
#include <thread>

#include "move_support.h"
#include "runtime/pool.h"

namespace px::jit::test {
namespace {

constexpr int threads = 8;
constexpr int swaps = 10;  // the compile thread has to get a turn beside all of them

// `work(thread)` again and again on eight threads, while `swap()` is done so many times, and until `met()`.
void on_threads(auto work, auto swap, auto met) {
  std::atomic<bool> over{false};
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&, t] {
      while (!over.load(std::memory_order_relaxed)) {
        work(t);
        std::this_thread::yield();
      }
    });
  }
  for (int k = 0; k < swaps || (!met() && k < 100 * swaps); ++k) swap();
  over = true;
  for (auto& thread : all) thread.join();
}

TEST(MoveStressTest, RecursionThroughAFunctionThatIsSwapped) {
  Module m(looping_program);
  Specialisation& down = *m.specialise("down", {1});
  const Profile& profile = down.profile;
  WithBaseline baseline(TierPolicy::automatic);
  std::atomic<uint64_t> wrong{0};
  on_threads(
      [&](int t) {
        int64_t n = 40 + t;
        if (run_inside(down, {bits(n)}) != "int64 " + std::to_string(3 * n)) ++wrong;
      },
      [&] {
        baseline.compile(down);
        std::this_thread::yield();
        uninstall(down, Tier::baseline);
        native::collect();
      },
      [&] { return profile.calls > 0 && profile.baseline_calls > 0; });
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(profile.calls.load(), 0u);
  EXPECT_GT(profile.baseline_calls.load(), 0u);
  EXPECT_EQ(native::collect(), 0u);
}

TEST(MoveStressTest, NumbaAndBaselineTakeEachOthersPlace) {
  Module m(looping_program);
  Specialisation& sum = *m.specialise("sum", {1});
  const Profile& profile = sum.profile;
  WithBaseline baseline(TierPolicy::automatic);
  std::atomic<uint64_t> wrong{0};
  on_threads(
      [&](int t) {
        int64_t n = 2000 + t;
        if (run_inside(sum, {bits(n)}) != sum_below(n)) ++wrong;
      },
      [&] {
        baseline.compile(sum);
        std::this_thread::yield();
        StubCompiler::deliver(sum, [](const uint64_t* args, uint64_t* ret, runtime::ExcInfo**) {
          *ret = args[0] * (args[0] - 1) / 2;
          return 0;
        });
        std::this_thread::yield();
        StubCompiler::deliver(sum, nullptr);
        native::collect();
      },
      [&] { return profile.native_calls > 0 && profile.baseline_calls > 0; });
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(profile.native_calls.load(), 0u);
  EXPECT_GT(profile.baseline_calls.load(), 0u);
  EXPECT_EQ(native::collect(), 0u);
}

// 64 contexts of a pool: each asks for the code of its loop at a safepoint of its own, and moves.
struct Sums : runtime::Task {
  Specialisation* sum = nullptr;
  std::atomic<uint64_t> wrong{0};  // results; relaxed
};

void sum_up(runtime::Task& task, runtime::Context& context, uint64_t begin, uint64_t) {
  auto& sums = static_cast<Sums&>(task);
  native::Inside inside;
  runtime::Context::Scope scope(context);
  for (uint64_t k = 0; k < (under_sanitizer ? 5 : 50); ++k) {
    uint64_t n = 1000 + begin + k, result = 0;
    runtime::ExcInfo* exc = nullptr;
    if (call(*sums.sum, &n, &result, &exc) != 0 || result != n * (n - 1) / 2) ++sums.wrong;
    if (context.frames_top != context.frames) ++sums.wrong;
  }
}

TEST(MoveStressTest, SixtyFourContextsMoveWhileTheCodeIsPublished) {
  for (int64_t interval : {1, 7, 300}) {
    Module m(looping_program);
    Sums sums;
    sums.sum = m.specialise("sum", {1});
    sums.run = sum_up;
    sums.count = 64;
    WithBaseline baseline(TierPolicy::moves);
    interp::first_safepoint().store(interval, std::memory_order_relaxed);
    runtime::Pool pool({.workers = 4});
    ASSERT_EQ(pool.error(), "");
    pool.submit(&sums);
    std::thread taker([&] {
      while (!sums.done()) {
        uninstall(*sums.sum, Tier::baseline);
        native::collect();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
    pool.start();
    while (pool.wait() != runtime::Wait::drained) {
    }
    taker.join();
    EXPECT_EQ(sums.wrong.load(), 0u);
    EXPECT_GT(sums.sum->profile.moves.load(), 0u);
  }
}

TEST(MoveStressTest, ManyThreadsAskForTheSameMove) {
  for (int round = 0; round < (under_sanitizer ? 3 : 10); ++round) {
    Module m(looping_program);
    Specialisation& calls = *m.specialise("calls", {1});
    WithBaseline baseline(TierPolicy::moves);
    interp::first_safepoint().store(1 + round, std::memory_order_relaxed);
    std::atomic<uint64_t> wrong{0};
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&] {
        for (int k = 0; k < 20; ++k) {
          if (run_inside(calls, {40}) != "int64 9880") ++wrong;
        }
      });
    }
    for (auto& thread : all) thread.join();
    EXPECT_EQ(wrong, 0u);
    // The headers of the two loops were asked for once each.
    EXPECT_GE(baseline.thread.statistics().requests, 1u);
    EXPECT_LE(baseline.thread.statistics().requests, 2u);
  }
}

}  // namespace
}  // namespace px::jit::test
