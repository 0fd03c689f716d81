// Types: interned, spelt as Numba spells them, and read back from text that may come from outside.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "jit/types/type.h"

namespace px::jit {
namespace {

TEST(TypesTest, EqualTypesAreOnePointer) {
  EXPECT_EQ(types::scalar(Scalar::i64), types::int64());
  EXPECT_EQ(types::array(Scalar::f64, 2, Layout::c), types::array(Scalar::f64, 2, Layout::c, true));
  EXPECT_NE(types::array(Scalar::f64, 2, Layout::c), types::array(Scalar::f64, 2, Layout::c, false));
  EXPECT_NE(types::array(Scalar::f64, 2, Layout::c), types::array(Scalar::f64, 2, Layout::f));
  EXPECT_NE(types::array(Scalar::f64, 2, Layout::c), types::array(Scalar::f64, 3, Layout::c));
  const Type* pair[] = {types::int64(), types::float64()};
  const Type* swapped[] = {types::float64(), types::int64()};
  EXPECT_EQ(types::tuple(pair), types::tuple(pair));
  EXPECT_NE(types::tuple(pair), types::tuple(swapped));
  EXPECT_EQ(types::string("a"), types::string("a"));
  EXPECT_NE(types::string("a"), types::string("b"));
  EXPECT_NE(types::string(""), types::none());
  EXPECT_NE(types::builtin("abs"), types::exception("abs"));
  EXPECT_NE(types::range(Scalar::i64), types::range_iter(Scalar::i64));
  EXPECT_NE(types::slice(true, false, true), types::slice(true, true, false));
}

TEST(TypesTest, NestingIsNotFlattening) {
  const Type* i = types::int64();
  const Type* two[] = {i, i};
  const Type* inner = types::tuple(two);
  const Type* left[] = {inner, i};
  const Type* right[] = {i, inner};
  const Type* flat[] = {i, i, i};
  EXPECT_NE(types::tuple(left), types::tuple(right));
  EXPECT_NE(types::tuple(left), types::tuple(flat));
  EXPECT_EQ(types::tuple(left)->slots, 3u);
}

TEST(TypesTest, OneDimensionalFortranOrderIsC) {
  EXPECT_EQ(types::array(Scalar::i8, 1, Layout::f), types::array(Scalar::i8, 1, Layout::c));
  EXPECT_EQ(types::array(Scalar::i8, 0, Layout::f), types::array(Scalar::i8, 0, Layout::c));
}

TEST(TypesTest, Slots) {
  EXPECT_EQ(types::none()->slots, 0u);
  EXPECT_EQ(types::boolean()->slots, 1u);
  EXPECT_EQ(types::string("a text")->slots, 0u);
  for (int ndim = 0; ndim <= 8; ++ndim) {
    const Type* a = types::array(Scalar::f32, ndim, Layout::any);
    EXPECT_EQ(a->slots, 2u + 2u * static_cast<uint32_t>(ndim));
    EXPECT_EQ(array_flags_slot(ndim) + 1, a->slots);
    EXPECT_EQ(types::array_iter(a)->slots, a->slots + 1);
  }
}

TEST(TypesTest, AnyThreadMakesTheSameType) {
  std::vector<const Type*> made(4);
  std::vector<std::thread> threads;
  for (size_t k = 0; k < made.size(); ++k)
    threads.emplace_back([&made, k] {
      const Type* t = types::none();
      for (int depth = 0; depth < 200; ++depth) {
        const Type* elements[] = {t, types::string("thread-test")};
        t = types::tuple(elements);
      }
      made[k] = t;
    });
  for (auto& t : threads) t.join();
  for (auto* t : made) EXPECT_EQ(t, made[0]);
}

std::vector<const Type*> spelled() {
  std::vector<const Type*> all = {types::none()};
  for (size_t k = 0; k < scalar_count; ++k) {
    auto s = static_cast<Scalar>(k);
    all.push_back(types::scalar(s));
    for (int ndim = 0; ndim <= 8; ++ndim)
      for (Layout layout : {Layout::c, Layout::f, Layout::any})
        for (bool writable : {true, false}) all.push_back(types::array(s, ndim, layout, writable));
    all.push_back(types::range(s));
  }
  std::vector<const Type*> tuples = {types::tuple({})};
  std::mt19937 random(1);
  for (int k = 0; k < 100; ++k) {
    std::vector<const Type*> elements;
    for (unsigned n = random() % 4 + 1; n > 0; --n)
      elements.push_back(random() % 3 ? all[random() % all.size()] : tuples[random() % tuples.size()]);
    tuples.push_back(types::tuple(elements));
  }
  all.insert(all.end(), tuples.begin(), tuples.end());
  return all;
}

TEST(TypesTest, SpellingGoesThereAndBack) {
  for (auto* t : spelled()) EXPECT_EQ(parse_type(to_string(t)), t) << to_string(t);
}

TEST(TypesTest, Spelling) {
  EXPECT_EQ(to_string(types::boolean()), "bool");
  EXPECT_EQ(to_string(types::array(Scalar::f64, 2, Layout::c)), "array(float64, 2d, C)");
  EXPECT_EQ(to_string(types::array(Scalar::u8, 1, Layout::any, false)), "readonly array(uint8, 1d, A)");
  const Type* elements[] = {types::int64(), types::tuple({}), types::none()};
  EXPECT_EQ(to_string(types::tuple(elements)), "Tuple(int64, Tuple(), none)");
}

TEST(ParseTypeTest, WhatIsNoTypeIsNull) {
  for (const char* text : {"",
                           " ",
                           "int",
                           "int65",
                           "int64 ",
                           " int64",
                           "int64,",
                           "uint",
                           "boolean",
                           "Int64",
                           "complex256",
                           "text",
                           "function",
                           "array(float64, 1d, C",
                           "array(float64, 9d, C)",
                           "array(float64, -1d, C)",
                           "array(float64, 1d, X)",
                           "array(float64, 10d, C)",
                           "array(float64,1d,C)",
                           "array(none, 1d, C)",
                           "array(array(int8, 1d, C), 1d, C)",
                           "readonly int64",
                           "readonly readonly array(int8, 1d, C)",
                           "Tuple",
                           "Tuple(",
                           "Tuple(int64",
                           "Tuple(int64,)",
                           "Tuple(int64, )",
                           "Tuple(, int64)",
                           "Tuple(int64 int64)",
                           "Tuple(int64))",
                           "tuple(int64)",
                           "range()",
                           "range(none)",
                           "int64\n",
                           "none none",
                           "iter(array(int8, 1d, C))",
                           "dtype(none)",
                           "dtype(int64"})
    EXPECT_EQ(parse_type(text), nullptr) << text;
  EXPECT_EQ(parse_type(std::string_view("int64\0", 6)), nullptr);
}

TEST(ParseTypeTest, DepthAndLengthHaveLimits) {
  auto nested = [](size_t depth) {
    std::string text;
    for (size_t k = 0; k < depth; ++k) text += "Tuple(";
    return text + "int8" + std::string(depth, ')');
  };
  EXPECT_NE(parse_type(nested(10)), nullptr);
  EXPECT_EQ(parse_type(nested(1'000'000)), nullptr);
  std::string wide = "Tuple(int8";
  for (int k = 0; k < 100'000; ++k) wide += ", int8";
  EXPECT_EQ(parse_type(wide + ")"), nullptr);
}

TEST(ParseTypeTest, DamagedSpellingsNeverCrash) {
  std::mt19937 random(7);
  auto all = spelled();
  for (int round = 0; round < 20'000; ++round) {
    std::string text = to_string(all[random() % all.size()]);
    for (unsigned n = random() % 3 + 1; n > 0; --n) {
      size_t at = random() % (text.size() + 1);
      switch (random() % 3) {
        case 0:
          text.insert(at, 1, "(), Tuple0d9CA\xff"[random() % 15]);
          break;
        case 1:
          text.erase(at, random() % 4);
          break;
        default:
          text += text.substr(at);
          break;
      }
    }
    if (const Type* t = parse_type(text)) EXPECT_EQ(parse_type(to_string(t)), t);
  }
}

}  // namespace
}  // namespace px::jit
