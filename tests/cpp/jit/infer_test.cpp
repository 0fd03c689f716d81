// Inference inside one function: what its variables become, which branches are not even typed, and what is an error.
#include "core_support.h"

namespace px::jit::test {
namespace {

const char* const two_paths = R"(def f(c, a, b)
  branch c yes no
yes:
  x = move a
  jump end
no:
  x = move b
end:
  ret x
)";

// Something else in the frames' memory, where a test expects zeros that the function itself has to write.
void spoil_frames() {
  runtime::Context& context = runtime::Context::of_thread();
  std::fill(context.frames, context.frames + 1000, 0x4142434445464748u);
}

TEST(InferTest, PathsThatMeetUnify) {
  Module m(two_paths);
  EXPECT_EQ(m("f", {true, 1, 2}), "int64 1");
  EXPECT_EQ(m("f", {true, 1, 2.5}), "float64 1.0");
  EXPECT_EQ(m("f", {false, 1, 2.5}), "float64 2.5");
  EXPECT_EQ(m("f", {true, true, 2}), "int64 1");
  EXPECT_EQ(m("f", {true, uint64_t{3}, 2}), "float64 3.0");
  EXPECT_EQ(m("f", {true, 0.1f, 2.5}), "float64 0.10000000149011612");
  EXPECT_EQ(m("f", {false, Value::tuple({1, 2.5}), Value::tuple({true, 7})}), "Tuple(int64, float64) (1, 7.0)");
}

TEST(InferTest, ArraysThatMeetLoseTheirLayoutAndWritability) {
  Array c(Scalar::f64, {2, 2}), f(Scalar::f64, {2, 2}, Layout::f);
  Module m(two_paths);
  auto result = [&](Value a, Value b) { return to_string(m.specialise("f", {Value(true), a, b})->result); };
  EXPECT_EQ(result(c, c), "array(float64, 2d, C)");
  EXPECT_EQ(result(c, f), "array(float64, 2d, A)");
  EXPECT_EQ(result(c, Value::read_only(c)), "readonly array(float64, 2d, C)");
}

TEST(InferTest, TypesThatDoNotUnifyNameBothLines) {
  Array a(Scalar::f64, {2});
  Module m(two_paths);
  EXPECT_EQ(
      m("f", {true, 1, a}),
      "TypingError: f.py:106: in f: 'x' is int64 (line 103) on one path and array(float64, 1d, C) (line 106) on another: give it one type");
  Module n(R"(def f(c, a, b)
  branch c yes no
yes:
  ret a
no:
  ret b
)");
  EXPECT_EQ(n("f", {true, 1, Value::tuple({1})}),
            "TypingError: f.py:105: in f: returns int64 on one path and Tuple(int64) on another: return one type");
}

TEST(InferTest, AVariableMayChangeItsType) {
  Module m(R"(def f(a)
  x = move a
  y = binary + x x
  h = constant 0.5
  x = binary * x h
  z = binary + x y
  t = build_tuple y x z
  ret t
)");
  EXPECT_EQ(m("f", {3}), "Tuple(int64, float64, float64) (6, 1.5, 7.5)");
  EXPECT_EQ(m.definitions("f", {3}),
            "x@1: int64, y@2: int64, h@3: float64, x@4: float64, z@5: float64, t@6: Tuple(int64, float64, float64)");
}

TEST(InferTest, LoopsWiden) {
  Module m(R"(def f(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  h = constant 0.5
  s = binary + s h
  jump head
done:
  ret s
)");
  EXPECT_EQ(m("f", {5}), "float64 2.5");
  EXPECT_EQ(m("f", {0}), "float64 0.0");
  EXPECT_EQ(m.definitions("f", {5}), "s@1: int64, r@2: builtin(range), it@4: range_iter(int64), i@6: int64, h@7: float64, s@8: float64");
}

TEST(InferTest, ALoopThatUsesWhatItWidens) {
  // x is int64, then float64, and y with it, then its product with an array's element.
  Array a(Scalar::f32, {3});
  for (int k = 0; k < 3; ++k) {
    float v = 0.5f;
    std::memcpy(a.at({k}), &v, 4);
  }
  Module m(R"(def f(a)
  x = constant 1
  y = constant 0
  it = iter a
head:
  v = next it done
  y = binary + y x
  x = binary + x v
  jump head
done:
  ret y
)");
  EXPECT_EQ(m("f", {a}), "float64 4.5");
}

const char* const pruned = R"(def f(x)
  K = global K
  one = constant 1
  c = compare == K one
  branch c yes no
yes:
  ret x
no:
  t0 = build_tuple x
  ret t0
)";

TEST(InferTest, BranchesOfConstantsAreNotEvenTyped) {
  Module m(pruned);
  m.set("K", "1");
  EXPECT_EQ(m("f", {5}), "int64 5");
  m.set("K", "2");
  EXPECT_EQ(m("f", {5}), "Tuple(int64) (5)");
}

TEST(InferTest, ConditionsDecidedByTypes) {
  Module m(R"(def f(x)
  none = constant None
  c = compare is x none
  branch c yes no
yes:
  zero = constant 0
  ret zero
no:
  y = binary + x x
  ret y
)");
  EXPECT_EQ(m("f", {2.5}), "float64 5.0");
  EXPECT_EQ(m("f", {Value(types::none(), {})}), "int64 0");
}

TEST(InferTest, AConstantOfAVariableAssignedTwiceIsNone) {
  Module m(R"(def f(x)
  d = constant 1
  d = binary - d d
  branch d yes no
yes:
  ret x
no:
  t0 = build_tuple x
  ret t0
)");
  EXPECT_EQ(m("f", {5}), "TypingError: f.py:108: in f: returns int64 on one path and Tuple(int64) on another: return one type");
}

TEST(InferTest, WhatIsNotReachedIsNotTyped) {
  Module m(R"(def f(x)
  ret x
  y = getattr x nonsense
  ret y
)");
  EXPECT_EQ(m("f", {5}), "int64 5");
}

TEST(InferTest, MaybeUnsetReadsAsZero) {
  Module m(R"(def f(c, a)
  branch c yes end
yes:
  x = move a
end:
  ret x
)");
  Array a(Scalar::f64, {2});
  EXPECT_EQ(m("f", {false, 7}), "int64 0");
  EXPECT_EQ(m("f", {true, 7}), "int64 7");
  EXPECT_EQ(m("f", {false, 7.5}), "float64 0.0");
  EXPECT_EQ(m("f", {false, Value::tuple({1, 2.5})}), "Tuple(int64, float64) (0, 0.0)");
}

TEST(InferTest, MaybeUnsetReadsAsZeroAfterItWidened) {
  Module m(R"(def f(c, d, a, b)
  branch c one join
one:
  x = move a
join:
  branch d two end
two:
  x = move b
end:
  ret x
)");
  spoil_frames();
  EXPECT_EQ(m("f", {false, false, 1, 2.5}), "float64 0.0");
  spoil_frames();
  EXPECT_EQ(m("f", {false, false, Value::tuple({1, 2}), Value::tuple({2, 2.5})}), "Tuple(int64, float64) (0, 0.0)");
}

TEST(InferTest, AnArrayThatIsMaybeUnsetIsEmpty) {
  Module m(R"(def f(c, d, a, b)
  branch c one join
one:
  x = move a
join:
  branch d two end
two:
  x = move b
end:
  i = constant 0
  t0 = build_tuple i i
  v = getitem x t0
  ret v
)");
  Array c(Scalar::f64, {2, 2}), f(Scalar::f64, {2, 2}, Layout::f);
  spoil_frames();
  EXPECT_EQ(m("f", {false, false, c, f}), "IndexError: index 0 is out of bounds for axis 0 with size 0 @11");
  EXPECT_EQ(m("f", {true, false, c, f}), "float64 0.0");
}

TEST(InferTest, ATemporaryReadInAnotherBlockIsAnArray) {
  Module m(R"(def f(a, x)
  t0 = binary + a x
  t1 = binary * t0 x
  jump next
next:
  zero = constant 0
  y = getitem t0 zero
  z = getitem t1 zero
  s = binary + y z
  ret s
)");
  Array a(Scalar::f64, {2});
  spoil_frames();
  EXPECT_EQ(m("f", {a, 2.0}), "float64 6.0");
}

TEST(InferTest, NeverSetIsAnError) {
  Module m(R"(def f(c)
  ret x
)");
  EXPECT_EQ(m("f", {1}), "UnboundLocalError: f.py:101: in f: cannot access local variable 'x' where it is not associated with a value");
}

TEST(InferTest, SetFurtherDownTheLoopIsSet) {
  Module m(R"(def f(n)
  r = global range
  t0 = call r n
  it = iter t0
  first = constant True
head:
  i = next it done
  branch first skip use
use:
  y = binary + x i
  jump skip
skip:
  x = move i
  first = constant False
  jump head
done:
  ret x
)");
  EXPECT_EQ(m("f", {4}), "int64 3");
  EXPECT_EQ(m("f", {0}), "int64 0");
}

TEST(InferTest, LoopVariablesKeepTheirLastValue) {
  Module m(R"(def f(n)
  i = constant 42
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  jump head
done:
  ret i
)");
  EXPECT_EQ(m("f", {0}), "int64 42");
  EXPECT_EQ(m("f", {3}), "int64 2");
}

TEST(InferTest, NoReturnReachedIsNone) {
  Module m(R"(def f(x)
  e = global ValueError
  m = constant 'always'
  raise e m
def loop(x)
  jump head
head:
  jump head
)");
  EXPECT_EQ(m("f", {1}), "ValueError: always @3");
  ASSERT_NE(m.specialise("loop", {types::int64()}), nullptr) << m.error.message;
  EXPECT_EQ(m.specialise("loop", {types::int64()})->result, types::none());
}

TEST(InferTest, OnePathRaises) {
  Module m(R"(def f(x)
  zero = constant 0
  c = compare < x zero
  branch c bad good
bad:
  e = global ValueError
  raise e x zero
good:
  ret x
)");
  EXPECT_EQ(m("f", {1}), "int64 1");
  EXPECT_EQ(m("f", {-1}), "ValueError @6");
  EXPECT_EQ(runtime::Context::of_thread().exc.arguments[0], bits(-1));
}

TEST(InferTest, AnExceptionsArgumentsHaveRoom) {
  std::vector<Value> many(40, 1), few(30, 1);
  Module m(R"(def f(t)
  e = global ValueError
  raise e t
)");
  EXPECT_EQ(m("f", {Value::tuple(few)}), "ValueError @2");
  EXPECT_TRUE(m("f", {Value::tuple(many)}).starts_with("UnsupportedError: f.py:102: in f: ")) << m("f", {Value::tuple(many)});
}

TEST(InferTest, ReadOnlyArraysAreProtected) {
  Array a(Scalar::i64, {3});
  Module m(R"(def f(a, v)
  b = move a
  i = constant 1
  setitem b i v
  ret v
)");
  EXPECT_EQ(m("f", {a, 5}), "int64 5");
  EXPECT_EQ(*reinterpret_cast<int64_t*>(a.at({1})), 5);
  EXPECT_EQ(
      m("f", {Value::read_only(a), 5}),
      "ProtectionError: f.py:103: in f: 'b' is read-only here: a context writes only to arrays that it was handed as writable arguments");
  Module n(R"(def f(v)
  b = global TABLE
  i = constant 1
  setitem b i v
  ret v
)");
  n.set_array("TABLE", a);
  EXPECT_TRUE(n("f", {5}).starts_with("ProtectionError: f.py:103: in f: 'b' is read-only here")) << n("f", {5});
}

TEST(InferTest, ErrorsNameThePlace) {
  Array a(Scalar::f64, {2});
  struct Case {
    const char *text, *error;
    std::vector<Value> values;
  };
  const Case cases[] = {
      {"def f(x, y)\n  z = binary + x y\n  ret z",
       "TypingError: f.py:101: in f: + has no rule for (int64, Tuple(int64))",
       {1, Value::tuple({1})}},
      {"def f(x, y)\n  z = compare < x y\n  ret z",
       "TypingError: f.py:101: in f: < has no rule for (int64, Tuple(int64))",
       {1, Value::tuple({1})}},
      {"def f(x)\n  z = getitem x x\n  ret z", "TypingError: f.py:101: in f: int64 cannot be indexed", {1}},
      {"def f(x)\n  setitem x x x\n  ret x", "TypingError: f.py:101: in f: int64 does not support item assignment", {1}},
      {"def f(x, i)\n  setitem x i i\n  ret x",
       "TypeError: f.py:101: in f: 'tuple' object does not support item assignment",
       {Value::tuple({1}), 0}},
      {"def f(x, i)\n  z = getitem x i\n  ret z",
       "TypingError: f.py:101: in f: too many indices: 2 for a 1-d array",
       {a, Value::tuple({1, 2})}},
      {"def f(x)\n  z = iter x\n  ret x", "TypingError: f.py:101: in f: int64 cannot be iterated over", {1}},
      {"def f(x)\n  z = next x e\ne:\n  ret x", "TypingError: f.py:101: in f: int64 is no iterator", {1}},
      {"def f(x)\n  list_append x x\n  ret x", "TypingError: f.py:101: in f: int64 has no append", {1}},
      {"def f(x)\n  z = call x x\n  ret z", "TypingError: f.py:101: in f: 'x' is int64 and cannot be called", {1}},
      {"def f(x)\n  raise x\n", "TypingError: f.py:101: in f: exceptions must be classes derived from BaseException, not int64", {1}},
      {"def f(x)\n  s = build_slice x x x\n  t = build_tuple s x\n  e = global ValueError\n  raise e t\n",
       "UnsupportedError: f.py:104: in f: an exception's argument of type Tuple(slice, int64); instead: numbers and text",
       {1}},
      {"def f(x)\n  g = global nothing\n  ret g", "NameError: f.py:101: in f: name 'nothing' is not defined", {1}},
      {"def f(x)\n  z = getattr x width\n  ret z", "UnsupportedError: f.py:101: in f: the attribute .width of int64", {1}},
      {"def f(x)\n  a, b = unpack x\n  ret a",
       "ValueError: f.py:101: in f: not enough values to unpack (expected 2, got 1)",
       {Value::tuple({1})}},
      {"def f(x)\n  a = unpack x\n  ret a", "ValueError: f.py:101: in f: too many values to unpack (expected 1)", {Value::tuple({1, 2})}},
      {"def f(x)\n  i = constant 2\n  z = getitem x i\n  ret z",
       "IndexError: f.py:102: in f: tuple index out of range",
       {Value::tuple({1, 2})}},
      {"def f(x)\n  i = constant 9223372036854775808\n  z = getitem x i\n  ret z",
       "IndexError: f.py:102: in f: tuple index out of range",
       {Value::tuple({1, 2})}},
      {"def f(x)\n  i = constant -3\n  z = getitem x i\n  ret z",
       "IndexError: f.py:102: in f: tuple index out of range",
       {Value::tuple({1, 2})}},
      {"def f(x)\n  z = global abs\n  ret z",
       "UnsupportedError: f.py:102: in f: returning builtin(abs); instead: return numbers, arrays, literal texts or tuples of them",
       {1}},
      {"def f(x)\n  g = global operator.add\n  z = call g x\n  ret z",
       "TypingError: f.py:102: in f: operator.add has no rule for (int64)",
       {1}},
      {"def f(x)\n  g = global operator.not_\n  z = call g x x\n  ret z",
       "TypingError: f.py:102: in f: operator.not_ has no rule for (int64, int64)",
       {1}},
      {"def f(x)\n  branch x y n\ny:\n  ret x\nn:\n  ret x",
       "ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all() @1",
       {a}},
      {"def f(x)\n  g = global range\n  r = call g x\n  branch r y n\ny:\n  ret x\nn:\n  ret x",
       "TypingError: f.py:103: in f: the truth of range(int64) is not defined",
       {1}},
  };
  for (auto& c : cases) EXPECT_EQ(Module(c.text)("f", c.values), c.error);
}

TEST(InferTest, TuplesDoNotGrowForEver) {
  // Doubled at each row: 2 to the 40th elements, were it let.
  std::string built = "def f(x)\n  x = build_tuple x x\n", joined = built;
  for (int k = 0; k < 40; ++k) built += "  x = build_tuple x x\n", joined += "  x = binary + x x\n";
  EXPECT_EQ(Module(built + "  ret x\n")("f", {1}), "UnsupportedError: f.py:109: in f: a tuple of more than 1000 values; instead: an array");
  EXPECT_TRUE(Module(joined + "  ret x\n")("f", {1}).starts_with("TypingError: f.py:110: in f: + has no rule for "));
  std::string hollow = "def f(x)\n  t = build_tuple\n";
  for (int k = 0; k < 40; ++k) hollow += "  t = build_tuple t t\n";
  EXPECT_TRUE(Module(hollow + "  ret t\n")("f", {1}).starts_with("UnsupportedError: f.py:1"));
}

TEST(InferTest, TypedCodeReadsAsWhatItDoes) {
  Array a(Scalar::f64, {3});
  Module m(R"(def f(a, n)
  s = constant 0.0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  v = getitem a i
  s = inplace + s v
  jump head
done:
  ret s
)");
  auto* spec = m.specialise("f", std::vector<Value>{a, 3});
  ASSERT_NE(spec, nullptr);
  EXPECT_EQ(spec->signature(), "(array(float64, 1d, C), int64) -> float64");
  EXPECT_EQ(typed::disassemble(*spec->typed), R"(   0  move s@5 0.0 x1
   1  move s7 0 x1
   2  move s8 n@4 x1
   3  move s9 1 x1
   4  range_init.int64 it@12 s7
   5  jump ->6
   6  range_next.int64 i@15 it@12 ->11
   7  jump ->8
   8  load.float64 v@16 <- a@0[ i@15 ] array(float64, 1d, C)
   9  add.float64 s@5 s@5 v@16
  10  jump ->6
  11  ret s@5 x1
)");
}

}  // namespace
}  // namespace px::jit::test
