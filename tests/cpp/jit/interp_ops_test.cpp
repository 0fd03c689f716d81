// Every operator of typed code with every kind that it takes, on the values where mistakes live.
#include "interp_reference.h"
#include "jit/builtins/mathlib.h"

namespace px::jit::test {
namespace {

struct OpRow {
  Op op;
  const char *name, *kinds;
};
constexpr OpRow op_rows[] = {
#define PX_TYPED_OP(name, kinds, doc) {Op::name##_, #name, kinds},
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};

Scalar kind_of(char letter) {
  switch (letter) {
    case 'i':
      return Scalar::i64;
    case 'u':
      return Scalar::u64;
    case 'f':
      return Scalar::f64;
    case 's':
      return Scalar::f32;
    default:
      return Scalar::boolean;
  }
}

std::vector<uint64_t> samples(Scalar kind) {
  std::vector<uint64_t> out;
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  if (kind == Scalar::f64) {
    for (double v : {0.0,  -0.0,  1.0,    -1.0,    0.5,    -0.5,   2.5,    -2.5,    7.0,          -7.0,          3.0,
                     -3.0, 1e300, -1e300, 5e-324,  127.9,  128.0,  -129.0, 65536.0, 2147483648.0, -2147483649.0, 4294967296.0,
                     1e10, -1e10, 0x1p63, -0x1p63, 0x1p64, 1.8e19, inf,    -inf,    nan}) {
      out.push_back(bits(v));
    }
  } else if (kind == Scalar::f32) {
    for (float v : {0.0f, -0.0f, 1.0f, -1.0f, 0.1f, -2.5f, 7.0f, -3.0f, 1e38f, -1e38f, 1e-45f, 300.7f, 0x1p31f, 0x1p63f, -0x1p63f,
                    float(inf), -float(inf), float(nan)}) {
      out.push_back(bits(v));
    }
  } else if (kind == Scalar::boolean) {
    out = {0, 1};
  } else {
    for (int64_t v : {int64_t{0},   int64_t{1},   int64_t{-1},   int64_t{2},     int64_t{-2},      int64_t{3},
                      int64_t{-3},  int64_t{7},   int64_t{-7},   int64_t{63},    int64_t{64},      int64_t{127},
                      int64_t{128}, int64_t{255}, int64_t{-129}, int64_t{65535}, int64_t{1} << 31, (int64_t{1} << 32) + 5,
                      INT64_MAX,    INT64_MIN,    INT64_MIN + 1}) {
      out.push_back(bits(v));
    }
  }
  return out;
}

bool is_nan(Scalar kind, uint64_t v) {
  return kind == Scalar::f64   ? std::isnan(as_double(v))
         : kind == Scalar::f32 ? std::isnan(std::bit_cast<float>(static_cast<uint32_t>(v)))
                               : false;
}

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

bool is_comparison(Op op) {
  return op >= Op::eq_ && op <= Op::ge_;
}

TEST(InterpOps, EveryOperatorAndKindGivesWhatTheReferenceGives) {
  for (const OpRow& row : op_rows) {
    if (row.op == Op::convert_ || row.op == Op::call_math1_ || row.op == Op::call_math2_ || row.op >= Op::load_) continue;
    if (row.op == Op::move_) continue;
    bool one = row.op == Op::neg_ || row.op == Op::abs_ || row.op == Op::bit_not_ || row.op == Op::logical_not_ || row.op == Op::sqrt_ ||
               row.op == Op::floor_ || row.op == Op::ceil_;
    for (const char* k = row.kinds; *k; ++k) {
      Scalar kind = kind_of(*k);
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
