// The compile thread: what is asked for arrives, what cannot be made is said once, and nobody waits for ever.
#include "jit/baseline/compile_thread.h"

#include <mutex>
#include <thread>

#include "jit/baseline/cost.h"
#include "move_support.h"

namespace px::jit::test {
namespace {

struct CompileThreadTest : testing::Test {
  CompileThreadTest() : m(looping_program), sum(*m.specialise("sum", {1})), down(*m.specialise("down", {1})) {}
  static std::string refusal(const Specialisation& spec) {
    std::scoped_lock lock(spec.function->mutex());
    return spec.baseline_refusal;
  }
  static baseline::Request entry_of(Specialisation& spec) {
    spec.baseline_state.store(CompileState::queued);
    return {.root = &spec, .frames = {}, .entry = true};
  }
  Module m;
  Specialisation &sum, &down;
};

TEST_F(CompileThreadTest, MakesWhatIsAskedFor) {
  WithBaseline baseline(TierPolicy::automatic);
  baseline.thread.request(entry_of(sum));
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_EQ(sum.baseline_state.load(), CompileState::linked);
  EXPECT_EQ(sum.tier.load(), Tier::baseline);
  EXPECT_EQ(run_inside(sum, {100}), sum_below(100));
  EXPECT_EQ(sum.profile.baseline_calls.load(), 1u);
  auto statistics = baseline.thread.statistics();
  EXPECT_EQ(statistics.requests, 1u);
  EXPECT_EQ(statistics.units, 1u);
  EXPECT_EQ(statistics.pending, 0u);
}

TEST_F(CompileThreadTest, MadeReadyBeforehandItMakesNothing) {
  WithBaseline baseline(TierPolicy::automatic);
  baseline.thread.prepare();
  baseline.thread.prepare();
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_GT(baseline.thread.statistics().load_seconds, 0);
  EXPECT_EQ(baseline.thread.statistics().units, 0u);
  EXPECT_EQ(baseline::cost_model().load(), 0);
  baseline.thread.request(entry_of(sum));
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_EQ(run_inside(sum, {100}), sum_below(100));
}

TEST_F(CompileThreadTest, WhatIsMissingIsNoNewsBeforeAUnitIsAskedFor) {
  TemporaryFolder empty;
  int told = 0;
  baseline::ThreadOptions options{.directory = empty.string(), .warn = [&](const std::string&) { ++told; }};
  WithBaseline baseline(TierPolicy::automatic, std::move(options));
  baseline.thread.prepare();
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_EQ(told, 0);
  baseline.thread.request(entry_of(sum));
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_EQ(sum.baseline_state.load(), CompileState::refused);
  EXPECT_EQ(told, 1);
}

TEST_F(CompileThreadTest, AMissingGeneratorIsSaidOnce) {
  TemporaryFolder empty;
  std::vector<std::string> told;
  baseline::ThreadOptions options{.directory = empty.string(), .warn = [&](const std::string& text) { told.push_back(text); }};
  WithBaseline baseline(TierPolicy::automatic, std::move(options));
  baseline.thread.request(entry_of(sum));
  baseline.thread.request(entry_of(down));
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  for (Specialisation* spec : {&sum, &down}) {
    EXPECT_EQ(spec->baseline_state.load(), CompileState::refused);
    EXPECT_NE(refusal(*spec), "");
    EXPECT_EQ(spec->baseline.load(), nullptr);
  }
  EXPECT_EQ(run_inside(sum, {100'000}), sum_below(100'000));
  EXPECT_EQ(baseline.thread.statistics().refused, 2u);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("there is no baseline compiler"), std::string::npos) << told[0];
}

TEST_F(CompileThreadTest, AForcedTierSaysWhyThereIsNone) {
  TemporaryFolder empty;
  WithBaseline baseline(TierPolicy::baseline, {.directory = empty.string(), .warn = {}});
  std::string why;
  EXPECT_FALSE(demand_baseline(sum, why));
  EXPECT_EQ(why, refusal(sum));
  EXPECT_NE(why, "");
}

TEST_F(CompileThreadTest, ARequestTooManyMayBeMadeAgain) {
  WithBaseline baseline(TierPolicy::automatic, {.directory = PX_MODULE_DIR, .queue_limit = 0, .warn = {}});
  const interp::ProgramLoop& loop = sum.program->loops[0];
  loop.asked.store(true);
  baseline::Request request = entry_of(sum);
  request.frames.push_back({&sum, loop.header});
  baseline.thread.request(std::move(request));
  EXPECT_EQ(baseline.thread.statistics().dropped, 1u);
  EXPECT_EQ(sum.baseline_state.load(), CompileState::none);
  EXPECT_FALSE(loop.asked.load());
  EXPECT_TRUE(baseline.thread.wait_idle(0));
}

TEST_F(CompileThreadTest, AStoppedThreadDropsAndAnswers) {
  WithBaseline baseline(TierPolicy::automatic);
  baseline.thread.request(entry_of(sum));
  baseline.thread.stop();
  baseline.thread.request(entry_of(down));
  EXPECT_EQ(down.baseline_state.load(), CompileState::none);
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
  EXPECT_EQ(run_inside(sum, {10}), sum_below(10));
}

// As what drops functions does, under a lock that fork takes after the thread's (jit/forget.cpp). The thread sanitizer sees the order.
TEST_F(CompileThreadTest, WhoAsksWhetherItRestsMayHoldALockThatForkTakesLater) {
  WithBaseline baseline(TierPolicy::automatic);
  std::mutex later;
  baseline.thread.request(entry_of(sum));
  {
    std::scoped_lock lock(later);
    baseline.thread.wait_idle(0);  // it is at work
  }
  baseline.thread.before_fork();
  later.lock();
  later.unlock();
  baseline.thread.after_fork_in_parent();
  EXPECT_TRUE(baseline.thread.wait_idle(-1));
}

TEST_F(CompileThreadTest, AroundForkItIsAtRest) {
  WithBaseline baseline(TierPolicy::automatic);
  std::atomic<bool> over{false};
  std::thread asking([&] {
    while (!over) {
      baseline.compile(sum);
      uninstall(sum, Tier::baseline);
    }
  });
  for (int k = 0; k < 50 || baseline.thread.statistics().units < 3; ++k) {
    baseline.thread.before_fork();
    baseline.thread.after_fork_in_parent();
    std::this_thread::yield();
  }
  over = true;
  asking.join();
  baseline.compile(sum);
  EXPECT_EQ(run_inside(sum, {10}), sum_below(10));
  EXPECT_GT(sum.profile.baseline_calls.load(), 0u);
}

TEST_F(CompileThreadTest, AFrameInAFunctionThatIsTooDeepGetsAUnitOfItsOwn) {
  Specialisation& calls = *m.specialise("calls", {1});
  WithBaseline baseline(TierPolicy::automatic, {.directory = PX_MODULE_DIR, .unit_limit = 1, .warn = {}});
  baseline::Request request = entry_of(calls);
  request.frames = {{&calls, calls.program->loops[0].header}, {&sum, sum.program->loops[0].header}};
  baseline.thread.request(std::move(request));
  baseline.thread.wait_idle(-1);
  EXPECT_TRUE(calls.baseline.load());
  EXPECT_TRUE(sum.program->loops[0].move.load());
  EXPECT_EQ(run_inside(calls, {20}), "int64 1140");
}

}  // namespace
}  // namespace px::jit::test
