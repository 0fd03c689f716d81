// Every operator of typed code with every kind that it takes: baseline code gives the interpreter's bits, and raises what it raises.
#include <bit>
#include <cmath>
#include <random>

#include "baseline_support.h"
#include "interp_samples.h"
#include "jit/builtins/mathlib.h"

namespace px::jit::test {
namespace {

// A function in both tiers.
class Tiers {
 public:
  explicit Tiers(Builder& builder, baseline::Effort effort = baseline::Effort::full)
      : interpreted_(builder), baseline_(interpreted_, effort) {}

  std::string listing() { return baseline_.listing(); }

  void compare(const std::vector<uint64_t>& args, Scalar result, const std::string& what) {
    int32_t expected = interpreted_.run(args);
    std::string expected_error = expected ? Compiled::error() : "";
    int32_t status = baseline_.run(args);
    std::string text = what;
    for (uint64_t a : args) text += " " + std::to_string(static_cast<int64_t>(a));
    ASSERT_EQ(status, expected) << text << "\n" << baseline_.listing();
    if (status != 0) {
      ASSERT_EQ(Compiled::error(), expected_error) << text;
      return;
    }
    if (is_nan(result, interpreted_.result[0]) && is_nan(result, baseline_.result[0])) return;
    ASSERT_EQ(baseline_.result[0], interpreted_.result[0]) << text << "\n" << baseline_.listing();
  }

 private:
  Compiled interpreted_;
  Baseline baseline_;
};

bool is_operator(const OpRow& row) {
  return row.op != Op::move_ && row.op != Op::convert_ && row.op != Op::call_math1_ && row.op != Op::call_math2_ && row.op < Op::load_;
}

TEST(BaselineOps, EveryOperatorAndKindGivesWhatTheInterpreterGives) {
  for (const OpRow& row : op_rows) {
    if (!is_operator(row)) continue;
    bool one = takes_one(row.op);
    for (const char* k = row.kinds; *k; ++k) {
      Scalar kind = kind_of_letter(*k);
      for (uint32_t checked : {0u, 1u}) {
        Builder b;
        Slot x = b.parameter(), y = b.parameter(), d = b.variable();
        b.op(row.op, kind, d, x, one ? typed::no_slot : y, checked);
        b.ret(d);
        Tiers tiers(b);
        for (uint64_t p : samples(kind)) {
          for (uint64_t q : one ? std::vector<uint64_t>{0} : samples(kind)) {
            tiers.compare({p, q}, is_comparison(row.op) ? Scalar::i64 : kind, std::string(row.name) + " " + *k);
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

// Constants are what LLVM has its own ideas about.
TEST(BaselineOps, DivisionAndShiftsByConstants) {
  for (Op op : {Op::floordiv_, Op::mod_, Op::shl_, Op::shr_, Op::truediv_}) {
    for (Scalar kind : {Scalar::i64, Scalar::u64, Scalar::f64, Scalar::f32}) {
      bool shift = op == Op::shl_ || op == Op::shr_;
      if (is_float(kind) ? shift : op == Op::truediv_) continue;
      std::vector<uint64_t> values = samples(kind);
      for (uint32_t checked : {0u, 1u}) {
        for (uint64_t constant : values) {
          Builder b;
          Slot x = b.parameter(), y = b.constant(constant), d = b.variable();
          b.op(op, kind, d, x, y, checked);
          b.ret(d);
          Tiers tiers(b, constant % 2 == 0 ? baseline::Effort::full : baseline::Effort::light);
          for (uint64_t p : values) {
            tiers.compare({p}, kind, "by " + std::to_string(static_cast<int64_t>(constant)) + " op " + std::to_string(int(op)));
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(BaselineOps, EveryComparisonBranchesAsItCompares) {
  for (Op op : {Op::eq_, Op::ne_, Op::lt_, Op::le_, Op::gt_, Op::ge_}) {
    for (Scalar kind : {Scalar::i64, Scalar::u64, Scalar::f64, Scalar::f32}) {
      Builder b;
      Slot x = b.parameter(), y = b.parameter(), yes = b.constant(11), no = b.constant(22), c = b.variable();
      b.op(op, kind, c, x, y);
      uint32_t branch = b.branch(c);
      b.land(branch);
      b.ret(yes);
      b.land2(branch);
      b.ret(no);
      Tiers tiers(b);
      for (uint64_t p : samples(kind)) {
        for (uint64_t q : samples(kind)) {
          tiers.compare({p, q}, Scalar::i64, "branch");
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(BaselineOps, EveryConversion) {
  for (Scalar from : {Scalar::i64, Scalar::u64, Scalar::f64, Scalar::f32, Scalar::boolean}) {
    for (size_t to = 0; to < scalar_count; ++to) {
      Builder b;
      Slot x = b.parameter(), d = b.variable();
      b.convert(from, static_cast<Scalar>(to), d, x);
      b.ret(d);
      Tiers tiers(b);
      for (uint64_t p : samples(from)) {
        tiers.compare({p}, static_cast<Scalar>(to),
                      "convert " + std::string(numpy_name(from)) + " to " + std::string(numpy_name(static_cast<Scalar>(to))));
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(BaselineOps, MathematicsIsCalledByItsPointer) {
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), d = b.variable();
  b.op(Op::call_math1_, Scalar::f64, d, x, typed::no_slot, b.pointer(reinterpret_cast<void*>(&px_exp)));
  b.op(Op::call_math2_, Scalar::f64, d, d, y, b.pointer(reinterpret_cast<void*>(&px_pow)));
  b.ret(d);
  Tiers(b).compare({bits(0.3), bits(1.7)}, Scalar::f64, "exp, pow");
  Builder s;
  x = s.parameter(), y = s.parameter(), d = s.variable();
  s.op(Op::call_math1_, Scalar::f32, d, x, typed::no_slot, s.pointer(reinterpret_cast<void*>(&px_sinf)));
  s.op(Op::call_math2_, Scalar::f32, d, y, d, s.pointer(reinterpret_cast<void*>(&px_atan2f)));
  s.ret(d);
  Tiers(s).compare({bits(0.3f), bits(1.7f)}, Scalar::f32, "sinf, atan2f");
}

// Every function that is called odd is so to the bit, over samples of all exponents and of NaNs.
TEST(BaselineOps, OddFunctionsAreOdd) {
  const std::vector<double (*)(double)> wide = {px_atan, px_sinh, px_tanh, px_asinh, px_cbrt, px_erf};
  const std::vector<float (*)(float)> narrow = {px_atanf, px_sinhf, px_tanhf, px_asinhf, px_cbrtf, px_erff};
  ASSERT_EQ(odd_functions().size(), wide.size() + narrow.size());
  std::mt19937_64 random(7);
  for (int k = 0; k < 100000; ++k) {
    auto x = std::bit_cast<double>(random());
    auto y = std::bit_cast<float>(static_cast<uint32_t>(random()));
    int exponent;
    if (k % 2) x = std::ldexp(std::frexp(x, &exponent), k % 40 - 30);
    for (auto f : wide) ASSERT_EQ(std::bit_cast<uint64_t>(f(-x)), std::bit_cast<uint64_t>(-f(x))) << x;
    for (auto f : narrow) ASSERT_EQ(std::bit_cast<uint32_t>(f(-y)), std::bit_cast<uint32_t>(-f(y))) << y;
  }
}

// erf(x / c) and erf(-x / c) are one call, whose argument InstCombine has given the constant's sign to.
TEST(BaselineOps, OfAnOddFunctionsTwoCallsOneIsLeft) {
  for (bool scaled : {false, true}) {
    Builder b;
    Slot x = b.parameter(), c = b.constant(bits(1.5)), y = b.variable(), z = b.variable();
    b.op(Op::neg_, Scalar::f64, y, x);
    if (scaled) {
      b.op(Op::truediv_, Scalar::f64, y, y, c);
      b.op(Op::truediv_, Scalar::f64, x, x, c);
    }
    uint32_t erf = b.pointer(reinterpret_cast<void*>(&px_erf));
    b.op(Op::call_math1_, Scalar::f64, y, y, typed::no_slot, erf);
    b.op(Op::call_math1_, Scalar::f64, z, x, typed::no_slot, erf);
    b.op(Op::mul_, Scalar::f64, z, z, z);
    b.op(Op::sub_, Scalar::f64, z, z, y);
    b.ret(z);
    Tiers tiers(b);
    for (double v : {0.3, -0.3, 0.0, -0.0, 7.5, HUGE_VAL, -HUGE_VAL}) tiers.compare({bits(v)}, Scalar::f64, "erf(x)**2 - erf(-x)");
    std::string listing = tiers.listing();
    size_t calls = 0;
    for (size_t at = listing.find("px-odd"); at != std::string::npos; at = listing.find("px-odd", at + 1)) ++calls;
    EXPECT_EQ(calls, 1) << listing;
  }
}

TEST(BaselineOps, MovesOfRunsMayOverlap) {
  Builder b;
  Slot x = b.parameter(4), v = b.variable(6);
  b.move(v, x, 4);
  b.move(v + 1, v, 4);
  b.move(v + 5, v);
  b.ret(v, 6);
  Compiled f(b);
  Baseline native(f);
  ASSERT_EQ(native.run({1, 2, 3, 4}), 0);
  EXPECT_EQ(native.result, (std::vector<uint64_t>{1, 1, 2, 3, 4, 1}));
}

// A slot that is a double here and an integer there is eight bytes to the code generator.
TEST(BaselineOps, SlotsOfMixedKindKeepTheirBits) {
  Builder b;
  Slot x = b.parameter(), y = b.parameter(), v = b.variable(), r = b.variable(2);
  b.op(Op::add_, Scalar::f64, v, x, y);
  b.move(r, v);
  b.op(Op::bit_xor_, Scalar::i64, v, v, x);
  b.move(r + 1, v);
  b.ret(r, 2);
  Compiled f(b);
  Baseline native(f);
  ASSERT_EQ(native.run({bits(1.5), bits(2.25)}), 0);
  EXPECT_EQ(native.result, (std::vector<uint64_t>{bits(3.75), bits(3.75) ^ bits(1.5)}));
}

// One constant slot may stand for a number of every kind.
TEST(BaselineOps, AConstantIsWhatItsUseMakesOfIt) {
  Builder b;
  Slot x = b.parameter(), zero = b.constant(0), i = b.variable(), d = b.variable(), r = b.variable(2);
  b.move(i, zero);
  b.move(d, zero);
  b.op(Op::add_, Scalar::i64, i, i, x);
  b.op(Op::sub_, Scalar::f64, d, d, zero);
  b.move(r, i);
  b.move(r + 1, d);
  b.ret(r, 2);
  Compiled f(b);
  Baseline native(f);
  ASSERT_EQ(native.run({5}), 0);
  EXPECT_EQ(native.result, (std::vector<uint64_t>{5, bits(0.0)}));
}

}  // namespace
}  // namespace px::jit::test
