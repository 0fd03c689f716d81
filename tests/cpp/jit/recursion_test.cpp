// Functions that call each other in circles: their results settle together, or the error says why they cannot.
#include "core_support.h"
#include "jit/interp/program.h"

namespace px::jit::test {
namespace {

TEST(RecursionTest, Itself) {
  Module m(R"(def fib(n)
  two = constant 2
  c = compare < n two
  branch c end more
end:
  ret n
more:
  one = constant 1
  g = global fib
  a = binary - n one
  a = call g a
  b = binary - n two
  b = call g b
  s = binary + a b
  ret s
)");
  EXPECT_EQ(m("fib", {15}), "int64 610");
  EXPECT_EQ(m("fib", {15.0}), "float64 610.0");
  EXPECT_TRUE(m.specialise("fib", {1})->recursive);
}

TEST(RecursionTest, TheBaseCaseMayComeLast) {
  Module m(R"(def f(n)
  zero = constant 0
  c = compare > n zero
  branch c more end
more:
  one = constant 1
  g = global f
  k = binary - n one
  r = call g k
  t = binary + r r
  ret t
end:
  x = constant 1.5
  ret x
)");
  EXPECT_EQ(m("f", {4}), "float64 24.0");
}

TEST(RecursionTest, AResultThatWidensInTheSecondRound) {
  Module m(R"(def f(n)
  zero = constant 0
  c = compare > n zero
  branch c more end
end:
  ret n
more:
  one = constant 1
  g = global f
  k = binary - n one
  r = call g k
  half = constant 0.5
  t = binary * r half
  ret t
)");
  EXPECT_EQ(m("f", {3}), "float64 0.0");
  EXPECT_EQ(m.definitions("f", {3}),
            "zero@1: int64, c@2: bool, one@7: int64, g@8: function, k@9: int64, r@10: float64, half@11: float64, t@12: float64");
}

TEST(RecursionTest, Mutual) {
  Module m(R"(def even(n)
  branch n more end
end:
  x = constant True
  ret x
more:
  one = constant 1
  k = binary - n one
  g = global odd
  r = call g k
  ret r
def odd(n)
  branch n more end
end:
  x = constant False
  ret x
more:
  one = constant 1
  k = binary - n one
  g = global even
  r = call g k
  ret r
)");
  EXPECT_EQ(m("odd", {7}), "bool True");
  EXPECT_EQ(m("even", {7}), "bool False");
  EXPECT_TRUE(m.specialise("even", {1})->recursive);
  EXPECT_EQ(m["even"].specialisations().size(), 1u);
}

// a → b → c → a, each with another base case, so that results widen one after another.
TEST(RecursionTest, ThreeWaysWithTypesThatChange) {
  auto one = [](const std::string& name, const std::string& next, const std::string& base) {
    return "def " + name + "(n)\n  branch n more end\nend:\n  x = constant " + base +
           "\n  ret x\nmore:\n  one = constant 1\n  k = binary - n one\n  g = global " + next +
           "\n  r = call g k\n  s = binary + r one\n  ret s\n";
  };
  for (const char* first : {"a", "b", "c"}) {
    Module m(one("a", "b", "True") + one("b", "c", "1") + one("c", "a", "0.5"));
    std::string name = first;
    EXPECT_TRUE(m(name, {10}).starts_with("float64 1")) << m(name, {10});
    for (const char* each : {"a", "b", "c"}) EXPECT_EQ(m.specialise(each, {1})->result, types::float64()) << first << " " << each;
    EXPECT_EQ(m("a", {2}), "float64 2.5");
    EXPECT_EQ(m("b", {2}), "float64 3.0");
    EXPECT_EQ(m("c", {2}), "float64 3.0");
  }
}

// The root's own result stands from the first round on; what it calls goes on changing.
TEST(RecursionTest, ACalleeThatWidensAfterTheRootHasSettled) {
  Module m(R"(def root(n)
  branch n more end
more:
  one = constant 1
  k = binary - n one
  a = global a
  b = global b
  x = call a k
  y = call b k
  ret n
end:
  ret n
def a(n)
  branch n more end
more:
  root = global root
  b = global b
  x = call root n
  one = constant 1
  k = binary - n one
  y = call b k
  ret y
end:
  ret n
def b(n)
  branch n more end
more:
  root = global root
  a = global a
  x = call root n
  one = constant 1
  k = binary - n one
  y = call a k
  half = constant 0.5
  z = binary * y half
  ret z
end:
  ret n
)");
  EXPECT_EQ(m("root", {4}), "int64 4");
  EXPECT_EQ(m("a", {4}), "float64 0.0");
  EXPECT_EQ(m("b", {4}), "float64 0.0");
  for (const char* each : {"root", "a", "b"}) {
    ASSERT_EQ(m[each].specialisations().size(), 1u) << each;
    EXPECT_NE(m[each].specialisations()[0]->program, nullptr);
  }
}

TEST(RecursionTest, WithoutABaseCase) {
  Module m(R"(def f(n)
  g = global f
  r = call g n
  ret r
def a(n)
  g = global b
  r = call g n
  ret r
def b(n)
  g = global a
  r = call g n
  ret r
)");
  EXPECT_EQ(m("f", {1}), "TypingError: f.py:100: in f: every path calls the function again: no type can be found for its result");
  EXPECT_EQ(m("a", {1}), "TypingError: a.py:100: in a: every path calls the function again: no type can be found for its result");
  EXPECT_TRUE(m("b", {1}).ends_with("no type can be found for its result")) << m("b", {1});
}

TEST(RecursionTest, AnErrorInTheCycleIsEverybodys) {
  Module m(R"(def a(n)
  branch n more end
end:
  ret n
more:
  g = global b
  r = call g n
  ret r
def b(n)
  g = global a
  r = call g n
  z = getattr r nonsense
  ret z
)");
  for (int k = 0; k < 2; ++k) {
    EXPECT_EQ(m("a", {1}), "UnsupportedError: a.py:106: in a: calling b: b.py:103: in b: the attribute .nonsense of int64");
    EXPECT_TRUE(m("b", {1}).starts_with("UnsupportedError: b.py:1")) << m("b", {1});
  }
}

TEST(RecursionTest, ArgumentsThatGrowForEver) {
  Module m(R"(def f(n, t)
  branch n more end
end:
  ret n
more:
  one = constant 1
  k = binary - n one
  u = build_tuple t one
  g = global f
  r = call g k u
  ret r
)");
  std::string text = m("f", {3, 1});
  EXPECT_NE(text.find("calls nest more than 200 deep while types are inferred"), std::string::npos);
  EXPECT_LT(text.size(), 2000u) << text;
}

TEST(RecursionTest, TooDeepIsAnError) {
  Module m(R"(def f(n)
  g = global f
  one = constant 1
  k = binary + n one
  zero = constant 0
  c = compare < k zero
  branch c end more
more:
  r = call g k
  ret r
end:
  ret n
)");
  EXPECT_TRUE(m("f", {1}).starts_with("RecursionError: maximum recursion depth exceeded @8 @8")) << m("f", {1});
}

}  // namespace
}  // namespace px::jit::test
