// Functions: specialisations and their globals, how arguments reach parameters, and inference over the call graph.
#include "jit/function.h"

#include "core_support.h"
#include "jit/interp/program.h"

namespace px::jit::test {
namespace {

// --- Specialisations ---

const char* const scaled = R"(def f(x)
  K = global K
  y = binary * x K
  ret y
)";

TEST(FunctionTest, OneSpecialisationForEachTupleOfTypes) {
  Module m(scaled);
  m.set("K", "2");
  auto* ints = m.specialise("f", {1});
  EXPECT_EQ(m.specialise("f", {7}), ints);
  auto* floats = m.specialise("f", {1.0});
  EXPECT_NE(floats, ints);
  EXPECT_EQ(m.specialise("f", {1}), ints);
  EXPECT_EQ(ints->signature(), "(int64) -> int64");
  EXPECT_EQ(floats->signature(), "(float64) -> float64");
  EXPECT_EQ(m["f"].specialisations().size(), 2u);
}

TEST(FunctionTest, AnErrorIsKeptAndIsNoSpecialisation) {
  Module m(scaled);
  m.set("K", "2");
  std::string first = m("f", {Value::tuple({1})});
  EXPECT_EQ(first, "TypingError: f.py:102: in f: * has no rule for (Tuple(int64), int64)");
  EXPECT_EQ(m("f", {Value::tuple({1})}), first);
  EXPECT_TRUE(m["f"].specialisations().empty());
}

TEST(FunctionTest, AnotherGlobalIsAnotherSpecialisationAndTheOldOneComesBack) {
  Module m(scaled);
  m.set("K", "2");
  auto* two = m.specialise("f", {5});
  EXPECT_EQ(m("f", {5}), "int64 10");
  m.set("K", "3.0");
  auto* three = m.specialise("f", {5});
  EXPECT_NE(three, two);
  EXPECT_FALSE(two->current());
  EXPECT_EQ(m("f", {5}), "float64 15.0");
  m.set("K", "2");
  EXPECT_EQ(m.specialise("f", {5}), two);
  EXPECT_TRUE(two->current());
  EXPECT_FALSE(three->current());
  m.set("K", "2.0");  // equal in Python, another type here
  EXPECT_EQ(m("f", {5}), "float64 10.0");
  m.set("K", "-0.0");
  EXPECT_EQ(m("f", {5}), "float64 -0.0");
  m.set("K", "0.0");
  EXPECT_EQ(m("f", {5}), "float64 0.0");
}

const char* const two_levels = R"(def outer(x)
  g = global middle
  y = call g x
  ret y
def middle(x)
  g = global inner
  y = call g x
  ret y
def inner(x)
  K = global K
  y = binary * x K
  ret y
)";

TEST(FunctionTest, ACalleesGlobalCounts) {
  Module m(two_levels);
  m.set("K", "2");
  auto* two = m.specialise("outer", {5});
  EXPECT_EQ(m("outer", {5}), "int64 10");
  m.set("K", "0.5");
  EXPECT_FALSE(two->current());
  EXPECT_EQ(m("outer", {5}), "float64 2.5");
  for (int k = 0; k < 5; ++k) {
    m.set("K", "2");
    EXPECT_EQ(m.specialise("outer", {5}), two);
    EXPECT_EQ(m("outer", {5}), "int64 10");
    m.set("K", "0.5");
    EXPECT_EQ(m("outer", {5}), "float64 2.5");
  }
  EXPECT_EQ(m["outer"].specialisations().size(), 2u);
}

TEST(FunctionTest, AnErrorGoesWithTheGlobalThatCausedIt) {
  Module m(two_levels);
  EXPECT_EQ(m("outer", {5}),
            "NameError: outer.py:102: in outer: calling middle: middle.py:102: in middle: calling inner: inner.py:101: in inner: name 'K' "
            "is not defined");
  m.set("K", "2");
  EXPECT_EQ(m("outer", {5}), "int64 10");
  m.unset("K");
  EXPECT_TRUE(m("outer", {5}).starts_with("NameError: "));
  m.set("K", "2");
  EXPECT_EQ(m("outer", {5}), "int64 10");
  EXPECT_EQ(m["outer"].specialisations().size(), 1u);
}

TEST(FunctionTest, TheCalledFunctionIsAGlobalToo) {
  Module m(two_levels + std::string(R"(def other(x)
  y = binary + x x
  y = binary + y x
  ret y
)"));
  m.set("K", "2");
  EXPECT_EQ(m("outer", {5}), "int64 10");
  m.set("inner", {.kind = GlobalValue::Kind::function, .function = &m["other"], .what = {}});
  EXPECT_EQ(m("outer", {5}), "int64 15");
  m.unset("inner");
  EXPECT_EQ(m("outer", {5}), "int64 10");
}

// --- Arguments ---

TEST(ArgumentsTest, MessagesArePythons) {
  auto message = [](const char* header, size_t positional, std::vector<std::string_view> keywords = {}) {
    Function f(Assembler::one("def " + std::string(header) + "\n  ret a"), {});
    std::vector<int> sources;
    return f.match_arguments(positional, keywords, sources);
  };
  EXPECT_EQ(message("f(a)", 1), "");
  EXPECT_EQ(message("f(a)", 0), "f() missing 1 required positional argument: 'a'");
  EXPECT_EQ(message("f(a, b)", 0), "f() missing 2 required positional arguments: 'a' and 'b'");
  EXPECT_EQ(message("f(a, b, c)", 0), "f() missing 3 required positional arguments: 'a', 'b', and 'c'");
  EXPECT_EQ(message("f(a, b, c)", 0, {"b"}), "f() missing 2 required positional arguments: 'a' and 'c'");
  EXPECT_EQ(message("f(a)", 2), "f() takes 1 positional argument but 2 were given");
  EXPECT_EQ(message("f(a, b)", 3), "f() takes 2 positional arguments but 3 were given");
  EXPECT_EQ(message("f(a, b=1)", 3), "f() takes from 1 to 2 positional arguments but 3 were given");
  EXPECT_EQ(message("f(a=1)", 2), "f() takes from 0 to 1 positional arguments but 2 were given");
  EXPECT_EQ(message("f()", 1), "f() takes 0 positional arguments but 1 was given");
  EXPECT_EQ(message("f(a)", 0, {"z"}), "f() got an unexpected keyword argument 'z'");
  EXPECT_EQ(message("f(a)", 1, {"a"}), "f() got multiple values for argument 'a'");
  EXPECT_EQ(message("f(a, b)", 0, {"b", "b"}), "f() got multiple values for argument 'b'");
}

TEST(ArgumentsTest, Sources) {
  Function f(Assembler::one("def f(a, b=2, c=3)\n  ret a"), {});
  std::vector<int> sources;
  std::vector<std::string_view> c = {"c"}, both = {"c", "a"};
  EXPECT_EQ(f.match_arguments(1, {}, sources), "");
  EXPECT_EQ(sources, (std::vector<int>{0, -1, -1}));
  EXPECT_EQ(f.match_arguments(1, c, sources), "");
  EXPECT_EQ(sources, (std::vector<int>{0, -1, 1}));
  EXPECT_EQ(f.match_arguments(0, both, sources), "");
  EXPECT_EQ(sources, (std::vector<int>{1, -1, 0}));
}

TEST(ArgumentsTest, DefaultsAndKeywordsInACall) {
  Module m(R"(def f(x)
  g = global g
  a = call g x
  b = call_kw g ('c',) x x
  c = call_kw g ('c', 'b', 'a') x a a
  t = build_tuple a b c
  ret t
def g(a, b=10, c=(1, 0.5))
  t0 = build_tuple a b c
  ret a
def bad(x)
  g = global g
  y = call_kw g ('z',) x x
  ret y
)");
  EXPECT_EQ(m("f", {7}), "Tuple(int64, int64, int64) (7, 7, 7)");
  EXPECT_EQ(m("bad", {7}), "TypeError: bad.py:102: in bad: g() got an unexpected keyword argument 'z'");
  Module n(R"(def f(x)
  g = global g
  a = call g x
  b = call_kw g ('b',) x x
  t = build_tuple a b
  ret t
def g(a, b=(2, 0.5))
  t0 = build_tuple b a
  ret t0
)");
  EXPECT_EQ(n("f", {7}), "Tuple(Tuple(Tuple(int64, float64), int64), Tuple(int64, int64)) (((2, 0.5), 7), (7, 7))");
}

// --- Hidden arguments ---

const char* const table_users = R"(def outer(i)
  g = global middle
  y = call g i
  ret y
def middle(i)
  g = global inner
  y = call g i
  U = global U
  z = getitem U i
  w = binary + y z
  ret w
def inner(i)
  T = global T
  y = getitem T i
  ret y
)";

Array filled(std::vector<double> values) {
  Array a(Scalar::f64, {static_cast<int64_t>(values.size())});
  for (size_t k = 0; k < values.size(); ++k) std::memcpy(a.at({static_cast<int64_t>(k)}), &values[k], 8);
  return a;
}

TEST(HiddenTest, GlobalArraysPassThroughTwoLevels) {
  Module m(table_users);
  Array t = filled({1, 2, 3}), u = filled({10, 20, 30});
  m.set_array("T", t);
  m.set_array("U", u);
  EXPECT_EQ(m("outer", {1}), "float64 22.0");
  auto* outer = m.specialise("outer", {1});
  ASSERT_EQ(outer->hidden.size(), 2u);
  EXPECT_EQ(outer->hidden[0].owner, &m["inner"]);
  EXPECT_EQ(outer->hidden[1].owner, &m["middle"]);
  EXPECT_EQ(outer->typed->parameter_slots, 1u + 4u + 4u);
  // What the main thread writes between two runs is seen, by the same specialisation.
  double changed = 200;
  std::memcpy(u.at({1}), &changed, 8);
  EXPECT_EQ(m("outer", {1}), "float64 202.0");
  EXPECT_EQ(m.specialise("outer", {1}), outer);
  EXPECT_EQ(m("outer", {3}), "IndexError: index 3 is out of bounds for axis 0 with size 3 @2 @2 @2");
}

TEST(HiddenTest, AnArrayOfAnotherTypeIsAnotherSpecialisation) {
  Module m(table_users);
  Array t = filled({1, 2, 3}), u = filled({10, 20, 30}), ints(Scalar::i32, {3});
  m.set_array("T", t);
  m.set_array("U", u);
  auto* before = m.specialise("outer", {1});
  m.set_array("U", ints);
  EXPECT_NE(m.specialise("outer", {1}), before);
  EXPECT_EQ(m("outer", {1}), "float64 2.0");
  m.set_array("U", u);
  EXPECT_EQ(m.specialise("outer", {1}), before);
}

TEST(HiddenTest, OneArrayReadTwiceIsOneArgument) {
  Module m(R"(def f(i)
  g = global g
  x = call g i
  y = call g i
  T = global T
  z = getitem T i
  s = binary + x y
  s = binary + s z
  ret s
def g(i)
  T = global T
  z = getitem T i
  ret z
)");
  Array t = filled({1, 2, 3});
  m.set_array("T", t);
  EXPECT_EQ(m("f", {2}), "float64 9.0");
  // f's global and g's global are two names, though both mean one array today.
  EXPECT_EQ(m.specialise("f", {2})->hidden.size(), 2u);
}

TEST(HiddenTest, GlobalArraysPassThroughRecursion) {
  // The array is met after the recursive call, so that the first round does not know of it.
  Module m(R"(def even(n)
  zero = constant 0
  c = compare == n zero
  branch c end more
end:
  T = global T
  r = getitem T n
  ret r
more:
  one = constant 1
  k = binary - n one
  g = global odd
  r = call g k
  ret r
def odd(n)
  one = constant 1
  k = binary - n one
  g = global even
  r = call g k
  U = global U
  u = getitem U one
  r = binary + r u
  ret r
)");
  Array t = filled({0.5, 2}), u = filled({3, 4});
  m.set_array("T", t);
  m.set_array("U", u);
  EXPECT_EQ(m("even", {4}), "float64 8.5");
  EXPECT_EQ(m("odd", {5}), "float64 12.5");
  EXPECT_EQ(m.specialise("even", {4})->hidden.size(), 2u);
  EXPECT_EQ(m.specialise("odd", {5})->hidden.size(), 2u);
}

// --- Recursion ---

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
