// Frames that go on in baseline code: at the back-edge that a test says, with the interpreter's results, exceptions and lines.
#include "move_support.h"

namespace px::jit::test {
namespace {

struct MoveTest : testing::Test {
  MoveTest() : m(looping_program) {}
  // In the interpreter alone.
  static std::string interpreted(Specialisation& spec, int64_t n) {
    set_tier_policy(TierPolicy::interpreter);
    return run_inside(spec, {bits(n)});
  }
  // The frame moves at the n-th back-edge or call.
  static void move_at(int64_t n) {
    set_tier_policy(TierPolicy::moves);
    interp::first_safepoint().store(n, std::memory_order_relaxed);
  }
  Module m;
};

TEST_F(MoveTest, AtEachBackEdgeOfALoop) {
  for (int64_t at = 1; at <= 7; ++at) {
    Module own(looping_program);
    Specialisation& sum = *own.specialise("sum", {1});
    WithBaseline baseline(TierPolicy::moves);
    move_at(at);
    EXPECT_EQ(run_inside(sum, {6}), sum_below(6));
    // The sixth round is the last.
    EXPECT_EQ(sum.profile.moves.load(), at < 6 ? 1u : 0u) << at;
  }
}

TEST_F(MoveTest, ExceptionsHaveTheInterpretersLines) {
  Specialisation& fails = *m.specialise("fails", {1});
  const std::string expected = interpreted(fails, 9);
  EXPECT_TRUE(expected.starts_with("KeyError: two @"));
  WithBaseline baseline(TierPolicy::moves);
  move_at(1);
  for (int k = 0; k < 3; ++k) EXPECT_EQ(run_inside(fails, {9}), expected);
  EXPECT_EQ(fails.profile.moves.load(), 3u);
  EXPECT_EQ(run_inside(fails, {2}), "int64 2");
}

TEST_F(MoveTest, TheFramesStackIsEmptyAfterwards) {
  Specialisation& calls = *m.specialise("calls", {1});
  WithBaseline baseline(TierPolicy::moves);
  move_at(1);
  runtime::Context& context = runtime::Context::of_thread();
  EXPECT_EQ(run_inside(calls, {20}), "int64 1140");
  EXPECT_EQ(context.frames_top, context.frames);
  EXPECT_GT(calls.profile.moves.load() + m.specialise("sum", {1})->profile.moves.load(), 0u);
}

TEST_F(MoveTest, MovesThatWereTakenAwayAreNotMade) {
  Specialisation& sum = *m.specialise("sum", {1});
  WithBaseline baseline(TierPolicy::automatic);
  baseline.compile(sum);
  ASSERT_TRUE(sum.baseline.load());
  uninstall(sum, Tier::baseline);
  EXPECT_EQ(sum.baseline.load(), nullptr);
  EXPECT_EQ(sum.native.load(), nullptr);
  EXPECT_EQ(run_inside(sum, {1000}), sum_below(1000));
  EXPECT_EQ(sum.profile.moves.load(), 0u);
  EXPECT_EQ(sum.profile.baseline_calls.load(), 0u);
  EXPECT_EQ(native::collect(), 0u);
}

TEST_F(MoveTest, NumbasCodeTakesTheMovesAway) {
  Specialisation& sum = *m.specialise("sum", {1});
  WithBaseline baseline(TierPolicy::automatic);
  baseline.compile(sum);
  StubCompiler::deliver(sum, [](const uint64_t*, uint64_t* ret, runtime::ExcInfo**) { return *ret = 1, 0; });
  EXPECT_EQ(run_inside(sum, {5}), "int64 1");
  for (uint32_t i = 0; i < sum.program->loop_count; ++i) EXPECT_EQ(sum.program->loops[i].move.load(), nullptr);
  StubCompiler::deliver(sum, nullptr);
  EXPECT_EQ(run_inside(sum, {5}), sum_below(5));
  EXPECT_EQ(sum.profile.moves.load(), 0u);
  // It can be asked for again.
  baseline.compile(sum);
  EXPECT_EQ(run_inside(sum, {5}), sum_below(5));
  EXPECT_EQ(sum.profile.baseline_calls.load(), 1u);
}

TEST_F(MoveTest, TheInterpreterWhereItIsForced) {
  Specialisation& sum = *m.specialise("sum", {1});
  WithBaseline baseline(TierPolicy::automatic);
  baseline.compile(sum);
  EXPECT_EQ(interpreted(sum, 100), sum_below(100));
  EXPECT_EQ(sum.profile.moves.load(), 0u);
}

TEST_F(MoveTest, ABlockThatIsNoHeaderTakesNone) {
  Specialisation& sum = *m.specialise("sum", {1});
  EXPECT_FALSE(interp::publish_move(*sum.program, 9999, nullptr));
}

}  // namespace
}  // namespace px::jit::test
