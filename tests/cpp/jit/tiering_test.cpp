// When native code is asked for, by whom, and how often.
#include "jit/tiering.h"

#include "core_compiler.h"
#include "core_support.h"

namespace px::jit::test {
namespace {

constexpr int many_safepoints = 512, many_calls = 2000;  // what is hot (tiering.cpp)

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
)";

struct TieringTest : testing::Test {
  TieringTest() : m(program), f(*m.specialise("f", {1})), inner(*m.specialise("inner", {1})) {}
  // `count` safepoints of `running`, while `outermost` is what was called from outside.
  static void safepoints(Specialisation& outermost, Specialisation& running, int count) {
    OutermostCall scope(outermost);
    for (int k = 0; k < count; ++k) interp::safepoint_hook().load()(running);
  }
  using Requests = StubCompiler::Requests;

  Module m;
  Specialisation &f, &inner;
};

TEST_F(TieringTest, TheCacheIsAskedAtTheFirstCallAndOnce) {
  StubCompiler stub;
  for (int k = 0; k < 3; ++k) on_entry(f);
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}}));
}

TEST_F(TieringTest, HotAfterManyCalls) {
  StubCompiler stub;
  for (int k = 0; k < many_calls; ++k) {
    on_entry(f);
    EXPECT_EQ(run(f, {3}), "int64 3");
  }
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}}));
  for (int k = 0; k < 3; ++k) on_entry(f);
  EXPECT_EQ(stub.requests(), (Requests{{&f, false}, {&f, true}}));
}

TEST_F(TieringTest, HotAfterManySafepointsWithinOneCall) {
  StubCompiler stub;
  safepoints(f, f, many_safepoints - 1);
  EXPECT_TRUE(stub.requests().empty());
  safepoints(f, f, 5);
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
  on_entry(f);  // the cache is asked along with the service
  EXPECT_EQ(stub.requests().size(), 1u);
}

TEST_F(TieringTest, TheOutermostCallGetsTheCredit) {
  StubCompiler stub;
  safepoints(f, inner, many_safepoints);
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
  EXPECT_EQ(inner.profile.safepoints.load(), 0u);
  // Nested: a native function that calls back into px.
  OutermostCall outer(inner);
  safepoints(f, inner, 1);
  EXPECT_EQ(f.profile.safepoints.load(), many_safepoints + 1u);
  EXPECT_EQ(inner.profile.safepoints.load(), 0u);
}

TEST_F(TieringTest, SafepointsOutsideOfCallsCountForNobody) {
  StubCompiler stub;
  for (int k = 0; k < many_safepoints; ++k) interp::safepoint_hook().load()(f);
  EXPECT_EQ(f.profile.safepoints.load(), 0u);
  EXPECT_TRUE(stub.requests().empty());
}

TEST_F(TieringTest, ARunningLoopMakesItselfHot) {
  StubCompiler stub;
  EXPECT_EQ(run(f, {many_safepoints * 4096 + 10'000}),
            "int64 " + std::to_string(int64_t{many_safepoints * 4096 + 10'000} * (many_safepoints * 4096 + 9'999) / 2));
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
}

TEST_F(TieringTest, PolicyInterpreterAsksNothing) {
  StubCompiler stub(TierPolicy::interpreter);
  on_entry(f);
  safepoints(f, f, many_safepoints + 1);
  for (int k = 0; k <= many_calls; ++k) run(f, {1});
  on_entry(f);
  EXPECT_TRUE(stub.requests().empty());
  set_tier_policy(TierPolicy::automatic);
  on_entry(f);
  EXPECT_EQ(stub.requests(), (Requests{{&f, true}}));
}

TEST_F(TieringTest, PolicyNativeAsksAtOnce) {
  StubCompiler stub(TierPolicy::native);
  for (int k = 0; k < 3; ++k) on_entry(f);
  safepoints(f, f, many_safepoints + 1);
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
  EXPECT_EQ(run(f, {4}), "int64 6");
}

}  // namespace
}  // namespace px::jit::test
