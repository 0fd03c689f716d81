// Loops, calls, recursion, exceptions with their traceback, safepoints.
#include <thread>

#include "interp_reference.h"
#include "jit/interp/hooks.h"

namespace px::jit::test {
namespace {

// f(start, stop, step): how often range goes round, and 31-adic digest of the values, and the variable afterwards (-99 if never set)
Builder range_digest(Scalar kind) {
  Builder b;
  Slot range = b.parameter(3), zero = b.constant(0), one = b.constant(1), k = b.constant(31), none = b.constant(bits(-99));
  Slot out = b.variable(3), iterator = b.variable(3);
  b.move(out, zero);
  b.move(out + 1, zero);
  b.move(out + 2, none);
  b.line(2);
  b.range(iterator, range, kind);
  uint32_t head = b.next(out + 2, iterator);
  b.op(Op::add_, Scalar::i64, out, out, one);
  b.op(Op::mul_, Scalar::i64, out + 1, out + 1, k);
  b.op(Op::add_, Scalar::i64, out + 1, out + 1, out + 2);
  b.jump(head);
  b.land(head);
  b.ret(out, 3);
  return b;
}

TEST(InterpControl, Ranges) {
  const int64_t edge[][3] = {{0, 10, 1},
                             {0, 10, 3},
                             {10, 0, -1},
                             {10, 0, -3},
                             {0, 0, 1},
                             {5, 0, 1},
                             {0, 5, -1},
                             {-3, 3, 2},
                             {3, -4, -2},
                             {0, 1, 100},
                             {7, 8, 1},
                             {INT64_MAX - 2, INT64_MAX, 1},
                             {INT64_MIN, INT64_MIN + 3, 1},
                             {INT64_MAX, INT64_MIN, INT64_MIN},
                             {INT64_MIN, INT64_MAX, INT64_MAX},
                             {INT64_MIN + 1, INT64_MIN, -1}};
  for (Scalar kind : {Scalar::i64, Scalar::u64}) {
    Builder b = range_digest(kind);
    Builder copy = b;
    Compiled f(copy);
    for (const auto& e : edge) {
      if (kind == Scalar::u64 && (e[0] < 0 || e[2] < 0)) continue;
      std::vector<uint64_t> args{bits(e[0]), bits(e[1]), bits(e[2])};
      ASSERT_EQ(f.run(args), 0);
      EXPECT_EQ(f.result, Reference(b.function()).run(args, 1000).result) << e[0] << " " << e[1] << " " << e[2];
    }
    EXPECT_EQ(f.failure({0, 5, 0}), "ValueError: range() arg 3 must not be zero @2");
  }
}

TEST(InterpControl, NestedRangesWithBreakAndContinue) {
  // for i in range(n): for j in range(i): if j == 3: continue; if j == 7: break; s += i * j
  Builder b;
  Slot n = b.parameter(), zero = b.constant(0), one = b.constant(1), three = b.constant(3), seven = b.constant(7);
  Slot s = b.variable(), i = b.variable(), j = b.variable(), r1 = b.variable(3), r2 = b.variable(3), it1 = b.variable(3),
       it2 = b.variable(3);
  b.move(s, zero);
  b.move(r1, zero);
  b.move(r1 + 1, n);
  b.move(r1 + 2, one);
  b.range(it1, r1);
  uint32_t outer = b.next(i, it1);
  b.move(r2, zero);
  b.move(r2 + 1, i);
  b.move(r2 + 2, one);
  b.range(it2, r2);
  uint32_t inner = b.next(j, it2);
  uint32_t skip = b.branch(b.value(Op::eq_, Scalar::i64, j, three));
  b.land2(skip);
  uint32_t stop = b.branch(b.value(Op::eq_, Scalar::i64, j, seven));
  b.land2(stop);
  b.op(Op::add_, Scalar::i64, s, s, b.value(Op::mul_, Scalar::i64, i, j));
  b.land(skip);
  b.jump(inner);
  b.land(inner);
  b.land(stop);
  b.jump(outer);
  b.land(outer);
  b.ret(s);
  int64_t expected = 0;
  for (int64_t x = 0; x < 20; ++x) {
    for (int64_t y = 0; y < x; ++y) {
      if (y == 3) continue;
      if (y == 7) break;
      expected += x * y;
    }
  }
  EXPECT_EQ(Compiled(b).value({20}), bits(expected));
}

// fib(n) at line 1; lines of its calls are 4 and 5.
void define_fib(Compiled& f) {
  Builder b("fib");
  Slot n = b.parameter(), two = b.constant(2), one = b.constant(1);
  b.line(2);
  uint32_t base = b.branch(b.value(Op::lt_, Scalar::i64, n, two));
  b.land(base);
  b.ret(n);
  b.land2(base);
  Slot x = b.variable(), y = b.variable();
  b.line(4);
  b.call(f.specialisation, {b.value(Op::sub_, Scalar::i64, n, one)}, x);
  b.line(5);
  b.call(f.specialisation, {b.value(Op::sub_, Scalar::i64, n, two)}, y);
  b.ret(b.value(Op::add_, Scalar::i64, x, y));
  f.define(b);
}

TEST(InterpControl, Recursion) {
  Compiled fib;
  define_fib(fib);
  EXPECT_EQ(fib.value({20}), 6765u);
}

TEST(InterpControl, RecursionWithoutEndIsAnError) {
  Compiled f;
  Builder b;
  Slot n = b.parameter(), d = b.variable();
  b.line(3);
  b.call(f.specialisation, {n}, d);
  b.ret(d);
  f.define(b);
  ASSERT_EQ(f.run({1}), 1);
  const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
  EXPECT_STREQ(exc.message, "maximum recursion depth exceeded");
  EXPECT_EQ(exc.trace_count, runtime::ExcInfo::max_trace);
  EXPECT_EQ(runtime::Context::of_thread().frames_top, runtime::Context::of_thread().frames);
}

TEST(InterpControl, ResultsOfSeveralSlots) {
  Builder g;
  Slot x = g.parameter(), y = g.parameter(), pair = g.variable(2);
  g.move(pair, y);
  g.move(pair + 1, x);
  g.ret(pair, 2);
  Compiled swap(g);
  Builder b;
  Slot p = b.parameter(), q = b.parameter(), d = b.variable(2);
  b.call(swap.specialisation, {p, q}, d, 2);
  b.call(swap.specialisation, {d, d}, d, 2);
  b.ret(d, 2);
  Compiled f(b);
  ASSERT_EQ(f.run({1, 2}), 0);
  EXPECT_EQ(f.result, (std::vector<uint64_t>{2, 2}));
  Builder n;
  n.ret(0, 0);
  Compiled nothing(n);
  Builder c;
  Slot a = c.parameter();
  c.call(nothing.specialisation, {}, typed::no_slot, 0);
  c.ret(a);
  EXPECT_EQ(Compiled(c).value({5}), 5u);
}

TEST(InterpControl, TracebackHasEveryFrameInnermostFirst) {
  Compiled h, g, f;
  Builder b("h");
  Slot n = b.parameter(), zero = b.constant(0);
  b.line(2);
  b.ret(b.value(Op::floordiv_, Scalar::i64, n, zero, 1));
  h.define(b);
  h.name_function();
  for (auto [caller, callee, line] : {std::tuple{&g, &h, 7}, std::tuple{&f, &g, 9}}) {
    Builder c;
    Slot x = c.parameter(), d = c.variable();
    c.line(line);
    c.call(callee->specialisation, {x}, d);
    c.line(line + 1);
    c.ret(d);
    caller->define(c);
    caller->name_function();
  }
  EXPECT_EQ(f.failure({1}), "ZeroDivisionError: division by zero @2 @7 @9");
  const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
  EXPECT_EQ(exc.trace[0].function, &h);
  EXPECT_EQ(exc.trace[1].function, &g);
  EXPECT_EQ(exc.trace[2].function, &f);
}

TEST(InterpControl, RaisedExceptionsCarryMessageOrArguments) {
  Builder b;
  Slot x = b.parameter();
  b.line(5);
  b.raise({runtime::ExcKind::ValueError, "no luck", {}, {}, true});
  EXPECT_EQ(Compiled(b).failure({1}), "ValueError: no luck @5");
  Builder c;
  x = c.parameter();
  c.raise({runtime::ExcKind::KeyError, "", {types::int64()}, {x}, false});
  Compiled f(c);
  EXPECT_EQ(f.failure({77}), "KeyError @1");
  const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
  EXPECT_EQ(*static_cast<const std::vector<const Type*>*>(exc.argument_types), std::vector<const Type*>{types::int64()});
  EXPECT_EQ(exc.arguments[0], 77u);
  Builder d;
  d.parameter();
  d.raise({runtime::ExcKind::RuntimeError, "", {}, {}, false});
  EXPECT_EQ(Compiled(d).failure({1}), "RuntimeError @1");
}

int32_t add_three(const uint64_t* args, uint64_t* result) {
  if (args[2] == 0) {
    runtime::Context::current()->exc.set(runtime::ExcKind::OverflowError, "too big");
    return 1;
  }
  // A nested run must leave the frame below alone.
  Builder b;
  Slot x = b.parameter(), y = b.parameter();
  b.ret(b.value(Op::add_, Scalar::i64, x, y));
  Compiled add(b);
  uint64_t sum = 0;
  EXPECT_EQ(interp::run(*add.specialisation.program, args, &sum, *runtime::Context::current()), 0);
  *result = sum + args[2];
  return 0;
}

TEST(InterpControl, RuntimeFunctions) {
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), z = b.parameter(), d = b.variable();
  b.line(6);
  b.runtime(add_three, {x, y, z}, d);
  b.ret(b.value(Op::add_, Scalar::i64, d, x));
  Compiled f(b);
  EXPECT_EQ(f.value({1, 2, 3}), 7u);
  EXPECT_EQ(f.failure({1, 2, 0}), "OverflowError: too big @6");
}

int32_t native_double(const uint64_t* args, uint64_t* result, runtime::ExcInfo** exc) {
  if (args[0] == 13) {
    (*exc)->set(runtime::ExcKind::ValueError, "unlucky");
    (*exc)->push_trace(nullptr, 42);
    return 1;
  }
  *result = 2 * args[0];
  return 0;
}

TEST(InterpControl, CallsNativeCodeOnceItIsThere) {
  Builder g;
  Slot x = g.parameter();
  g.ret(x);
  Compiled callee(g);
  Builder b;
  Slot p = b.parameter(), d = b.variable();
  b.line(8);
  b.call(callee.specialisation, {p}, d);
  b.ret(d);
  Compiled f(b);
  EXPECT_EQ(f.value({21}), 21u);
  callee.specialisation.native.store(&native_double, std::memory_order_release);
  EXPECT_EQ(f.value({21}), 42u);
  EXPECT_EQ(callee.specialisation.profile.native_calls.load(), 1u);
  EXPECT_EQ(f.failure({13}), "ValueError: unlucky @42 @8");
}

Builder endless() {
  Builder b;
  Slot one = b.constant(1), s = b.variable();
  b.move(s, one);
  b.line(3);
  uint32_t head = b.here();
  b.op(Op::add_, Scalar::i64, s, s, one);
  b.jump(head);
  return b;
}

TEST(InterpControl, StopEndsALoop) {
  Builder b = endless();
  Compiled f(b);
  std::atomic<bool> stop{true};
  runtime::Context& context = runtime::Context::of_thread();
  std::atomic<bool>* before = std::exchange(context.stop, &stop);
  EXPECT_EQ(f.failure({}), "KeyboardInterrupt @3");
  context.stop = before;
}

std::atomic<int> hook_calls{0};
std::atomic<bool> hook_stop{false};

TEST(InterpControl, SafepointsCountBackEdgesAndCallTheHook) {
  Builder b = endless();
  Compiled f(b);
  hook_calls = 0;
  hook_stop = false;
  interp::safepoint_hook().store([](const interp::Safepoint& at) {
    EXPECT_GT(at.owner->profile.back_edges.load(), 0u);
    EXPECT_NE(at.program->header_at(at.pc), nullptr);
    if (++hook_calls == 3) hook_stop = true;
    return interp::safepoint_interval;
  });
  runtime::Context& context = runtime::Context::of_thread();
  std::atomic<bool>* before = std::exchange(context.stop, &hook_stop);
  EXPECT_EQ(f.failure({}), "KeyboardInterrupt @3");
  context.stop = before;
  interp::safepoint_hook().store(nullptr);
  EXPECT_EQ(hook_calls.load(), 3);
  EXPECT_GE(f.specialisation.profile.back_edges.load(), 4 * 4096u);
}

TEST(InterpControl, RunsAndShortLoopsAreCounted) {
  Builder b = range_digest(Scalar::i64);
  Compiled f(b);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(f.run({0, 10, 1}), 0);
  EXPECT_EQ(f.specialisation.profile.calls.load(), 3u);
  EXPECT_GE(f.specialisation.profile.back_edges.load(), 27u);
  EXPECT_LE(f.specialisation.profile.back_edges.load(), 33u);
}

TEST(InterpControl, ALoopOverAnArrayIsOneInstruction) {
  // s = 0; for i in range(n): s += a[i] * a[i]
  Array array(Scalar::f64, {4});
  Builder b;
  Slot a = b.parameter(array.type->slots), zero = b.constant(0), one = b.constant(1);
  Slot s = b.variable(), i = b.variable(), range = b.variable(3), iterator = b.variable(3), x = b.variable(), y = b.variable();
  b.move(s, zero);
  b.move(range, zero);
  b.move(range + 1, a + 1);
  b.move(range + 2, one);
  b.range(iterator, range);
  uint32_t head = b.next(i, iterator);
  b.load(x, a, array.type, {i});
  b.load(y, a, array.type, {i});
  b.op(Op::mul_, Scalar::f64, x, x, y);
  b.op(Op::add_, Scalar::f64, s, s, x);
  b.jump(head);
  b.land(head);
  b.ret(s);
  Compiled f(b);
  EXPECT_EQ(f.value(array.slots()), 0u);
  std::string listing = interp::disassemble(*f.specialisation.program);
  EXPECT_NE(listing.find("add.float64(s6, mul.float64(s0[s7], s0[s7])); if s7 has a next"), std::string::npos) << listing;
}

TEST(InterpControl, TooManyVariablesIsAnErrorAndNotACrash) {
  Builder b;
  Slot x = b.parameter();
  b.variable(70000);
  b.ret(x);
  EXPECT_EQ(Compiled(b).failure({1}), "RuntimeError: 'f' has too many variables to be interpreted: split it into smaller functions");
}

}  // namespace
}  // namespace px::jit::test
