// When better code is asked for, by whom, and how often.
#include "jit/tiering.h"

#include "core_compiler.h"
#include "core_support.h"
#include "jit/baseline/compiler.h"
#include "jit/baseline/cost.h"
#include "runtime/clock.h"

namespace px::jit::test {
namespace {

const char* const program = R"(def f(n)
  g = global inner
  r = call g n
  ret r
def inner(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  s = inplace + s i
  jump head
done:
  ret s
def outer(n, m)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  g = global inner
  t1 = call g m
  s = inplace + s t1
  jump head
done:
  ret s
)";

// The process's baseline compiler while it lives: notes what it is asked for and makes nothing.
class StubBaseline final : public baseline::Compiler {
 public:
  StubBaseline() { baseline::compiler().store(this, std::memory_order_release); }
  ~StubBaseline() override { baseline::compiler().store(nullptr, std::memory_order_release); }
  void request(baseline::Request request) override { requests.push_back(std::move(request)); }
  void prepare() override { ++prepared; }
  bool wait_idle(double) override { return true; }
  std::vector<baseline::Request> requests;
  int prepared = 0;
};

constexpr uint64_t second = 1'000'000'000;

struct TieringTest : testing::Test {
  TieringTest() : m(program), f(*m.specialise("f", {1})), inner(*m.specialise("inner", {1})) {}
  using Requests = StubCompiler::Requests;
  // A safepoint of baseline code, which has no frame.
  static void safepoint() { interp::safepoint_hook().load()({}); }
  // As if so many seconds had been spent in it.
  static void spend(Specialisation& spec, double seconds) {
    spec.profile.interpreter_ticks += runtime::ticks_in(static_cast<uint64_t>(seconds * second));
  }

  Module m;
  Specialisation &f, &inner;
};

TEST_F(TieringTest, TheCacheIsAskedAtTheFirstCallAndOnce) {
  StubCompiler stub;
  for (int k = 0; k < 3; ++k) on_entry(f);
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}}));
}

TEST_F(TieringTest, AShortProgramAsksNoService) {
  StubCompiler stub;
  for (int k = 0; k < 5000; ++k) {
    on_entry(f);
    EXPECT_EQ(run(f, {3}), "int64 3");
  }
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}}));
}

TEST_F(TieringTest, TheServiceIsAskedOnceTheWorkHasLastedAsLongAsItsAnswerWould) {
  StubCompiler stub;
  {
    OutermostCall call(f);
    safepoint();
    EXPECT_TRUE(stub.requests().empty());
    spend(f, 3);
    safepoint();
    safepoint();
  }
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
  on_entry(f);  // the cache is asked along with the service
  EXPECT_EQ(stub.requests().size(), 1u);
}

TEST_F(TieringTest, ManyCallsMakeItWorthTheServiceToo) {
  StubCompiler stub;
  on_entry(f);
  spend(f, 3);
  for (int k = 0; k < 200; ++k) {
    on_entry(f);
    EXPECT_EQ(run(f, {3}), "int64 3");
  }
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}, {&f, true}}));
}

TEST_F(TieringTest, TimedCallsOfBaselineCodeCount) {
  StubCompiler stub;
  install(f, Tier::baseline, [](const uint64_t*, uint64_t*, runtime::ExcInfo**) { return 0; }, nullptr);
  on_native_time(f, runtime::ticks_in(second / 100));
  EXPECT_TRUE(stub.requests().empty());
  on_native_time(f, runtime::ticks_in(3 * second));
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
}

TEST_F(TieringTest, TheOutermostCallGetsTheCredit) {
  StubCompiler stub;
  spend(f, 3);
  {
    OutermostCall call(inner);
    OutermostCall nested(f);
    safepoint();
  }
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
}

TEST_F(TieringTest, SafepointsOutsideOfCallsCountForNobody) {
  StubCompiler stub;
  spend(f, 3);
  safepoint();
  EXPECT_TRUE(stub.requests().empty());
}

TEST_F(TieringTest, LlvmIsMadeReadyBeforeAUnitPays) {
  StubCompiler stub;
  StubBaseline baseline;
  const double load = baseline::cost_model().load();
  if (load == 0) GTEST_SKIP() << "an earlier test of this process has loaded LLVM; ctest runs each in its own";
  OutermostCall call(f);
  safepoint();
  EXPECT_EQ(baseline.prepared, 0);
  spend(f, load / 2);
  safepoint();
  EXPECT_EQ(baseline.prepared, 1);
  EXPECT_TRUE(baseline.requests.empty());
}

TEST_F(TieringTest, ALongLoopAsksForBaselineCodeForItsFrames) {
  StubCompiler stub;
  StubBaseline baseline;
  // Some 0.2 s in the interpreter: the rounds that are left say so at the second safepoint.
  constexpr int64_t rounds = 40'000'000;
  EXPECT_EQ(run(f, {rounds}), "int64 " + std::to_string(rounds * (rounds - 1) / 2));
  ASSERT_EQ(baseline.requests.size(), 1u);
  EXPECT_EQ(baseline.requests[0].root, &f);
  ASSERT_EQ(baseline.requests[0].frames.size(), 1u);
  EXPECT_EQ(baseline.requests[0].frames[0].spec, &inner);
  EXPECT_FALSE(baseline.requests[0].entry);  // it may be the only call
}

// 80 million rounds, in loops of two frames. No code comes, so that nothing more is asked for.
struct NestTest : TieringTest {
  const baseline::Request::Frame* first_frame(int64_t rounds, int64_t rounds_inside) {
    int64_t sum = rounds * (rounds_inside * (rounds_inside - 1) / 2);
    EXPECT_EQ(run(outer, {bits(rounds), bits(rounds_inside)}), "int64 " + std::to_string(sum));
    EXPECT_EQ(baseline.requests.size(), 1u);
    return baseline.requests.empty() || baseline.requests[0].frames.size() != 1 ? nullptr : baseline.requests[0].frames.data();
  }
  StubCompiler stub;
  StubBaseline baseline;
  Specialisation& outer = *m.specialise("outer", {1, 1});
};

TEST_F(NestTest, TheOutermostLoopIsCompiledFirst) {
  auto* frame = first_frame(800'000, 100);
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(frame->spec, &outer);
}

TEST_F(NestTest, ALongInnerLoopIsNotWaitedFor) {
  auto* frame = first_frame(2, 40'000'000);
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(frame->spec, &inner);
}

// Its own code has been asked for, and the range in the callee will not last as long as compiling takes.
TEST_F(NestTest, ALastRoundAsksForNoMore) {
  spend(outer, 1);
  EXPECT_EQ(run(outer, {bits(100), bits(1'000)}), "int64 49950000");
  ASSERT_EQ(baseline.requests.size(), 1u);
  EXPECT_EQ(run(outer, {bits(1), bits(9'000)}), "int64 40495500");
  EXPECT_EQ(baseline.requests.size(), 1u);
}

TEST_F(TieringTest, TheNextCallOfAFunctionThatMovedAsksForAnEntry) {
  StubCompiler stub;
  StubBaseline baseline;
  on_entry(f);
  f.profile.moves = 1;
  spend(f, 3);
  for (int k = 0; k < 3; ++k) on_entry(f);
  ASSERT_EQ(baseline.requests.size(), 1u);
  EXPECT_EQ(baseline.requests[0].root, &f);
  EXPECT_TRUE(baseline.requests[0].entry);
  EXPECT_EQ(f.baseline_state.load(), CompileState::queued);
}

TEST_F(TieringTest, AShortLoopAsksNothing) {
  StubCompiler stub;
  StubBaseline baseline;
  EXPECT_EQ(run(f, {10'000}), "int64 49995000");
  EXPECT_TRUE(baseline.requests.empty());
}

TEST_F(TieringTest, PolicyInterpreterAsksNothing) {
  StubCompiler stub(TierPolicy::interpreter);
  StubBaseline baseline;
  spend(f, 3);
  on_entry(f);
  run(f, {100'000});
  EXPECT_TRUE(stub.requests().empty());
  EXPECT_TRUE(baseline.requests.empty());
}

TEST_F(TieringTest, PolicyNativeAsksAtOnce) {
  StubCompiler stub(TierPolicy::native);
  for (int k = 0; k < 3; ++k) on_entry(f);
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
}

TEST_F(TieringTest, EachSpecialisationIsAskedForItself) {
  StubCompiler stub;
  auto& other = *m.specialise("f", {true});
  on_entry(f);
  on_entry(other);
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}, {&other, false}}));
}

TEST_F(TieringTest, WithoutACompilerNothingHappens) {
  on_entry(f);
  spend(f, 3);
  on_entry(f);
  EXPECT_EQ(run(f, {4}), "int64 6");
}

TEST_F(TieringTest, ForcedTiersChooseTheirOwnCode) {
  Entry baseline = [](const uint64_t*, uint64_t* ret, runtime::ExcInfo**) { return *ret = 1, 0; };
  Entry numba = [](const uint64_t*, uint64_t* ret, runtime::ExcInfo**) { return *ret = 2, 0; };
  set_tier_policy(TierPolicy::baseline);
  EXPECT_TRUE(install(f, Tier::numba, numba, nullptr));
  EXPECT_FALSE(install(f, Tier::baseline, baseline, nullptr));
  auto under = [&](TierPolicy policy) {
    set_tier_policy(policy);
    return chosen_entry(f);
  };
  EXPECT_EQ(under(TierPolicy::baseline), baseline);
  EXPECT_EQ(under(TierPolicy::native), numba);
  EXPECT_EQ(under(TierPolicy::interpreter), nullptr);
  EXPECT_EQ(under(TierPolicy::automatic), numba);
  uninstall(f, Tier::numba);
  EXPECT_EQ(chosen_entry(f), baseline);
  uninstall(f, Tier::baseline);
  EXPECT_EQ(chosen_entry(f), nullptr);
}

}  // namespace
}  // namespace px::jit::test
