// Typed code as inference makes it: the frame's layout, one slot run a type, conversions where paths meet, and its text.
#include "jit/typed/typed.h"

#include "core_support.h"
#include "core_typed_check.h"

namespace px::jit::test {
namespace {

std::string typed_text(Module& m, const std::string& name, const std::vector<Value>& values) {
  Specialisation* spec = m.specialise(name, values);
  if (!spec) return error_text(m.error);
  EXPECT_EQ(flaw(*spec), "");
  return typed::disassemble(*spec->typed);
}

TEST(TypedTest, ParametersComeFirstAndHiddenArraysAfterThem) {
  Array a(Scalar::f64, {2, 2}), t(Scalar::i64, {4});
  Module m(R"(def f(x, a, t)
  T = global T
  i = constant 3
  v = getitem T i
  ret v
)");
  m.set_array("T", t);
  auto* spec = m.specialise("f", {1, a, Value::tuple({1, 2.5})});
  ASSERT_NE(spec, nullptr) << m.error.message;
  EXPECT_EQ(spec->typed->parameter_slots, 1u + 6u + 2u + 4u);
  EXPECT_EQ(typed_text(m, "f", {1, a, Value::tuple({1, 2.5})}), R"(   0  move T@13 s9 x4
   1  move i@17 3 x1
   2  load.int64 v@19 <- T@13[ i@17 ] readonly array(int64, 1d, C)
   3  ret v@19 x1
)");
}

TEST(TypedTest, ConversionsStandOnTheEdges) {
  Module m(R"(def f(c, a, b)
  branch c yes no
yes:
  x = move a
  jump end
no:
  x = move b
end:
  ret x
)");
  EXPECT_EQ(typed_text(m, "f", {true, 1, 2.5}), R"(   0  branch.bool c@0 ->1 ->3
   1  move x@3 a@1 x1
   2  jump ->6
   3  move x@4 b@2 x1
   4  jump ->5
   5  ret x@4 x1
   6  convert.int64 x@4 x@3 to float64
   7  jump ->5
)");
}

TEST(TypedTest, IntegersOfOneWidthNeedNoConversion) {
  Module m("def f(a, b)\n  c = binary + a b\n  ret c\n");
  EXPECT_EQ(typed_text(m, "f", {types::scalar(Scalar::i8), types::scalar(Scalar::u16)}), "   0  add.int64 c@2 a@0 b@1\n   1  ret c@2 x1\n");
  EXPECT_EQ(typed_text(m, "f", {true, 2}), "   0  add.int64 c@2 a@0 b@1\n   1  ret c@2 x1\n");
}

TEST(TypedTest, DecidedBranchesAreJumps) {
  Module m(R"(def f(x)
  K = global K
  branch K yes no
yes:
  ret x
no:
  ret K
)");
  m.set("K", "0");
  EXPECT_EQ(typed_text(m, "f", {1.5}), R"(   0  move K@1 0 x1
   1  jump ->2
   2  ret K@1 x1
)");
  m.set("K", "1");
  EXPECT_EQ(typed_text(m, "f", {1.5}), R"(   0  move K@1 1 x1
   1  jump ->2
   2  ret x@0 x1
)");
}

TEST(TypedTest, CallsRaisesAndRuntimeFunctions) {
  Module m(R"(def f(x, n)
  g = global g
  y = call g x n
  p = global pow
  z = call p y n
  e = global ValueError
  raise e z n
def g(a, b)
  r = binary % a b
  ret r
)");
  EXPECT_EQ(typed_text(m, "f", {1, 2}), R"(   0  call y@2 = g( x@0 n@1 )
   1  runtime z@3 = px_integer_power( y@2 n@1 0 1 )
   2  raise ValueError
)");
  EXPECT_EQ(m.definitions("g", {1, 2}), "r@1: int64");
}

TEST(TypedTest, DivisionIsCheckedAsTheErrorModelSays) {
  const char* text = "def f(x, y)\n  z = binary / x y\n  ret z\n";
  Module python(text), numpy(text, {.python_error_model = false});
  EXPECT_EQ(python("f", {1.0, 0.0}), "ZeroDivisionError: division by zero @1");
  EXPECT_EQ(numpy("f", {1.0, 0.0}), "float64 inf");
}

TEST(TypedTest, BoundsAreCheckedUnlessTheOptionSaysOtherwise) {
  Array a(Scalar::f64, {4});
  const char* text = "def f(a, i)\n  v = getitem a i\n  ret v\n";
  Module checked(text), unchecked(text, {.boundscheck = false});
  EXPECT_EQ(typed_text(checked, "f", {a, 1}), "   0  load.float64 v@5 <- a@0[ i@4 ] array(float64, 1d, C)\n   1  ret v@5 x1\n");
  EXPECT_EQ(typed_text(unchecked, "f", {a, 1}), "   0  load.float64 v@5 <- a@0[ i@4 ] array(float64, 1d, C) unchecked\n   1  ret v@5 x1\n");
}

}  // namespace
}  // namespace px::jit::test
