// The swap: native code that arrives before, during, after, never, twice, or with the wrong types. A stub stands for it whose results
// differ from the interpreter's, so that it shows which tier ran.
#include "core_compiler.h"
#include "core_support.h"
#include "jit/client/agreement.h"

namespace px::jit::test {
namespace {

const char* const program = R"(def f(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  g = global answer
  v = call g i
  s = inplace + s v
  jump head
done:
  ret s
def answer(i)
  zero = constant 0
  c = compare < i zero
  branch c bad good
bad:
  e = global ValueError
  m = constant 'negative'
  raise e m
good:
  x = constant 42
  ret x
def apply(i)
  g = global answer
  v = call g i
  ret v
)";

int32_t fifty_three(const uint64_t*, uint64_t* ret, runtime::ExcInfo**) {
  *ret = 53;
  return 0;
}
int32_t seventy(const uint64_t*, uint64_t* ret, runtime::ExcInfo**) {
  *ret = 70;
  return 0;
}
int32_t raises(const uint64_t*, uint64_t*, runtime::ExcInfo** exc) {
  *exc = &runtime::Context::current()->exc;
  (*exc)->set(runtime::ExcKind::KeyError, "native");
  (*exc)->push_trace(nullptr, 7);
  return 1;
}

struct SwapTest : testing::Test {
  SwapTest() : m(program), f(*m.specialise("f", {1})), answer(*m.specialise("answer", {1})), apply(*m.specialise("apply", {1})) {}
  ~SwapTest() override { interp::safepoint_hook().store(nullptr); }
  Module m;
  Specialisation &f, &answer, &apply;
};

TEST_F(SwapTest, BeforeTheFirstCall) {
  StubCompiler::deliver(answer, fifty_three);
  EXPECT_EQ(run(answer, {1}), "int64 53");
  EXPECT_EQ(answer.profile.calls.load(), 0u);
  EXPECT_EQ(answer.profile.native_calls.load(), 1u);
}

TEST_F(SwapTest, After) {
  EXPECT_EQ(run(answer, {1}), "int64 42");
  StubCompiler::deliver(answer, fifty_three);
  EXPECT_EQ(run(answer, {1}), "int64 53");
  EXPECT_EQ(answer.profile.calls.load(), 1u);
}

TEST_F(SwapTest, InterpretedCallersSeeIt) {
  EXPECT_EQ(run(f, {10}), "int64 420");
  StubCompiler::deliver(answer, fifty_three);
  EXPECT_EQ(run(f, {10}), "int64 530");
  StubCompiler::deliver(f, seventy);
  EXPECT_EQ(run(f, {10}), "int64 70");
  // Specialising again finds the same one, with its code.
  EXPECT_EQ(m("f", {10}), "int64 70");
}

// Delivered at the first safepoint: between two calls of one loop.
SwapTest* at_safepoint = nullptr;

TEST_F(SwapTest, DuringALoop) {
  at_safepoint = this;
  interp::safepoint_hook().store([](const interp::Safepoint&) {
    StubCompiler::deliver(at_safepoint->answer, fifty_three);
    return interp::safepoint_interval;
  });
  constexpr int64_t rounds = 100'000;
  std::string text = run(f, {rounds});
  auto native = static_cast<int64_t>(answer.profile.native_calls.load());
  EXPECT_GT(native, 0);
  EXPECT_LT(native, rounds);
  EXPECT_EQ(text, "int64 " + std::to_string(42 * (rounds - native) + 53 * native));
}

TEST_F(SwapTest, TheLoopItselfStaysWhereItIs) {
  at_safepoint = this;
  interp::safepoint_hook().store([](const interp::Safepoint&) {
    StubCompiler::deliver(at_safepoint->f, seventy);
    return interp::safepoint_interval;
  });
  EXPECT_EQ(run(f, {10'000}), "int64 420000");
  EXPECT_EQ(run(f, {10'000}), "int64 70");
}

TEST_F(SwapTest, Never) {
  StubCompiler stub(TierPolicy::native);
  stub.on_request = [](Specialisation& spec, bool) { StubCompiler::refuse(spec); };
  for (int k = 0; k < 5; ++k) {
    on_entry(answer);
    EXPECT_EQ(run(answer, {1}), "int64 42");
  }
  EXPECT_EQ(stub.requests().size(), 1u);
}

TEST_F(SwapTest, AtTheMomentOfAsking) {
  StubCompiler stub(TierPolicy::native);
  stub.on_request = [](Specialisation& spec, bool) { StubCompiler::deliver(spec, fifty_three); };
  on_entry(answer);
  EXPECT_EQ(run(answer, {1}), "int64 53");
}

TEST_F(SwapTest, Twice) {
  StubCompiler::deliver(answer, fifty_three);
  EXPECT_EQ(run(answer, {1}), "int64 53");
  StubCompiler::deliver(answer, seventy);
  EXPECT_EQ(run(answer, {1}), "int64 70");
  StubCompiler::deliver(answer, seventy);
  EXPECT_EQ(run(apply, {1}), "int64 70");
}

TEST_F(SwapTest, OneSpecialisationIsSwappedAndNotTheFunction) {
  StubCompiler::deliver(answer, fifty_three);
  EXPECT_EQ(m("answer", {1.0}), "int64 42");
  EXPECT_EQ(m("answer", {1}), "int64 53");
}

TEST_F(SwapTest, AnotherGlobalIsInterpretedAgain) {
  Module n("def g(x)\n  K = global K\n  ret K\n");
  n.set("K", "1");
  StubCompiler::deliver(*n.specialise("g", {0}), fifty_three);
  EXPECT_EQ(n("g", {0}), "int64 53");
  n.set("K", "2");
  EXPECT_EQ(n("g", {0}), "int64 2");
  n.set("K", "1");
  EXPECT_EQ(n("g", {0}), "int64 53");
}

TEST_F(SwapTest, ExceptionsCrossTheTiers) {
  EXPECT_EQ(run(apply, {bits(-1)}), "ValueError: negative @7 @2");
  StubCompiler::deliver(answer, raises);
  EXPECT_EQ(run(answer, {1}), "KeyError: native @7");
  EXPECT_EQ(run(apply, {1}), "KeyError: native @7 @2");
  EXPECT_EQ(run(f, {5}), "KeyError: native @7 @8");
}

// Native code that calls a function of px that has none.
SwapTest* through = nullptr;
int32_t calls_back(const uint64_t* args, uint64_t* ret, runtime::ExcInfo** exc) {
  if (int32_t status = call(through->answer, args, ret, exc)) {
    (*exc)->push_trace(nullptr, 99);
    return status;
  }
  *ret += 1000;
  return 0;
}

TEST_F(SwapTest, InterpreterUnderNativeUnderInterpreter) {
  through = this;
  Module n("def g(x)\n  a = global h\n  y = call a x\n  z = call a y\n  ret z\ndef h(x)\n  ret x\n");
  auto& h = *n.specialise("h", {1});
  auto& g = *n.specialise("g", {1});
  StubCompiler::deliver(h, calls_back);
  runtime::Context& context = runtime::Context::of_thread();
  EXPECT_EQ(run(g, {5}), "int64 1042");
  EXPECT_EQ(run(g, {bits(-5)}), "ValueError: negative @7 @99 @2");
  EXPECT_EQ(context.frames_top, context.frames);
}

TEST_F(SwapTest, WrongTypesAreRefusedBeforeTheyAreSeen) {
  client::Request request;
  std::string why;
  ASSERT_TRUE(client::build_request(f, "environment", request, why)) << why;
  client::Answer answer_of_f;
  answer_of_f.ok = true;
  answer_of_f.result = "int64";
  answer_of_f.specialisations = {{0, {"int64"}, "int64", {{"s", 1, "int64"}, {"i", 6, "int64"}, {"v", 8, "int64"}, {"s", 9, "int64"}}},
                                 {1, {"int64"}, "int64", {{"x", 9, "int64"}}}};
  auto& theirs = answer_of_f.specialisations;
  EXPECT_EQ(client::disagreement(request, answer_of_f), "");
  theirs[0].definitions[3].type = "float64";
  EXPECT_EQ(client::disagreement(request, answer_of_f), "type disagreement: s, line 109: int64/float64");
  theirs[0].definitions[3].type = "int64";
  theirs[1].definitions[0].type = "uint64";
  EXPECT_EQ(client::disagreement(request, answer_of_f), "type disagreement: answer: x, line 109: int64/uint64");
  theirs[1].definitions[0].type = "int64";
  theirs[1].arguments = {"float64"};
  EXPECT_EQ(client::disagreement(request, answer_of_f), "type disagreement: arguments of answer: not called so/(float64)");
  theirs[1].arguments = {"int64"};
  theirs[1].result = answer_of_f.result = "float64";
  EXPECT_EQ(client::disagreement(request, answer_of_f), "type disagreement: result: int64/float64");
}

}  // namespace
}  // namespace px::jit::test
