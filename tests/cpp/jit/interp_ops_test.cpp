// Every operator of typed code with every kind that it takes, on the values where mistakes live.
#include "interp_reference.h"
#include "interp_samples.h"
#include "jit/builtins/mathlib.h"

namespace px::jit::test {
namespace {

// A function and its program, assembled once for many arguments.
class Pair {
 public:
  explicit Pair(const Builder& builder) : function_(builder), copy_(builder), compiled_(copy_) {}

  void compare(const std::vector<uint64_t>& args, Scalar result, const std::string& what) {
    Outcome expected = Reference(function_.function()).run(args, 100);
    int32_t status = compiled_.run(args);
    std::string text = what;
    for (uint64_t a : args) text += " " + std::to_string(static_cast<int64_t>(a));
    if (!expected.error.empty()) {
      ASSERT_EQ(status, 1) << text;
      ASSERT_EQ(Compiled::error(), expected.error) << text;
      return;
    }
    ASSERT_EQ(status, 0) << text << Compiled::error();
    bool both_nan = is_nan(result, expected.result[0]) && is_nan(result, compiled_.result[0]);
    if (!both_nan) ASSERT_EQ(compiled_.result[0], expected.result[0]) << text;
  }

 private:
  Builder function_, copy_;
  Compiled compiled_;
};

TEST(InterpOps, EveryOperatorAndKindGivesWhatTheReferenceGives) {
  for (const OpRow& row : op_rows) {
    if (row.op == Op::convert_ || row.op == Op::call_math1_ || row.op == Op::call_math2_ || row.op >= Op::load_) continue;
    if (row.op == Op::move_) continue;
    bool one = takes_one(row.op);
    for (const char* k = row.kinds; *k; ++k) {
      Scalar kind = kind_of_letter(*k);
      for (uint32_t checked : {0u, 1u}) {
        Builder b;
        Slot x = b.parameter(), y = b.parameter(), d = b.variable();
        b.op(row.op, kind, d, x, one ? typed::no_slot : y, checked);
        b.ret(d);
        Pair pair(b);
        for (uint64_t p : samples(kind)) {
          for (uint64_t q : one ? std::vector<uint64_t>{0} : samples(kind)) {
            pair.compare({p, q}, is_comparison(row.op) ? Scalar::i64 : kind, std::string(row.name) + " " + *k);
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(InterpOps, EveryComparisonBranchesAsItCompares) {
  for (Op op : {Op::eq_, Op::ne_, Op::lt_, Op::le_, Op::gt_, Op::ge_}) {
    for (Scalar kind : {Scalar::i64, Scalar::u64, Scalar::f64, Scalar::f32}) {
      for (bool swapped : {false, true}) {
        Builder b;
        Slot x = b.parameter(), y = b.parameter(), yes = b.constant(11), no = b.constant(22), c = b.variable();
        b.op(op, kind, c, x, y);
        uint32_t branch = b.branch(c);
        swapped ? b.land2(branch) : b.land(branch);
        b.ret(yes);
        swapped ? b.land(branch) : b.land2(branch);
        b.ret(no);
        Pair pair(b);
        for (uint64_t p : samples(kind)) {
          for (uint64_t q : samples(kind)) {
            pair.compare({p, q}, Scalar::i64, "branch");
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(InterpOps, EveryConversion) {
  for (Scalar from : {Scalar::i64, Scalar::u64, Scalar::f64, Scalar::f32, Scalar::boolean}) {
    for (size_t to = 0; to < scalar_count; ++to) {
      Builder b;
      Slot x = b.parameter(), d = b.variable();
      b.convert(from, static_cast<Scalar>(to), d, x);
      b.ret(d);
      Pair pair(b);
      for (uint64_t p : samples(from)) {
        pair.compare({p}, static_cast<Scalar>(to),
                     "convert " + std::string(numpy_name(from)) + " to " + std::string(numpy_name(static_cast<Scalar>(to))));
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(InterpOps, MathematicsIsCalledByItsPointer) {
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), d = b.variable();
  b.op(Op::call_math1_, Scalar::f64, d, x, typed::no_slot, b.pointer(reinterpret_cast<void*>(&px_exp)));
  b.op(Op::call_math2_, Scalar::f64, d, d, y, b.pointer(reinterpret_cast<void*>(&px_pow)));
  b.ret(d);
  Pair(b).compare({bits(0.3), bits(1.7)}, Scalar::f64, "exp, pow");
  Builder s;
  x = s.parameter(), y = s.parameter(), d = s.variable();
  s.op(Op::call_math1_, Scalar::f32, d, x, typed::no_slot, s.pointer(reinterpret_cast<void*>(&px_sinf)));
  s.op(Op::call_math2_, Scalar::f32, d, y, d, s.pointer(reinterpret_cast<void*>(&px_atan2f)));
  s.ret(d);
  Pair(s).compare({bits(0.3f), bits(1.7f)}, Scalar::f32, "sinf, atan2f");
}

TEST(InterpOps, MovesOfRunsMayOverlap) {
  Builder b;
  Slot x = b.parameter(4), v = b.variable(6);
  b.move(v, x, 4);
  b.move(v + 1, v, 4);
  b.move(v + 5, v);
  b.ret(v, 6);
  Compiled f(b);
  ASSERT_EQ(f.run({1, 2, 3, 4}), 0);
  EXPECT_EQ(f.result, (std::vector<uint64_t>{1, 1, 2, 3, 4, 1}));
}

// What Numba gives for the same expressions: a seam between tiers if it differed.
TEST(InterpOps, FloatDivisionRoundsAsPython) {
  auto binary = [](Op op, double a, double b) {
    Builder builder;
    Slot x = builder.parameter(), y = builder.parameter(), d = builder.variable();
    builder.op(op, Scalar::f64, d, x, y, 1);
    builder.ret(d);
    return as_double(Compiled(builder).value({bits(a), bits(b)}));
  };
  EXPECT_EQ(binary(Op::floordiv_, 1.0, 0.1), 9.0);
  EXPECT_EQ(binary(Op::floordiv_, -7.0, 2.0), -4.0);
  EXPECT_EQ(binary(Op::mod_, -7.0, 2.0), 1.0);
  EXPECT_EQ(binary(Op::mod_, 7.0, -2.0), -1.0);
  EXPECT_EQ(bits(binary(Op::mod_, 4.0, -2.0)), bits(-0.0));
  EXPECT_EQ(bits(binary(Op::floordiv_, -0.0, 2.0)), bits(-0.0));
  EXPECT_EQ(binary(Op::mod_, -1e-20, 3.0), 3.0);
}

}  // namespace
}  // namespace px::jit::test
