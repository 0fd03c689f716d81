// Ranges, calls, recursion, exceptions with their traceback, polls and moves of baseline code.
#include "baseline_support.h"
#include "interp_reference.h"
#include "jit/native/helpers.h"
#include "jit/native/poll.h"

namespace px::jit::test {
namespace {

// f(start, stop, step): how often range goes round, a digest of the values, and the variable afterwards (-99 if never set)
Builder range_digest(Scalar kind, std::optional<int64_t> step = {}) {
  Builder b;
  Slot range = b.parameter(3), zero = b.constant(0), one = b.constant(1), k = b.constant(31), none = b.constant(bits(-99));
  Slot by = step ? b.constant(bits(*step)) : range + 2;
  Slot own = b.variable(3), out = b.variable(3), iterator = b.variable(3);
  b.move(out, zero);
  b.move(out + 1, zero);
  b.move(out + 2, none);
  b.move(own, range);
  b.move(own + 1, range + 1);
  b.move(own + 2, by);
  b.line(2);
  b.range(iterator, own, kind);
  uint32_t head = b.next(out + 2, iterator);
  b.op(Op::add_, Scalar::i64, out, out, one);
  b.op(Op::mul_, Scalar::i64, out + 1, out + 1, k);
  b.op(Op::add_, Scalar::i64, out + 1, out + 1, out + 2);
  b.jump(head);
  b.land(head);
  b.ret(out, 3);
  return b;
}

TEST(BaselineControl, RangesOfEveryStep) {
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
                             {0, 200000, 1},
                             {0, 200000, 2},
                             {0, 65536, 1},
                             {-100000, 100001, 3},
                             {200000, 0, -1},
                             {INT64_MAX - 2, INT64_MAX, 1},
                             {INT64_MAX, INT64_MIN, 1},
                             {INT64_MIN, INT64_MIN + 3, 1},
                             {INT64_MAX, INT64_MIN, INT64_MIN},
                             {INT64_MIN, INT64_MAX, INT64_MAX},
                             {INT64_MIN + 1, INT64_MIN, -1}};
  for (Scalar kind : {Scalar::i64, Scalar::u64}) {
    Builder b = range_digest(kind);
    Compiled f(b);
    Baseline native(f);
    for (const auto& e : edge) {
      if (kind == Scalar::u64 && (e[0] < 0 || e[1] < 0 || e[2] < 0)) continue;
      std::vector<uint64_t> args{bits(e[0]), bits(e[1]), bits(e[2])};
      ASSERT_EQ(f.run(args), 0);
      ASSERT_EQ(native.run(args), 0);
      EXPECT_EQ(native.result, f.result) << e[0] << " " << e[1] << " " << e[2];
      Builder c = range_digest(kind, e[2]);
      Compiled constant(c);
      Baseline of_constant(constant);
      ASSERT_EQ(of_constant.run(args), 0);
      EXPECT_EQ(of_constant.result, f.result) << e[0] << " " << e[1] << " constant " << e[2];
    }
    EXPECT_EQ(native.failure({0, 5, 0}), "ValueError: range() arg 3 must not be zero @2");
  }
}

// fib(n): lines of its calls are 4 and 5.
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
  f.specialisation.recursive = true;
}

TEST(BaselineControl, Recursion) {
  Compiled fib;
  define_fib(fib);
  for (auto effort : {baseline::Effort::full, baseline::Effort::light}) EXPECT_EQ(Baseline(fib, effort).value({20}), 6765u);
}

TEST(BaselineControl, RecursionWithoutEndIsAnError) {
  Compiled f;
  Builder b;
  Slot n = b.parameter(), d = b.variable(), one = b.constant(1);
  b.line(3);
  b.call(f.specialisation, {n}, d);
  b.ret(b.value(Op::add_, Scalar::i64, d, one));
  f.define(b);
  f.specialisation.recursive = true;
  Baseline native(f);
  ASSERT_EQ(native.run({1}), 1);
  const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
  EXPECT_EQ(exc.kind, runtime::ExcKind::RecursionError);
  EXPECT_STREQ(exc.message, "maximum recursion depth exceeded");
  EXPECT_EQ(exc.trace_count, runtime::ExcInfo::max_trace);
  EXPECT_EQ(exc.trace[0].line, 3);  // where the call is made, as in CPython
}

// A callee that divides its first argument by its second, in each of the ways in which one is reached.
Builder divide() {
  Builder b("divide");
  Slot x = b.parameter(), y = b.parameter(), pair = b.variable(2);
  b.line(2);
  b.op(Op::floordiv_, Scalar::i64, pair, x, y, 1);
  b.op(Op::mod_, Scalar::i64, pair + 1, x, y, 1);
  b.ret(pair, 2);
  return b;
}
Builder caller_of(Specialisation& callee) {
  Builder b("caller");
  Slot p = b.parameter(), q = b.parameter(), d = b.variable(2);
  b.line(7);
  b.call(callee, {p, q}, d, 2);
  b.ret(b.value(Op::add_, Scalar::i64, d, d + 1));
  return b;
}

TEST(BaselineControl, CallsInsideTheUnit) {
  for (bool inlined : {false, true}) {
    Builder b = divide();
    Compiled callee(b);
    callee.specialisation.function = a_function({.inline_always = inlined});
    Builder c = caller_of(callee.specialisation);
    Compiled caller(c);
    Baseline native({&caller, &callee});
    EXPECT_EQ(native.value({17, 5}), 5u);
    EXPECT_EQ(native.failure({1, 0}), "ZeroDivisionError: division by zero @2 @7");
    EXPECT_EQ(runtime::Context::of_thread().exc.trace[0].function, callee.specialisation.function);
    EXPECT_EQ(runtime::Context::of_thread().exc.trace[1].function, caller.specialisation.function);
    uint64_t args[] = {17, 5}, results[2] = {};
    EXPECT_EQ(native.entry(1)(args, results, nullptr), 0);  // the callee has an entry of its own
    EXPECT_EQ(results[0], 3u);
    EXPECT_EQ(results[1], 2u);
  }
}

TEST(BaselineControl, AUnitMayHaveAnEntryForItsRootAlone) {
  Builder b = divide();
  Compiled callee(b);
  Builder c = caller_of(callee.specialisation);
  Compiled caller(c);
  Baseline native({&caller, &callee}, baseline::Effort::full, {}, baseline::Entries::root);
  ASSERT_EQ(native.generated.entries.size(), 2u);
  EXPECT_EQ(native.generated.entries[1], "");
  EXPECT_EQ(native.value({17, 5}), 5u);
}

// s = x // y; for i in range(x): s += i. A frame in the loop has made its call.
TEST(BaselineControl, AUnitOfMovesHoldsWhatTheyReachAlone) {
  Builder callee_code = divide();
  Compiled callee(callee_code);
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), zero = b.constant(0), one = b.constant(1), pair = b.variable(2), s = b.variable();
  Slot i = b.variable(), range = b.variable(3), iterator = b.variable(3);
  b.call(callee.specialisation, {x, y}, pair, 2);
  b.move(s, pair);
  b.move(range, zero);
  b.move(range + 1, x);
  b.move(range + 2, one);
  b.range(iterator, range);
  uint32_t head = b.next(i, iterator);
  b.op(Op::add_, Scalar::i64, s, s, i);
  b.jump(head);
  b.land(head);
  b.ret(s);
  Compiled caller(b);
  std::vector<baseline::Move> moves{{0, flow::find_loops(flow_of(caller.specialisation)).at(0).header}};
  Baseline native({&caller, &callee}, baseline::Effort::full, moves, baseline::Entries::none);
  EXPECT_EQ(native.generated.entries, (std::vector<std::string>{"", ""}));
  std::string text = native.listing(false);
  EXPECT_EQ(text.find("px_entry"), std::string::npos) << text;
  EXPECT_EQ(text.find("@body"), std::string::npos) << text;
  EXPECT_NE(Baseline({&caller, &callee}).listing(false).find("@body"), std::string::npos);
}

// for i in range(first, last): s += 10 * s + a[i], all bounds constants: few rounds do not poll, an index below 0 counts from the end.
TEST(BaselineControl, RangesOfConstantBounds) {
  for (auto [first, last] : {std::pair{0, 3}, {-3, 3}, {2, 2}, {3, -2}, {-1, 255}, {0, 256}, {0, 70000}, {-6, 2}}) {
    Array array(Scalar::i64, {4});
    for (int64_t k = 0; k < 4; ++k) std::memcpy(array.at({k}), &k, sizeof k);
    Builder b;
    Slot a = b.parameter(array.type->slots), one = b.constant(1), ten = b.constant(10), begin = b.constant(bits(first)),
         end = b.constant(bits(last));
    Slot s = b.variable(), i = b.variable(), range = b.variable(3), iterator = b.variable(3), x = b.variable();
    b.move(s, one);
    b.move(range, begin);
    b.move(range + 1, end);
    b.move(range + 2, one);
    b.range(iterator, range);
    uint32_t head = b.next(i, iterator);
    b.line(5);
    b.load(x, a, array.type, {i});
    b.op(Op::mul_, Scalar::i64, s, s, ten);
    b.op(Op::add_, Scalar::i64, s, s, x);
    b.jump(head);
    b.land(head);
    b.ret(s);
    Compiled f(b);
    int32_t expected = f.run(array.slots());
    std::string error = expected ? Compiled::error() : "";
    Baseline native(f);
    ASSERT_EQ(native.run(array.slots()), expected) << first << " " << last;
    EXPECT_EQ(expected ? Compiled::error() : "", error);
    if (expected == 0) EXPECT_EQ(native.result, f.result);
  }
}

int32_t native_divide(const uint64_t* args, uint64_t* result, runtime::ExcInfo**) {
  if (args[1] == 13) {
    runtime::ExcInfo& exc = runtime::Context::current()->exc;
    exc.set(runtime::ExcKind::ValueError, "unlucky");
    exc.push_trace(nullptr, 42);
    return 1;
  }
  result[0] = 100 * args[0];
  result[1] = args[1];
  return 0;
}

TEST(BaselineControl, CallsOutOfTheUnitTakeTheBestTierOfTheMoment) {
  Builder b = divide();
  Compiled callee(b);
  callee.specialisation.function = a_function();
  Builder c = caller_of(callee.specialisation);
  Compiled caller(c);
  Baseline native(caller);
  EXPECT_EQ(native.value({17, 5}), 5u);  // interpreted
  EXPECT_EQ(native.failure({1, 0}), "ZeroDivisionError: division by zero @2 @7");
  callee.specialisation.native.store(&native_divide, std::memory_order_release);
  EXPECT_EQ(native.value({17, 5}), 1705u);
  EXPECT_EQ(native.failure({1, 13}), "ValueError: unlucky @42 @7");
  callee.specialisation.native.store(nullptr, std::memory_order_release);
  EXPECT_EQ(native.value({17, 5}), 5u);
}

TEST(BaselineControl, ResultsOfManySlotsAndOfNone) {
  Builder g;
  std::vector<Slot> parameters;
  for (int k = 0; k < 9; ++k) parameters.push_back(g.parameter());
  Slot turned = g.variable(9);
  for (Slot k = 0; k < 9; ++k) g.move(turned + k, parameters[8 - k]);
  g.op(Op::add_, Scalar::f64, turned, turned, turned);
  g.ret(turned, 9);
  Compiled turn(g);
  Builder n;
  n.ret(0, 0);
  Compiled nothing(n);
  Builder b;
  std::vector<Slot> given;
  for (int k = 0; k < 9; ++k) given.push_back(b.parameter());
  Slot d = b.variable(9);
  b.call(nothing.specialisation, {}, typed::no_slot, 0);
  b.call(turn.specialisation, given, d, 9);
  b.ret(d, 9);
  Compiled f(b);
  std::vector<uint64_t> args{1, 2, 3, 4, 5, 6, 7, 8, bits(1.5)}, expected{bits(3.0), 8, 7, 6, 5, 4, 3, 2, 1};
  for (bool outside : {false, true}) {
    Baseline native(outside ? std::vector{&f} : std::vector{&f, &turn, &nothing});
    ASSERT_EQ(native.run(args), 0);
    EXPECT_EQ(native.result, expected);
  }
}

TEST(BaselineControl, RaisedExceptionsCarryMessageOrArguments) {
  Builder b;
  Slot x = b.parameter();
  b.line(5);
  b.raise({runtime::ExcKind::ValueError, "no luck", {}, {}, true});
  Compiled message(b);
  EXPECT_EQ(Baseline(message).failure({1}), "ValueError: no luck @5");
  Builder c;
  x = c.parameter();
  Slot y = c.parameter();
  c.raise({runtime::ExcKind::KeyError, "", {types::int64(), types::float64()}, {x, y}, false});
  Compiled arguments(c);
  Baseline f(arguments);
  EXPECT_EQ(f.failure({77, bits(0.5)}), "KeyError @1");
  const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
  EXPECT_EQ(*static_cast<const std::vector<const Type*>*>(exc.argument_types),
            (std::vector<const Type*>{types::int64(), types::float64()}));
  EXPECT_EQ(exc.arguments[0], 77u);
  EXPECT_EQ(exc.arguments[1], bits(0.5));
  Builder d;
  d.parameter();
  d.raise({runtime::ExcKind::RuntimeError, "", {}, {}, false});
  Compiled bare(d);
  EXPECT_EQ(Baseline(bare).failure({1}), "RuntimeError @1");
}

int32_t add_three(const uint64_t* args, uint64_t* result) {
  if (args[2] == 0) {
    runtime::Context::current()->exc.set(runtime::ExcKind::OverflowError, "too big");
    return 1;
  }
  *result = args[0] + args[1] + args[2];
  return 0;
}

TEST(BaselineControl, RuntimeFunctions) {
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), z = b.parameter(), d = b.variable();
  b.line(6);
  b.runtime(add_three, {x, y, z}, d);
  b.ret(b.value(Op::add_, Scalar::i64, d, x));
  Compiled f(b);
  Baseline native(f);
  EXPECT_EQ(native.value({1, 2, 3}), 7u);
  EXPECT_EQ(native.failure({1, 2, 0}), "OverflowError: too big @6");
}

// Every kind of loop: `while True`, a range of step 1 and of another step that are long enough, a loop around short loops.
TEST(BaselineControl, StopEndsEveryKindOfLoop) {
  Builder endless;
  Slot one = endless.constant(1), s = endless.variable();
  endless.move(s, one);
  endless.line(3);
  uint32_t head = endless.here();
  endless.op(Op::add_, Scalar::i64, s, s, one);
  endless.jump(head);
  Builder nested;
  {
    Slot zero = nested.constant(0), ten = nested.constant(10), step = nested.constant(1);
    Slot sum = nested.variable(), i = nested.variable(), range = nested.variable(3), iterator = nested.variable(3);
    nested.move(sum, zero);
    nested.move(range, zero);
    nested.move(range + 1, ten);
    nested.move(range + 2, step);
    nested.line(3);
    uint32_t outer = nested.here();
    nested.range(iterator, range);
    uint32_t inner = nested.next(i, iterator);
    nested.op(Op::bit_xor_, Scalar::i64, sum, sum, i);
    nested.jump(inner);
    nested.land(inner);
    nested.jump(outer);
  }
  runtime::Context& context = runtime::Context::of_thread();
  std::atomic<bool> stop{true};
  std::atomic<bool>* before = std::exchange(context.stop, &stop);
  Compiled forever(endless), around(nested);
  EXPECT_EQ(Baseline(forever).failure({}), "KeyboardInterrupt @3");
  EXPECT_EQ(Baseline(around).failure({}), "KeyboardInterrupt @3");
  for (int64_t step : {1, 2, -1}) {
    Builder b = range_digest(Scalar::i64);
    Builder c = range_digest(Scalar::i64, step);
    Compiled any(b), constant(c);
    int64_t stop_at = step * px_poll_interval * 5 / 2, soon = step * px_poll_interval;
    EXPECT_EQ(Baseline(any).failure({0, bits(stop_at), bits(step)}), "KeyboardInterrupt @2") << step;
    EXPECT_EQ(Baseline(constant).failure({0, bits(stop_at), bits(step)}), "KeyboardInterrupt @2") << step;
    EXPECT_EQ(Baseline(constant).failure({0, bits(soon), bits(step)}), "no exception") << step;
  }
  context.stop = before;
}

TEST(BaselineControl, TheGeneratorSaysWhatItTook) {
  Builder b = range_digest(Scalar::i64);
  Compiled f(b);
  Baseline native(f);
  EXPECT_GT(native.generated.instructions, 20u);
  EXPECT_GT(native.generated.seconds, 0.0);
  EXPECT_NE(native.listing(false).find("alloca"), std::string::npos);
  EXPECT_EQ(native.listing(true).find("alloca"), std::string::npos) << native.listing(true);
}

}  // namespace
}  // namespace px::jit::test
