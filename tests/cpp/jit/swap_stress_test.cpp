// Native code comes and goes while 64 contexts run: results are right whatever tier each call met. Run under the thread sanitizer too.
#include <thread>

#include "core_compiler.h"
#include "core_support.h"
#include "runtime/pool.h"
#include "sanitizers.h"

namespace px::jit::test {
namespace {

constexpr uint64_t contexts = 64;
constexpr int64_t rounds = under_sanitizer ? 40 : 400, length = 300;

const char* const program = R"(def total(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  g = global square
  v = call g i
  s = inplace + s v
  jump head
done:
  ret s
def square(i)
  T = global T
  zero = constant 0
  one = getitem T zero
  v = binary * i i
  v = binary * v one
  ret v
)";

int32_t native_square(const uint64_t* args, uint64_t* ret, runtime::ExcInfo**) {
  *ret = args[0] * args[0] * *reinterpret_cast<const uint64_t*>(args[1]);
  return 0;
}
int32_t native_total(const uint64_t* args, uint64_t* ret, runtime::ExcInfo**) {
  auto n = args[0];
  *ret = (n - 1) * n * (2 * n - 1) / 6 * *reinterpret_cast<const uint64_t*>(args[1]);
  return 0;
}

struct Work : runtime::Task {
  Function* function = nullptr;
  std::vector<uint64_t> table;
  std::atomic<uint64_t> wrong{0};  // results; relaxed
  const Type* types[1] = {types::int64()};
};

// One context: many calls, each looked up afresh as the bridge does.
void run_many(runtime::Task& task, runtime::Context& context, uint64_t begin, uint64_t) {
  auto& work = static_cast<Work&>(task);
  for (int64_t k = 0; k < rounds; ++k) {
    CompileError error;
    Specialisation* spec = work.function->specialise(work.types, error);
    if (!spec) {
      ++work.wrong;
      continue;
    }
    on_entry(*spec);
    uint64_t n = length + begin + static_cast<uint64_t>(k) % 7;
    std::vector<uint64_t> args = {n};
    args.insert(args.end(), work.table.begin(), work.table.end());
    uint64_t result = 0;
    runtime::ExcInfo* exc = nullptr;
    if (call(*spec, args.data(), &result, &exc) != 0 || result != (n - 1) * n * (2 * n - 1) / 6) ++work.wrong;
    if (context.frames_top != context.frames) ++work.wrong;
  }
}

struct SwapStressTest : testing::Test {
  SwapStressTest() : m(program), table(Scalar::i64, {1}) {
    int64_t one = 1;
    std::memcpy(table.at({0}), &one, 8);
    m.set_array("T", table);
    work.run = run_many;
    work.count = contexts;
    work.function = &m["total"];
    work.table = table.slots();
  }
  // Submits the 64 contexts and does `meanwhile` again and again until they are done.
  void run_while(auto meanwhile) {
    runtime::Pool pool({.workers = 4});
    ASSERT_EQ(pool.error(), "");
    pool.submit(&work);
    std::thread other([&] {
      while (!work.done()) {
        meanwhile();
        std::this_thread::yield();
      }
    });
    pool.start();
    while (pool.wait() != runtime::Wait::drained) {
    }
    other.join();
    EXPECT_EQ(work.wrong.load(), 0u);
  }
  Module m;
  Array table;
  Work work;
};

TEST_F(SwapStressTest, EntriesComeAndGo) {
  StubCompiler stub(TierPolicy::interpreter);
  auto& total = *m.specialise("total", {1});
  auto& square = *m.specialise("square", {1});
  uint64_t swaps = 0;
  run_while([&] {
    StubCompiler::deliver(square, swaps % 2 ? nullptr : native_square);
    if (swaps % 8 == 0) StubCompiler::deliver(total, swaps % 16 ? nullptr : native_total);
    ++swaps;
  });
  EXPECT_GT(total.profile.calls.load() + total.profile.native_calls.load(), 0u);
  EXPECT_EQ(total.profile.calls.load() + total.profile.native_calls.load(), contexts * rounds);
}

TEST_F(SwapStressTest, FirstCallsInferWhileCodeArrives) {
  // Nothing is typed yet: 64 contexts want the same specialisation at once. It is asked for once, and arrives from another thread.
  StubCompiler stub(TierPolicy::native);
  std::atomic<Specialisation*> asked{nullptr};
  stub.on_request = [&](Specialisation& spec, bool) { asked.store(&spec, std::memory_order_release); };
  run_while([&] {
    if (Specialisation* spec = asked.exchange(nullptr, std::memory_order_acq_rel)) StubCompiler::deliver(*spec, native_total);
  });
  EXPECT_EQ(stub.requests().size(), 1u);
  ASSERT_EQ(m["total"].specialisations().size(), 1u);
  EXPECT_EQ(m["square"].specialisations().size(), 1u);
}

TEST_F(SwapStressTest, OtherTypesAreInferredMeanwhile) {
  // The look-ups of the running contexts against new specialisations and lists of them.
  StubCompiler stub(TierPolicy::interpreter);
  int made = 0;
  run_while([&] {
    if (made >= 40) return;
    std::vector<const Type*> elements(static_cast<size_t>(++made), types::int64());
    const Type* list[] = {types::tuple(elements)};
    CompileError error;
    EXPECT_EQ(m["total"].specialise(list, error), nullptr);
    for (auto* spec : m["total"].specialisations()) EXPECT_EQ(spec->signature(), "(int64) -> int64");
  });
}

}  // namespace
}  // namespace px::jit::test
