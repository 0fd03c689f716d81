// Code memory is bounded: what was called longest ago goes, comes back when asked for, and its memory is released.
#include <gtest/gtest.h>

#include <algorithm>

#include "jit/client/client.h"
#include "jit/native/budget.h"
#include "jit/native/reclaim.h"
#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

using client::CompileClient;
using test::Subject;

constexpr double patient = 30;  // seconds; only a broken client reaches it

struct BudgetTest : testing::Test {
  BudgetTest() {
    options.supervisor.command = test::scripted_service(folder);
    options.environment = "a test";
    options.llvm_directory = PX_MODULE_DIR;
    options.cache_directory = folder / "cache";
    for (int i = 0; i < 6; ++i) subjects.push_back(std::make_unique<Subject>("good" + std::to_string(i)));
  }
  ~BudgetTest() override { native::set_code_limit(0); }
  // One after another: each is linked when the next is asked for.
  void compile(CompileClient& client, Subject& subject) {
    client.request(subject.specialisation, true);
    ASSERT_TRUE(client.wait_idle(patient));
  }
  static bool has_code(const Subject& subject) { return subject.specialisation.native.load() != nullptr; }
  static void count_call(Subject& subject) { subject.specialisation.profile.count_native(Tier::numba); }

  test::TemporaryFolder folder;
  client::ClientOptions options;
  std::vector<std::unique_ptr<Subject>> subjects;
};

TEST_F(BudgetTest, WhatWasCalledLongestAgoGoesAndMayComeBack) {
  CompileClient client(options);
  compile(client, *subjects[0]);
  const size_t before = native::shared_code_bytes(), each = native::budget_counters().bytes;
  ASSERT_GT(each, 0u);
  const uint64_t evicted = native::budget_counters().evicted, freed = native::reclaim_counters().freed;
  native::set_code_limit(3 * each);
  compile(client, *subjects[1]);
  compile(client, *subjects[2]);
  for (auto i : {0, 1, 2}) EXPECT_TRUE(has_code(*subjects[static_cast<size_t>(i)])) << i;
  count_call(*subjects[0]);
  count_call(*subjects[2]);

  compile(client, *subjects[3]);
  EXPECT_EQ(native::budget_counters().evicted, evicted + 2);  // down to seven eighths of the bound
  EXPECT_FALSE(has_code(*subjects[1]));                       // never called
  EXPECT_TRUE(has_code(*subjects[3]));                        // the newest
  EXPECT_EQ(subjects[1]->state(), CompileState::none);
  EXPECT_EQ(subjects[1]->specialisation.asked.load(), 0);
  EXPECT_EQ(subjects[3]->call(40, 2), 42u);
  EXPECT_EQ(native::reclaim_counters().freed, freed + 2);
  EXPECT_EQ(native::reclaim_counters().waiting, 0u);
  EXPECT_EQ(native::shared_code_bytes(), before + each);  // two left of four

  client.request(subjects[1]->specialisation, false);  // the cache has it
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(subjects[1]->call(40, 2), 42u);
}

TEST_F(BudgetTest, OneObjectLargerThanTheBoundStays) {
  native::set_code_limit(1);
  CompileClient client(options);
  for (auto& subject : subjects) {
    compile(client, *subject);
    EXPECT_EQ(subject->call(1, 2), 3u);
    EXPECT_EQ(static_cast<int>(std::ranges::count_if(subjects, [](auto& s) { return has_code(*s); })), 1);
  }
}

TEST_F(BudgetTest, WhatSomeThreadIsInsideWaits) {
  CompileClient client(options);
  compile(client, *subjects[0]);
  const uint64_t freed = native::reclaim_counters().freed;
  {
    native::Inside inside;
    Entry entry = subjects[0]->specialisation.native.load(std::memory_order_acquire);
    uninstall(subjects[0]->specialisation, Tier::numba);
    compile(client, *subjects[1]);
    EXPECT_FALSE(has_code(*subjects[0]));
    EXPECT_EQ(native::reclaim_counters().freed, freed);
    EXPECT_EQ(Subject::call(entry, 40, 2), 42u);
  }
  native::collect();
  EXPECT_EQ(native::reclaim_counters().freed, freed + 1);
}

TEST_F(BudgetTest, ADestroyedSpecialisationIsForgotten) {
  CompileClient client(options);
  compile(client, *subjects[0]);
  const size_t bytes = native::budget_counters().bytes, linked = native::shared_code_bytes();
  compile(client, *subjects[1]);
  subjects.pop_back();
  client.stop();
  subjects[1].reset();
  EXPECT_EQ(native::budget_counters().bytes, bytes);
  EXPECT_EQ(native::shared_code_bytes(), linked);
}

}  // namespace
}  // namespace px::jit
