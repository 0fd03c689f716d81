// Functions: specialisations and their globals, how arguments reach parameters, and inference over the call graph.
#include "jit/function.h"

#include "core_support.h"

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

struct TableUsers : Module {
  Array t = filled({1, 2, 3}), u = filled({10, 20, 30});
  TableUsers() : Module(table_users) {
    set_array("T", t);
    set_array("U", u);
  }
};

TEST(HiddenTest, GlobalArraysPassThroughTwoLevels) {
  TableUsers m;
  EXPECT_EQ(m("outer", {1}), "float64 22.0");
  auto* outer = m.specialise("outer", {1});
  ASSERT_EQ(outer->hidden.size(), 2u);
  EXPECT_EQ(outer->hidden[0].owner, &m["inner"]);
  EXPECT_EQ(outer->hidden[1].owner, &m["middle"]);
  EXPECT_EQ(outer->typed->parameter_slots, 1u + 4u + 4u);
  // What the main thread writes between two runs is seen, by the same specialisation.
  double changed = 200;
  std::memcpy(m.u.at({1}), &changed, 8);
  EXPECT_EQ(m("outer", {1}), "float64 202.0");
  EXPECT_EQ(m.specialise("outer", {1}), outer);
  EXPECT_EQ(m("outer", {3}), "IndexError: index 3 is out of bounds for axis 0 with size 3 @2 @2 @2");
}

TEST(HiddenTest, AnArrayOfAnotherTypeIsAnotherSpecialisation) {
  TableUsers m;
  Array ints(Scalar::i32, {3});
  auto* before = m.specialise("outer", {1});
  m.set_array("U", ints);
  EXPECT_NE(m.specialise("outer", {1}), before);
  EXPECT_EQ(m("outer", {1}), "float64 2.0");
  m.set_array("U", m.u);
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

}  // namespace
}  // namespace px::jit::test
