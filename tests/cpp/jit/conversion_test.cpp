// Conversions, unification and the choice among signatures: facts read off Numba 0.68 (`can_convert`, `unify_pairs`, `unify_types`).
#include "jit/infer/conversion.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace px::jit {
namespace {

constexpr Scalar B = Scalar::boolean, I8 = Scalar::i8, I16 = Scalar::i16, I32 = Scalar::i32, I = Scalar::i64, U8 = Scalar::u8,
                 U16 = Scalar::u16, U32 = Scalar::u32, U = Scalar::u64, S = Scalar::f32, F = Scalar::f64;

TEST(ConversionTest, OfScalars) {
  EXPECT_EQ(conversion(I, I), Conversion::exact);
  EXPECT_EQ(conversion(I32, I), Conversion::promote);
  EXPECT_EQ(conversion(U8, U), Conversion::promote);
  EXPECT_EQ(conversion(S, F), Conversion::promote);
  EXPECT_EQ(conversion(B, U8), Conversion::safe);
  EXPECT_EQ(conversion(U32, I), Conversion::safe);
  EXPECT_EQ(conversion(I, F), Conversion::safe);  // as Numba sees it, though large integers lose digits
  EXPECT_EQ(conversion(I16, S), Conversion::safe);
  EXPECT_EQ(conversion(I32, S), Conversion::unsafe);
  EXPECT_EQ(conversion(I, U), Conversion::unsafe);
  EXPECT_EQ(conversion(U, I), Conversion::unsafe);
  EXPECT_EQ(conversion(F, S), Conversion::unsafe);
  EXPECT_EQ(conversion(I, B), Conversion::unsafe);
}

TEST(ConversionTest, OfArraysNeverGainsRights) {
  auto* c = types::array(F, 2, Layout::c);
  auto* any = types::array(F, 2, Layout::any);
  auto* frozen = types::array(F, 2, Layout::c, false);
  EXPECT_EQ(conversion(c, any), Conversion::safe);
  EXPECT_EQ(conversion(c, frozen), Conversion::safe);
  EXPECT_EQ(conversion(frozen, c), Conversion::impossible);
  EXPECT_EQ(conversion(frozen, any), Conversion::impossible);
  EXPECT_EQ(conversion(any, c), Conversion::impossible);
  EXPECT_EQ(conversion(c, types::array(F, 2, Layout::f)), Conversion::impossible);
  EXPECT_EQ(conversion(c, types::array(S, 2, Layout::c)), Conversion::impossible);
  EXPECT_EQ(conversion(c, types::float64()), Conversion::impossible);
}

TEST(ConversionTest, OfTuplesIsTheWorstOfTheirElements) {
  auto tuple = [](std::vector<Scalar> scalars) {
    std::vector<const Type*> elements;
    for (Scalar s : scalars) elements.push_back(types::scalar(s));
    return types::tuple(elements);
  };
  EXPECT_EQ(conversion(tuple({I32, I}), tuple({I, I})), Conversion::promote);
  EXPECT_EQ(conversion(tuple({I32, F}), tuple({I, I})), Conversion::unsafe);
  EXPECT_EQ(conversion(tuple({I}), tuple({I, I})), Conversion::impossible);
  EXPECT_EQ(conversion(types::none(), types::int64()), Conversion::impossible);
}

TEST(UnifyTest, OfScalars) {
  auto both = [](Scalar a, Scalar b) { return unify(types::scalar(a), types::scalar(b)); };
  EXPECT_EQ(both(B, I8), types::scalar(I8));
  EXPECT_EQ(both(I8, U8), types::scalar(I16));
  EXPECT_EQ(both(I32, U32), types::int64());
  EXPECT_EQ(both(I, U), types::float64());
  EXPECT_EQ(both(I16, S), types::float32());
  EXPECT_EQ(both(I32, S), types::float64());
  EXPECT_EQ(both(U, S), types::float64());
  EXPECT_EQ(both(I, F), types::float64());
}

TEST(UnifyTest, OfScalarsIsCommutativeAndIdempotent) {
  for (size_t a = 0; a < scalar_count; ++a) {
    auto* x = types::scalar(static_cast<Scalar>(a));
    EXPECT_EQ(unify(x, x), x);
    for (size_t b = 0; b < scalar_count; ++b) {
      auto* y = types::scalar(static_cast<Scalar>(b));
      auto* both = unify(x, y);
      EXPECT_EQ(both, unify(y, x)) << to_string(x) << " " << to_string(y);
      // What was unified once stands: a loop that unifies again and again ends.
      EXPECT_EQ(unify(both, x), both) << to_string(x) << " " << to_string(y);
      EXPECT_EQ(unify(both, y), both) << to_string(x) << " " << to_string(y);
    }
  }
}

TEST(UnifyTest, OfArrays) {
  auto* c = types::array(F, 2, Layout::c);
  auto* f = types::array(F, 2, Layout::f);
  auto* any = types::array(F, 2, Layout::any);
  EXPECT_EQ(unify(c, f), any);
  EXPECT_EQ(unify(c, any), any);
  EXPECT_EQ(unify(c, types::array(F, 2, Layout::c, false)), types::array(F, 2, Layout::c, false));
  EXPECT_EQ(unify(f, types::array(F, 2, Layout::c, false)), types::array(F, 2, Layout::any, false));
  EXPECT_EQ(unify(c, types::array(F, 1, Layout::c)), nullptr);
  EXPECT_EQ(unify(c, types::array(S, 2, Layout::c)), nullptr);
}

TEST(UnifyTest, OfOtherKinds) {
  const Type* a[] = {types::int64(), types::none()};
  const Type* b[] = {types::float64(), types::none()};
  EXPECT_EQ(unify(types::tuple(a), types::tuple(b)), types::tuple(b));
  EXPECT_EQ(unify(types::tuple(a), types::tuple({})), nullptr);
  EXPECT_EQ(unify(types::none(), types::int64()), types::optional(types::int64()));
  EXPECT_EQ(unify(types::range(I), types::range(U)), nullptr);
  EXPECT_EQ(unify(types::string("a"), types::string("b")), nullptr);
}

TEST(UnifyTest, OfManyIsAsNumbaSays) {
  struct Fact {
    std::vector<Scalar> given;
    Scalar result;
  };
  const Fact facts[] = {
      {{I16, I32, B}, I32},       {{S, U16, F}, F},       {{I8, B, U}, F},     {{I, I32, U8}, I},      {{U, I, I16}, F},
      {{U16, I, U32}, I},         {{I8, U16, U8}, I32},   {{U, I16, S}, F},    {{B, I32, S, I16}, F},  {{I, U, U, U16}, F},
      {{U8, I32, U16, U16}, I32}, {{U32, U8, I16, U}, F}, {{S, I, S, U32}, F}, {{B, B, I32, I8}, I32}, {{I32, I32, B, U32}, I},
  };
  for (auto& fact : facts) {
    std::vector<const Type*> list;
    for (Scalar s : fact.given) list.push_back(types::scalar(s));
    std::ranges::sort(list);
    do {
      EXPECT_EQ(unify(list), types::scalar(fact.result));
    } while (std::ranges::next_permutation(list).found);
  }
}

TEST(BestCaseTest, PrefersFewerAndMilderConversions) {
  const std::vector<Case> cases = {{{I, I}, I}, {{U, U}, U}, {{S, S}, S}, {{F, F}, F}};
  auto best = [&](Scalar a, Scalar b, bool allow_unsafe = true) -> const Type* {
    const Type* list[] = {types::scalar(a), types::scalar(b)};
    const Case* c = best_case(cases, list, allow_unsafe);
    return c ? types::scalar(c->result) : nullptr;
  };
  EXPECT_EQ(best(I, I), types::int64());
  EXPECT_EQ(best(I32, I8), types::int64());
  EXPECT_EQ(best(U8, U16), types::uint64());
  EXPECT_EQ(best(U32, I32), types::int64());  // unsigned to int64 is safe, signed to uint64 is not
  EXPECT_EQ(best(U, I), types::float64());    // Numba's well-known surprise
  EXPECT_EQ(best(I, S), types::float64());
  EXPECT_EQ(best(S, S), types::float32());
  EXPECT_EQ(best(I16, S), types::float32());
  EXPECT_EQ(best(B, B), types::int64());  // the first among equals
}

TEST(BestCaseTest, UnsafeConversionsMayBeForbidden) {
  const std::vector<Case> cases = {{{I}, I}, {{U}, U}};
  const Type* real[] = {types::float64()};
  ASSERT_NE(best_case(cases, real), nullptr);
  EXPECT_EQ(best_case(cases, real)->result, I);
  EXPECT_EQ(best_case(cases, real, false), nullptr);
}

TEST(BestCaseTest, OnlyScalarsAndTheRightNumberFit) {
  const std::vector<Case> cases = {{{I}, I}, {{I, I}, U}};
  const Type* two[] = {types::int64(), types::int64()};
  const Type* three[] = {types::int64(), types::int64(), types::int64()};
  const Type* none[] = {types::none()};
  EXPECT_EQ(best_case(cases, two)->result, U);
  EXPECT_EQ(best_case(cases, three), nullptr);
  EXPECT_EQ(best_case(cases, none), nullptr);
  EXPECT_EQ(best_case(cases, {}), nullptr);
}

}  // namespace
}  // namespace px::jit
