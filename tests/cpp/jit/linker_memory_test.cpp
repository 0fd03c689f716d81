// Small objects share pages and mappings, which come back when the objects go.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "jit/function.h"
#include "jit/native/linker.h"
#include "tests/cpp/jit/client_support.h"

namespace px::jit {
namespace {

using test::compile_c;

size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
}

// Whether a mapping of this process may be written and executed.
bool writable_code() {
  std::ifstream maps("/proc/self/maps");
  for (std::string range, access, rest; maps >> range >> access && std::getline(maps, rest);)
    if (access.starts_with("rwx") || access.starts_with("-wx")) return true;
  return false;
}

struct LinkerMemoryTest : testing::TestWithParam<bool> {
  void SetUp() override {
    linker = native::Linker::open(PX_MODULE_DIR, error, GetParam());
    ASSERT_TRUE(linker) << error;
  }
  std::unique_ptr<native::Code> link(void*& entry) { return linker->link(object, "px_entry", entry, error); }
  PX_CALLS_LINKED_CODE static uint64_t call(void* entry, uint64_t a) {
    uint64_t result = 0;
    return reinterpret_cast<Entry>(entry)(&a, &result, nullptr) == 0 ? result : UINT64_MAX;
  }
  // Counts its calls, in data of its own.
  const std::vector<char> object = compile_c(
      "static uint64_t count; static uint64_t start = 100;\n"
      "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)e; *r = *a + start + ++count; return 0; }");
  std::unique_ptr<native::Linker> linker;
  std::string error;
};
INSTANTIATE_TEST_SUITE_P(, LinkerMemoryTest, testing::Bool(), [](auto& info) { return info.param ? "Packed" : "Apart"; });

TEST_P(LinkerMemoryTest, ThousandsComeAndGo) {
  const size_t count = 3000;
  void* entry = nullptr;
  std::vector<std::unique_ptr<native::Code>> codes;
  // What LLVM and the allocator (a sanitizer's above all) take for as many objects stays theirs, and is not ours to count.
  for (size_t i = 0; i < count; ++i) ASSERT_TRUE(codes.emplace_back(link(entry))) << i << ": " << error;
  codes.clear();
  const size_t before = mappings();
  std::vector<void*> entries;
  std::set<uintptr_t> pages;
  for (size_t i = 0; i < count; ++i) {
    codes.push_back(link(entry));
    ASSERT_TRUE(codes.back()) << i << ": " << error;
    entries.push_back(entry);
    pages.insert(reinterpret_cast<uintptr_t>(entry) / 4096);
  }
  if (GetParam()) {
    EXPECT_LE(mappings(), before + 16);
    EXPECT_LE(pages.size(), count / 10);
  }
  EXPECT_FALSE(writable_code());
  // Every other one goes; the others' code and data are untouched, and the places are taken again.
  for (size_t i = 0; i < count; ++i) ASSERT_EQ(call(entries[i], i), i + 101);
  for (size_t i = 0; i < count; i += 2) codes[i].reset();
  for (size_t i = 0; i < count; i += 2) {
    codes[i] = link(entries[i]);
    ASSERT_TRUE(codes[i]) << i << ": " << error;
    if (GetParam()) EXPECT_TRUE(pages.contains(reinterpret_cast<uintptr_t>(entries[i]) / 4096)) << i;
  }
  for (size_t i = 0; i < count; ++i) ASSERT_EQ(call(entries[i], i), i + 101 + i % 2) << i;
  codes.clear();
  EXPECT_EQ(linker->code_bytes(), 0u);
  EXPECT_LE(mappings(), before + 16);
}

TEST_P(LinkerMemoryTest, ALargeObjectIsLinkedToo) {
  auto large = compile_c(
      "static uint64_t table[1 << 17]; static const uint64_t constants[1 << 15] = {1, 2, 3};\n"
      "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) {\n"
      "  (void)e; table[*a] += constants[*a]; *r = table[*a]; return 0; }");
  void* entry = nullptr;
  auto code = linker->link(large, "px_entry", entry, error);
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(call(entry, 2), 3u);
  EXPECT_EQ(call(entry, 2), 6u);
  EXPECT_GT(code->bytes(), size_t{1} << 20);
}

TEST_P(LinkerMemoryTest, ParentAndChildGoOnByThemselves) {
  void *first = nullptr, *second = nullptr;
  auto code = link(first);
  ASSERT_TRUE(code) << error;
  linker->lock_for_fork();
  pid_t child = fork();
  linker->unlock_after_fork();
  if (child == 0) {
    bool ok = call(first, 0) == 101;
    code = nullptr;  // the child's copy alone
    code = link(second);
    _exit(ok && code && call(second, 0) == 101 ? 0 : 1);
  }
  auto other = link(second);
  ASSERT_TRUE(other) << error;
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(call(first, 0), 101u);
  EXPECT_EQ(call(second, 0), 101u);
}

}  // namespace
}  // namespace px::jit
