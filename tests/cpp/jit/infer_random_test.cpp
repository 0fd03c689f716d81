// Whatever the verifier accepts is safe to infer and to run: valid programs, damaged at random; and random call graphs, whose results must
// fit each other however recursion runs through them.
#include <random>

#include "core_support.h"
#include "core_typed_check.h"
#include "fuzz_rounds.h"
#include "golden_programs.h"
#include "jit/interp/program.h"

namespace px::jit::test {
namespace {

// Programs to damage. Together they use every opcode.
const char* const programs = R"(def loops(x, n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  one = constant 1
  c = compare < i one
  branch c skip use
use:
  h = constant 0.5
  s = inplace + s h
  s = binary * s i
skip:
  jump head
done:
  ret s
def arrays(a, i)
  n = getattr a shape
  t0 = getattr a size
  l = global len
  t1 = call l a
  v = getitem a i
  w = binary + v v
  setitem a i w
  z = global np.zeros
  t2 = build_tuple t1 t0
  b = call_kw z ('dtype',) t2 l
  it = iter a
head:
  v = next it done
  u = unary - v
  s = binary + w u
  jump head
done:
  ret s
def several(x, y)
  t = build_tuple x y x
  s = constant 0
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
def tuples(x, y)
  t = build_tuple x y x
  a, b, c = unpack t
  k = constant 2
  d = getitem t k
  e = move d
  m = global min
  f = call m a b e
  u = unary not f
  branch u one two
one:
  t = build_tuple a b c
  ret t
two:
  t = build_tuple c f x
  ret t
def calls(x, n)
  zero = constant 0
  c = compare <= n zero
  branch c end more
end:
  ret x
more:
  one = constant 1
  k = binary - n one
  g = global calls
  y = call g x k
  h = global tuples
  z = call_kw h ('y', 'x') n k
  p, q, r = unpack z
  s = binary + p y
  ret s
def raises(x, y)
  none = constant None
  c = compare is x none
  branch c bad good
bad:
  e = global ValueError
  m = constant 'a message'
  raise e m
good:
  f = global IndexError
  s = build_slice none none none
  d = binary // x y
  raise f d y
def misc(x, y)
  a = global abs
  b = call a x
  q = global math.sqrt
  r = call q b
  f = global np.float32
  g = call f r
  d = binary ** g y
  t = constant (1, (2.5, True))
  u, v = unpack t
  l = compare in u t
  w = binary << u u
  i = unary ~ w
  ret d
)";

class Damage {
 public:
  explicit Damage(uint64_t seed) : random_(seed) {}
  size_t below(size_t n) { return n ? random_() % n : 0; }

  // Any of what the verifier reads, changed a little: mostly to something that may still be right.
  void to(CodeObject& code) {
    auto& i = code.instructions[below(code.instructions.size())];
    switch (below(12)) {
      case 0:
        i.op = static_cast<Opcode>(below(opcode_table().size() + 1));
        break;
      case 1:
        std::swap(i, code.instructions[below(code.instructions.size())]);
        break;
      case 2:
        code.instructions.insert(code.instructions.begin() + static_cast<ptrdiff_t>(below(code.instructions.size())), i);
        break;
      case 3:
        if (code.instructions.size() > 1)
          code.instructions.erase(code.instructions.begin() + static_cast<ptrdiff_t>(below(code.instructions.size())));
        break;
      case 4:
        i.first_operand += static_cast<uint32_t>(below(3)) - 1;
        break;
      default: {
        if (i.operand_count == 0 || size_t{i.first_operand} + i.operand_count > code.operands.size()) break;
        size_t k = below(i.operand_count);
        auto& operand = code.operands[i.first_operand + k];
        auto& letters = info(static_cast<size_t>(i.op) < opcode_table().size() ? i.op : Opcode::move_).operands;
        switch (k < letters.size() ? letters[k] : 'r') {
          case 'k':
            operand = static_cast<int32_t>(below(code.constants.size()));
            break;
          case 'g':
            operand = static_cast<int32_t>(below(code.globals.size()));
            break;
          case 'n':
            operand = static_cast<int32_t>(below(code.names.size()));
            break;
          case 'o':
            operand = static_cast<int32_t>(below(operator_table().size()));
            break;
          case 'L':
            operand = static_cast<int32_t>(below(code.instructions.size()));
            break;
          default:
            operand = static_cast<int32_t>(below(20) ? below(code.registers.size()) : below(100) - 2);
            break;
        }
      }
    }
  }

 private:
  std::mt19937_64 random_;
};

struct Outcomes {
  int refused = 0, mistyped = 0, returned = 0, raised = 0;
};

// Damages the programs, and infers and runs each as it is called, a call of another damaged one included.
void damage_and_run(uint64_t seed, Outcomes& outcomes) {
  Damage damage(seed);
  auto codes = Assembler::assemble(programs);
  for (int k = 0; k < 4; ++k) {
    auto& golden = GoldenPrograms::all();
    const CodeObject& one = golden[damage.below(golden.size())];
    if (std::ranges::find(codes, one.name, &CodeObject::name) == codes.end()) codes.push_back(one);
  }
  for (auto& code : codes) {
    code.constants.push_back({uint64_t{1} << 63});
    code.constants.push_back({std::string("float32")});
    code.names.insert(code.names.end(), {"shape", "T", "strides", "dtype"});
    for (const char* more : {"operator.add", "math.gcd", "round", "divmod", "np.empty", "np.int8", "K", "misc"})
      code.globals.push_back({more});
    CodeObject whole = code;
    for (size_t n = damage.below(5); n > 0; --n) damage.to(code);
    if (verify(code)) {
      ++outcomes.refused;
      code = whole;
    }
  }
  Module m(codes);
  Array vector(Scalar::f64, {5}), matrix(Scalar::i16, {2, 3}, Layout::f), table(Scalar::i64, {4});
  m.set_array("K", table);
  const Value values[] = {
      3, 0, -2, 2.5, true, uint64_t{4}, 1.5f, vector, matrix, Value::read_only(vector), Value::tuple({1, 2}), types::none()};
  runtime::Context& context = runtime::Context::of_thread();
  context.arena.set_limit(1 << 20);
  for (auto& code : codes)
    for (int round = 0; round < 3; ++round) {
      std::vector<Value> given;
      for (size_t k = 0; k < code.parameters.size(); ++k) given.push_back(values[damage.below(std::size(values))]);
      Specialisation* spec = m.specialise(code.name, given);
      if (!spec) {
        ++outcomes.mistyped;
        EXPECT_NE(m.error.message, "");
        continue;
      }
      EXPECT_EQ(flaw(*spec), "");
      EXPECT_NE(interp::disassemble(*spec->program), "-");
      context.own_stop = true;  // the first safepoint ends what does not end by itself
      std::string text = m(code.name, given);
      context.own_stop = false;
      context.arena.reset();
      ++(text.starts_with(to_string(spec->result)) ? outcomes.returned : outcomes.raised);
    }
  context.arena.set_limit(0);
}

TEST(InferRandomTest, WhatIsVerifiedIsSafe) {
  ASSERT_GT(GoldenPrograms::all().size(), 20u);
  FuzzRounds rounds(1500);
  Outcomes outcomes;
  for (uint64_t seed = 0; !HasFailure() && rounds.next(seed);) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    damage_and_run(seed, outcomes);
  }
  // The damage neither spoils everything nor nothing.
  if (rounds.usual()) {
    EXPECT_GT(outcomes.refused, 1000);
    EXPECT_GT(outcomes.mistyped, 1000);
    EXPECT_GT(outcomes.returned, 1000);
    EXPECT_GT(outcomes.raised, 1000);
  }
}

// Functions f0 … fn of one integer that call each other: every one has a base case, and each result is its own base joined with its calls'.
std::string random_graph(std::mt19937& random, int count) {
  std::string text;
  const char* const bases[] = {"True", "1", "0.5"};
  for (int f = 0; f < count; ++f) {
    text += "def f" + std::to_string(f) +
            "(n)\n  zero = constant 0\n  c = compare <= n zero\n  branch c end more\nmore:\n  one = constant 1\n  k = binary - n one\n";
    int calls = static_cast<int>(random() % 3);
    for (int k = 0; k < calls; ++k) {
      std::string callee = std::to_string(random() % static_cast<unsigned>(count)), name = "r" + std::to_string(k);
      text += "  g" + name + " = global f" + callee + "\n  " + name + " = call g" + name + " k\n";
      if (random() % 3 == 0) text += "  T" + name + " = global T" + std::to_string(f) + "\n  v = getitem T" + name + " zero\n";
      if (random() % 4 == 0) text += "  ret " + name + "\n";
    }
    if (calls && random() % 2) text += "  s = binary + r0 one\n  ret s\n";
    text += "end:\n  x = constant " + std::string(bases[random() % 3]) + "\n  ret x\n";
  }
  return text;
}

TEST(InferRandomTest, CallGraphsFitTogether) {
  std::mt19937 random(3);
  for (int round = 0; round < 400; ++round) {
    int count = 2 + static_cast<int>(random() % 4);
    std::string text = random_graph(random, count);
    std::vector<std::string> reference;
    Array table(Scalar::f64, {1});
    for (int root = 0; root < count; ++root) {
      SCOPED_TRACE(text);
      Module m(text);
      for (int f = 0; f < count; ++f) m.set_array("T" + std::to_string(f), table);
      ASSERT_NE(m.specialise("f" + std::to_string(root), {3}), nullptr) << m.error.message;
      std::vector<std::string> results;
      for (int f = 0; f < count; ++f) {
        std::string name = "f" + std::to_string(f);
        auto* spec = m.specialise(name, {3});
        ASSERT_NE(spec, nullptr) << m.error.message;
        results.push_back(spec->signature() + " " + m(name, {3}));
        for (auto* s : m[name].specialisations()) {
          ASSERT_NE(s->program, nullptr);
          EXPECT_EQ(flaw(*s), "");
          for (auto& c : s->typed->calls) {
            EXPECT_TRUE(c.callee->ready.load());
            for (auto& h : c.callee->hidden) EXPECT_NE(std::ranges::find(s->hidden, h), s->hidden.end());
          }
        }
      }
      // Wherever inference began, it comes to the same.
      if (root == 0) reference = results;
      EXPECT_EQ(results, reference) << "from f" << root;
    }
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace px::jit::test
