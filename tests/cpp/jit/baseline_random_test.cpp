// Random typed programs: baseline code against the interpreter, from the start and from the middle of every loop.
#include "baseline_support.h"
#include "interp_random.h"
#include "interp_reference.h"

namespace px::jit::test {
namespace {

// A flow laid out again as typed code, so that the reference can run it and stop at the start of a block.
struct Line {
  typed::Function function;
  std::vector<uint32_t> start;  // by block
};
Line lay_out(const flow::Flow& flow, const typed::Function& original) {
  Line line;
  line.function = *flow.function;
  line.function.result_slots = original.result_slots;
  line.start.resize(flow.blocks.size());
  std::vector<Instr>& code = line.function.code;
  for (flow::BlockIndex b : flow.layout) {
    line.start[b] = static_cast<uint32_t>(code.size());
    code.insert(code.end(), flow.blocks[b].code.begin(), flow.blocks[b].code.end());
    if (code.back().op == Op::range_next_) code.push_back({.op = Op::jump_, .target = code.back().target2});
  }
  for (Instr& i : code) {
    if (i.op == Op::jump_ || i.op == Op::branch_ || i.op == Op::range_next_) i.target = line.start[i.target];
    if (i.op == Op::branch_) i.target2 = line.start[i.target2];
  }
  return line;
}

uint64_t program_count(uint64_t usual) {
  const char* text = std::getenv("PX_RANDOM_PROGRAMS");
  return text ? std::strtoull(text, nullptr, 10) : usual;
}

void expect_same_memory(RandomProgram& program, const std::vector<std::vector<char>>& expected, const std::string& what) {
  auto memories = program.memories();
  for (size_t k = 0; k < memories.size(); ++k) {
    ASSERT_TRUE(same_memory(memories[k], expected[k], k == 0 || k == 4 || k == 6)) << what << " array " << k;
  }
}
void expect_same_result(const std::vector<uint64_t>& got, const std::vector<uint64_t>& expected, const std::string& what) {
  for (size_t k = 0; k < expected.size(); ++k) ASSERT_TRUE(same(got[k], expected[k])) << what << " result " << k;
}

TEST(BaselineRandom, AgreesWithTheInterpreter) {
  uint64_t count = program_count(120), finished = 0, failed = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    RandomProgram program(seed);
    auto before = program.memories();
    Outcome fuel = Reference(program.builder().function()).run(program.args(), 200000);
    if (fuel.out_of_fuel) continue;
    program.restore(before);
    Compiled f(program.builder());
    f.specialisation.function = a_function();
    int32_t expected = f.run(program.args());
    std::string expected_error = expected ? Compiled::error() : "", what = "seed " + std::to_string(seed);
    auto after = program.memories();

    program.restore(before);
    Baseline native(f, seed % 2 == 0 ? baseline::Effort::light : baseline::Effort::full);
    ASSERT_EQ(native.run(program.args()), expected) << what << expected_error;
    if (expected != 0) ASSERT_EQ(Compiled::error(), expected_error) << what;
    expect_same_memory(program, after, what);
    if (expected == 0) expect_same_result(native.result, f.result, what);
    if (HasFatalFailure()) return;
    ++(expected == 0 ? finished : failed);
  }
  EXPECT_GT(finished, count / 10);
  EXPECT_GT(failed, count / 20);
}

// The frame at a loop's header, taken on some round, with garbage in every slot that is not live: going on there ends as the whole run.
TEST(BaselineRandom, MovesGoOnWhereTheInterpreterWas) {
  uint64_t count = program_count(60), moved = 0, inner = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    RandomProgram program(seed);
    auto before = program.memories();
    Compiled f(program.builder());
    f.specialisation.function = a_function();
    flow::Flow flow = flow_of(f.specialisation);
    std::vector<flow::Loop> loops = flow::find_loops(flow);
    if (loops.empty()) continue;
    Line line = lay_out(flow, *f.specialisation.typed);
    Reference whole(line.function);
    Outcome expected = whole.run(program.args(), 400000);
    if (expected.out_of_fuel) continue;
    auto after = program.memories();
    std::vector<baseline::Move> moves;
    for (const flow::Loop& loop : loops) moves.push_back({0, loop.header});
    Baseline native({&f}, seed % 2 == 0 ? baseline::Effort::full : baseline::Effort::light, moves,
                    seed % 4 < 2 ? baseline::Entries::none : baseline::Entries::all);

    for (size_t k = 0; k < loops.size(); ++k) {
      uint32_t start = line.start[loops[k].header];
      uint64_t visits = whole.visits(start);
      if (visits == 0) continue;
      for (uint64_t round : {uint64_t{0}, visits / 2, visits - 1}) {
        std::string what =
            "seed " + std::to_string(seed) + " header " + std::to_string(loops[k].header) + " round " + std::to_string(round);
        program.restore(before);
        Reference part(line.function);
        part.stop_at(start, round);
        part.run(program.args(), 400000);
        std::vector<uint64_t> frame = part.frame();
        for (Slot s = 0; s < frame.size(); ++s) {
          bool live = s < line.function.frame_slots && flow::is_live(flow.blocks[loops[k].header].live_in, s);
          if (!live) frame[s] = 0xdeadbeefdeadbeef;
        }
        int32_t status = native.move(k, frame);
        ASSERT_EQ(status != 0, !expected.error.empty()) << what;
        if (status != 0) ASSERT_EQ(Compiled::error(), expected.error) << what;
        expect_same_memory(program, after, what);
        if (status == 0) expect_same_result(native.result, expected.result, what);
        if (HasFatalFailure()) return;
        ++moved;
        inner += flow.blocks[loops[k].header].depth > 1 || k > 0;
      }
    }
  }
  EXPECT_GT(moved, count / 2);
  EXPECT_GT(inner, count / 20);
}

}  // namespace
}  // namespace px::jit::test
