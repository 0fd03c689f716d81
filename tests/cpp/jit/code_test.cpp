// px code: what the verifier refuses, how code reads, and loops unrolled.
#include <algorithm>
#include <limits>
#include <random>

#include "core_support.h"
#include "jit/code/unroll.h"

namespace px::jit::test {
namespace {

const char* const subject = R"(def f(x, y=2)
  t0 = constant 1
  t1 = global math.sqrt
  a = binary + x t0
  c = compare < a y
  u = unary - a
  t2 = call_kw t1 ('p', 'q') a u a
  s = getattr t2 shape
  p, q = unpack s
  branch c yes no
yes:
  raise p q
no:
  ret a
)";

// What verify says of `subject` once `damage` was done to it.
std::string verdict(auto damage) {
  CodeObject code = Assembler::one(subject);
  damage(code);
  return verify(code).value_or("accepted");
}
int32_t& operand(CodeObject& code, size_t instruction, size_t k) {
  return code.operands[code.instructions[instruction].first_operand + k];
}

TEST(VerifyTest, AcceptsWhatIsWhole) {
  EXPECT_EQ(verdict([](CodeObject&) {}), "accepted");
}

TEST(VerifyTest, EmptyCode) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions.clear(); }), "no instructions");
}

TEST(VerifyTest, EveryIndexMustBeInRange) {
  struct Case {
    size_t instruction, operand;
    const char* what;
  };
  const Case cases[] = {{0, 0, "no register "}, {0, 1, "no constant "},    {1, 1, "no global "},      {2, 1, "no operator "},
                        {2, 2, "no register "}, {5, 2, "no constant "},    {5, 5, "no register "},    {6, 2, "no name "},
                        {7, 2, "no register "}, {8, 1, "no instruction "}, {8, 2, "no instruction "}, {9, 2, "no register "}};
  for (auto& c : cases)
    for (int32_t bad : {-1, 1000, INT32_MAX, INT32_MIN}) {
      auto text = verdict([&](CodeObject& code) { operand(code, c.instruction, c.operand) = bad; });
      EXPECT_TRUE(text.starts_with("instruction " + std::to_string(c.instruction) + " (") &&
                  text.find(c.what + std::to_string(bad)) != std::string::npos)
          << text;
    }
  // One past the end is out of range too.
  EXPECT_NE(verdict([](CodeObject& c) { operand(c, 0, 0) = static_cast<int32_t>(c.registers.size()); }), "accepted");
  EXPECT_NE(verdict([](CodeObject& c) { operand(c, 8, 1) = static_cast<int32_t>(c.instructions.size()); }), "accepted");
}

TEST(VerifyTest, Lists) {
  for (int32_t bad : {-1, 0, 2, 4, INT32_MAX, INT32_MIN})
    EXPECT_NE(verdict([&](CodeObject& c) { operand(c, 5, 3) = bad; }), "accepted") << bad;
  EXPECT_EQ(verdict([](CodeObject& c) { operand(c, 7, 1) = 1; }), "instruction 7 (unpack): a list of the wrong length");
}

TEST(VerifyTest, OperandsMustBeWholeAndInside) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].operand_count = 3; }), "instruction 2 (binary): too few operands");
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].operand_count = 5; }), "instruction 2 (binary): too many operands");
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].operand_count = 0; }), "instruction 2 (binary): too few operands");
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].first_operand = 10'000; }), "instruction 2 (binary): operands out of range");
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].operand_count = UINT32_MAX; }), "instruction 2 (binary): operands out of range");
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[2].first_operand = UINT32_MAX; }), "instruction 2 (binary): operands out of range");
}

TEST(VerifyTest, UnknownOpcode) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[3].op = static_cast<Opcode>(200); }), "instruction 3: no such opcode");
}

TEST(VerifyTest, Lines) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions[3].line = -1; }), "instruction 3 (compare): line before the function");
  EXPECT_NE(verdict([](CodeObject& c) { c.instructions[3].line = INT32_MAX; }), "accepted");  // first_line + line would overflow
  EXPECT_NE(verdict([](CodeObject& c) { c.first_line = INT32_MIN; }), "accepted");
}

TEST(VerifyTest, OperatorsWhereTheyBelong) {
  auto with = [](size_t instruction, Operator op) {
    return verdict([&](CodeObject& c) { operand(c, instruction, 1) = static_cast<int32_t>(op); });
  };
  EXPECT_EQ(with(2, Operator::neg), "instruction 2 (binary): operator neg does not belong here");
  EXPECT_EQ(with(2, Operator::lt), "instruction 2 (binary): operator lt does not belong here");
  EXPECT_EQ(with(3, Operator::add), "instruction 3 (compare): operator add does not belong here");
  EXPECT_EQ(with(4, Operator::sub), "instruction 4 (unary): operator sub does not belong here");
  EXPECT_EQ(with(4, Operator::not_), "accepted");
  EXPECT_EQ(with(3, Operator::not_in), "accepted");
}

TEST(VerifyTest, KeywordNames) {
  auto with = [](Constant names) {
    return verdict([&](CodeObject& c) {
      c.constants.push_back(names);
      operand(c, 5, 2) = static_cast<int32_t>(c.constants.size() - 1);
    });
  };
  EXPECT_EQ(with({int64_t{1}}), "instruction 5 (call_kw): keyword names are no tuple");
  EXPECT_EQ(with(Assembler::constant("('p', 2)")), "instruction 5 (call_kw): a keyword's name is no text");
  EXPECT_EQ(with(Assembler::constant("('a', 'b', 'c', 'd')")), "instruction 5 (call_kw): more keywords than arguments");
  EXPECT_EQ(with(Assembler::constant("()")), "accepted");
  EXPECT_NE(with({std::shared_ptr<const ConstantTuple>{}}), "accepted");
}

TEST(VerifyTest, ConstantsAreWhole) {
  EXPECT_NE(verdict([](CodeObject& c) { c.constants.push_back({std::shared_ptr<const ConstantTuple>{}}); }), "accepted");
  auto hollow = std::make_shared<ConstantTuple>(ConstantTuple{{std::shared_ptr<const ConstantTuple>{}}});
  EXPECT_NE(verdict([&](CodeObject& c) { c.constants.push_back({std::shared_ptr<const ConstantTuple>(hollow)}); }), "accepted");
  EXPECT_NE(verdict([&](CodeObject& c) { c.parameters[1].default_value = Constant{std::shared_ptr<const ConstantTuple>{}}; }), "accepted");
}

TEST(VerifyTest, TheEndIsNotReached) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions.pop_back(), operand(c, 8, 2) = 1; }), "accepted");  // ends in raise
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions.resize(9), operand(c, 8, 1) = operand(c, 8, 2) = 1; }),
            "accepted");  // ends in branch
  EXPECT_EQ(verdict([](CodeObject& c) { c.instructions.resize(8); }), "the end of the code can be reached");
  CodeObject loop = Assembler::one("def f(x)\n  jump head\nhead:\n  i = next x head\n  jump head\n");
  EXPECT_EQ(verify(loop), std::nullopt);
  loop.instructions.pop_back();
  EXPECT_EQ(verify(loop), "the end of the code can be reached");
}

TEST(VerifyTest, NothingGoesBackToTheStart) {
  EXPECT_NE(verdict([](CodeObject& c) { operand(c, 8, 2) = 0; }), "accepted");
  EXPECT_NE(verify(Assembler::one("def f(x)\nhead:\n  jump head\n")), std::nullopt);
}

TEST(VerifyTest, Parameters) {
  EXPECT_EQ(verdict([](CodeObject& c) { c.registers.resize(1); }), "fewer registers than parameters");
  EXPECT_EQ(verdict([](CodeObject& c) { c.parameters[1].name = "z"; }), "parameter 1 is not in its register");
  EXPECT_EQ(verdict([](CodeObject& c) { c.parameters[1].name = c.registers[1] = "x"; }), "two parameters called x");
  EXPECT_EQ(verdict([](CodeObject& c) { c.registers.resize(60'001); }), "the function is too large");
}

TEST(UnrollTest, ACopyForEachItem) {
  const CodeObject loop = Assembler::one(R"(def f(t, s)
  it = iter t
head:
  v = next it done
  c = compare < s v
  branch c head add
add:
  s = inplace + s v
  jump head
done:
  ret s
)");
  auto copies = [&](size_t count) {
    auto longer = unroll(loop, 0, count);
    EXPECT_TRUE(longer);
    EXPECT_EQ(verify(*longer), std::nullopt);
    auto adds = [](const Instruction& i) { return i.op == Opcode::inplace_; };
    return std::ranges::count_if(longer->instructions, adds);
  };
  EXPECT_EQ(copies(1), 1);
  EXPECT_EQ(copies(5), 5);
  EXPECT_FALSE(unroll(loop, 0, longest_unrolled));
}

TEST(UnrollTest, LoopsOfAnotherForm) {
  EXPECT_FALSE(unroll(Assembler::one("def f(t)\n  it = iter t\n  ret it\n"), 0, 2));
  const char* entered = R"(def f(t, c)
  it = iter t
  branch c inside head
head:
  v = next it done
inside:
  v = unary - t
  jump head
done:
  ret t
)";
  EXPECT_FALSE(unroll(Assembler::one(entered), 0, 2));
}

TEST(DisassembleTest, ReadsAsTheProgram) {
  EXPECT_EQ(disassemble(Assembler::one(subject)),
            R"(   0  t2 = constant 1                         ; line 101
   1  t3 = global math.sqrt                   ; line 102
   2  a = binary + x t2                       ; line 103
   3  c = compare < a y                       ; line 104
   4  u = unary - a                           ; line 105
   5  t7 = call_kw t3 ('p', 'q') (a u a)      ; line 106
   6  s = getattr t7 .shape                   ; line 107
   7  unpack s to (p q)                       ; line 108
   8  branch c ->9 ->10                       ; line 109
   9  raise p (q)                             ; line 111
  10  ret a                                   ; line 113
)");
}

TEST(ConstantTest, Text) {
  for (const char* text :
       {"None", "True", "-7", "0.5", "2.0", "1e+300", "'it'", "()", "(1,)", "(1, (2.5, 'a'))", "18446744073709551615", "inf", "nan"})
    EXPECT_EQ(to_string(Assembler::constant(text)), text);
  EXPECT_EQ(to_string(Constant{std::string("it's\n\\")}), R"('it\'s\n\\')");
}

TEST(ConstantTest, EqualityIsOfTypeAndBits) {
  auto equal = [](const char* a, const char* b) { return Assembler::constant(a) == Assembler::constant(b); };
  EXPECT_TRUE(equal("(1, 'a', nan)", "(1, 'a', nan)"));
  EXPECT_FALSE(equal("0.0", "-0.0"));
  EXPECT_FALSE(equal("1", "True"));
  EXPECT_FALSE(equal("1", "1.0"));
  EXPECT_FALSE(equal("(1,)", "(1, 1)"));
}

}  // namespace
}  // namespace px::jit::test
