// Two versions of a function take each other's place while eight threads call it: each call gets one of the two whole, and all code that
// was taken out of use is freed in the end.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "jit/native/linker.h"
#include "jit/native/reclaim.h"
#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

TEST(SwapCodeTest, EightThreadsCallWhatIsSwapped) {
  std::string error;
  native::Linker* linker = native::shared_linker(PX_MODULE_DIR, error);
  ASSERT_TRUE(linker) << error;
  // Fifty times the sum or the difference, by adding: a thread is inside for a while.
  const std::string head = "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)e; uint64_t n = a[0] ";
  const std::string tail = " a[1]; *r = 0; for (volatile uint64_t i = 0; i < 50; ++i) *r += n; return 0; }";
  const std::vector<char> versions[] = {test::compile_c(head + "+" + tail), test::compile_c(head + "-" + tail)};
  const size_t before = native::shared_code_bytes();
  const uint64_t freed = native::reclaim_counters().freed;
  constexpr int swaps = 200;
  uint64_t made = 0;
  {
    test::Subject subject("f");
    Specialisation& spec = subject.specialisation;
    auto swap_in = [&](int version) {
      void* entry = nullptr;
      std::shared_ptr<const void> code = linker->link(versions[version], "px_entry", entry, error);
      ASSERT_TRUE(code) << error;
      ++made;
      ASSERT_TRUE(install(spec, Tier::numba, reinterpret_cast<Entry>(entry), std::move(code)));
    };
    swap_in(0);
    std::atomic<bool> over{false};
    std::atomic<uint64_t> wrong{0}, sums{0}, differences{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        while (!over.load(std::memory_order_relaxed)) {
          const uint64_t result = subject.call(10, 3);
          if (result == 50 * 13) {
            sums.fetch_add(1, std::memory_order_relaxed);
          } else if (result == 50 * 7) {
            differences.fetch_add(1, std::memory_order_relaxed);
          } else if (result != UINT64_MAX) {  // that: it was taken out
            wrong.fetch_add(1, std::memory_order_relaxed);
          }
        }
      });
    }
    // Until both have been met, however the threads are scheduled.
    for (int i = 1; i < swaps || ((sums == 0 || differences == 0) && i < 100 * swaps); ++i) {
      swap_in(i % 2);
      if (i % 16 == 0) uninstall(spec, Tier::numba);
      native::collect();
    }
    over.store(true, std::memory_order_relaxed);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_GT(sums, 0u);
    EXPECT_GT(differences, 0u);
    uninstall(spec, Tier::numba);
  }
  EXPECT_EQ(native::collect(), 0u);
  EXPECT_EQ(native::reclaim_counters().freed, freed + made);
  EXPECT_EQ(native::shared_code_bytes(), before);
}

}  // namespace
}  // namespace px::jit
