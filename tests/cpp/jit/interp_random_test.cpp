// Random typed programs, run by the interpreter and by the reference: the assembler rewrites code, and this is what keeps it honest.
#include "interp_random.h"

#include "interp_reference.h"

namespace px::jit::test {
namespace {

TEST(InterpRandom, AgreesWithTheReference) {
  const char* count_text = std::getenv("PX_RANDOM_PROGRAMS");
  uint64_t count = count_text ? std::strtoull(count_text, nullptr, 10) : 3000, finished = 0, failed = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    RandomProgram generator(seed);
    auto before = generator.memories();
    Outcome expected = Reference(generator.builder().function()).run(generator.args(), 200000);
    auto after = generator.memories();
    if (expected.out_of_fuel) continue;
    generator.restore(before);
    Builder copy = generator.builder();
    Compiled f(copy);
    int32_t status = f.run(generator.args());
    std::string context = "seed " + std::to_string(seed) + "\n";
    if (status == 0 ? !expected.error.empty() : expected.error != Compiled::error()) {
      FAIL() << context << "expected " << expected.error << ", got " << (status ? Compiled::error() : "a result") << "\n"
             << interp::disassemble(*f.specialisation.program);
    }
    auto memories = generator.memories();
    for (size_t k = 0; k < memories.size(); ++k) {
      ASSERT_TRUE(same_memory(memories[k], after[k], k == 0 || k == 4 || k == 6)) << context << "array " << k << "\n"
                                                                                  << interp::disassemble(*f.specialisation.program);
    }
    ++(status == 0 ? finished : failed);
    if (status != 0) continue;
    for (size_t k = 0; k < expected.result.size(); ++k) {
      ASSERT_TRUE(same(f.result[k], expected.result[k]))
          << context << "result " << k << ": " << f.result[k] << ", expected " << expected.result[k] << "\n"
          << interp::disassemble(*f.specialisation.program);
    }
  }
  // The generator must exercise both ends.
  EXPECT_GT(finished, count / 10);
  EXPECT_GT(failed, count / 20);
}

}  // namespace
}  // namespace px::jit::test
