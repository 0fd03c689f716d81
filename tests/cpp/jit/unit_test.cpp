// Which functions are compiled together.
#include "jit/baseline/unit.h"

#include "core_support.h"
#include "jit/interp/program.h"

namespace px::jit::baseline {
namespace {

using test::Module;

// `during` is called in the loop and calls `leaf`; `after` once, behind it.
const char* const program = R"(def f(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  g = global during
  t1 = call g i
  s = inplace + s t1
  jump head
done:
  h = global after
  t2 = call h s
  ret t2
def during(n)
  g = global leaf
  r = call g n
  ret r
def after(n)
  ret n
def leaf(n)
  ret n
)";

struct UnitTest : testing::Test {
  std::vector<std::string> names(const Unit& unit) {
    std::vector<std::string> found;
    for (const UnitFunction& f : unit.functions) found.push_back(f.spec->function->code().name);
    return found;
  }
  using Names = std::vector<std::string>;
  static constexpr size_t plenty = 1000;

  Module m{program};
  Specialisation& f{*m.specialise("f", {1})};
};

TEST_F(UnitTest, AnEntryBringsEverythingThatIsCalled) {
  Unit unit = build_unit({.root = &f, .frames = {}, .entry = true}, plenty);
  EXPECT_EQ(names(unit), (Names{"f", "during", "after", "leaf"}));
  EXPECT_TRUE(unit.moves.empty());
}

TEST_F(UnitTest, AFrameInALoopBringsWhatTheLoopCalls) {
  ASSERT_EQ(f.program->loop_count, 1u);
  Unit unit = build_unit({.root = &f, .frames = {{&f, f.program->loops[0].header}}}, plenty);
  EXPECT_EQ(names(unit), (Names{"f", "during", "leaf"}));
  ASSERT_EQ(unit.moves.size(), 1u);
  EXPECT_EQ(unit.entries, Entries::none);
}

TEST_F(UnitTest, WhatIsTooMuchStaysOutside) {
  size_t own = f.typed->code.size();
  Unit unit = build_unit({.root = &f, .frames = {}, .entry = true}, own);
  EXPECT_EQ(names(unit), (Names{"f"}));
}

}  // namespace
}  // namespace px::jit::baseline
