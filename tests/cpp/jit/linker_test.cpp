// The linker: an object's entry runs, what it refers to is found or named, what is released is gone.
#include "jit/native/linker.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "jit/function.h"
#include "tests/cpp/jit/client_support.h"

namespace px::jit {
namespace {

using test::compile_c;

const char* const add_source = "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)e; r[0] = a[0] + a[1]; return 0; }";

struct LinkerTest : testing::Test {
  void SetUp() override {
    linker = native::Linker::open(PX_MODULE_DIR, error);
    ASSERT_TRUE(linker) << error;
  }
  std::unique_ptr<native::Code> link(const std::vector<char>& object, std::span<const native::Symbol> own = {}) {
    error.clear();
    address = nullptr;
    return linker->link(object, "px_entry", own, address, error);
  }
  PX_CALLS_LINKED_CODE static uint64_t call_linked(void* entry, uint64_t a, uint64_t b) {
    uint64_t args[2] = {a, b}, result = 0;
    return reinterpret_cast<Entry>(entry)(args, &result, nullptr) == 0 ? result : UINT64_MAX;
  }
  uint64_t run(uint64_t a, uint64_t b) { return call_linked(address, a, b); }
  std::unique_ptr<native::Linker> linker;
  std::string error;
  void* address = nullptr;
};

TEST_F(LinkerTest, RunsAnEntry) {
  auto code = link(compile_c(add_source));
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(run(40, 2), 42u);
}

const char* const three_source =
    "int32_t one(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)e; r[0] = 1; return 0; }\n"
    "int32_t two(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)e; r[0] = 2; return 0; }\n"
    "int32_t three(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)e; r[0] = 3; return 0; }\n";

TEST_F(LinkerTest, SeveralSymbolsComeInTheirOrder) {
  const std::string names[] = {"three", "one", "two"};
  void* addresses[3] = {};
  auto code = linker->link(compile_c(three_source), names, {}, addresses, error);
  ASSERT_TRUE(code) << error;
  std::vector<uint64_t> results;
  for (void* entry : addresses) {
    address = entry;
    results.push_back(run(0, 0));
  }
  EXPECT_EQ(results, (std::vector<uint64_t>{3, 1, 2}));
}

TEST_F(LinkerTest, OneMissingSymbolOfSeveralIsNamedAndNothingIsFound) {
  const std::string names[] = {"three", "four"};
  int sentinel = 0;
  void* addresses[2] = {&sentinel, &sentinel};
  EXPECT_FALSE(linker->link(compile_c(three_source), names, {}, addresses, error));
  EXPECT_NE(error.find("four"), std::string::npos) << error;
  EXPECT_EQ(addresses[0], nullptr);
  EXPECT_EQ(addresses[1], nullptr);
  EXPECT_EQ(linker->code_bytes(), 0u);
}

TEST_F(LinkerTest, ManyThreadsLinkRunAndRelease) {
  auto object = compile_c(add_source);
  std::atomic<int> wrong{0};
  std::mutex lock;
  std::vector<std::unique_ptr<native::Code>> others;  // released by another thread than the one that linked
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (uint64_t i = 0; i < 50; ++i) {
        std::string why;
        void* entry = nullptr;
        auto code = linker->link(object, "px_entry", entry, why);
        if (!code || call_linked(entry, i, 1) != i + 1) ++wrong;
        std::scoped_lock held(lock);
        others.push_back(std::move(code));
        if (others.size() > 8) others.erase(others.begin());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  others.clear();
  EXPECT_EQ(linker->code_bytes(), 0u);
}

TEST_F(LinkerTest, PositionIndependentCodeLinksToo) {
  auto code =
      link(compile_c("double px_sin(double);\n"
                     "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) {\n"
                     "  (void)e; double x; __builtin_memcpy(&x, a, 8); x = px_sin(x); __builtin_memcpy(r, &x, 8); return 0; }",
                     "-fPIC"));
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(run(0, 0), 0u);
}

TEST_F(LinkerTest, EverySymbolOfTheTableIsFound) {
  std::string source = "typedef void function(void);\n", list;
  for (const native::Symbol& symbol : native::symbols()) {
    source += "extern function " + std::string(symbol.name) + ";\n";
    list += std::string(symbol.name) + ",";
  }
  source += "function* const all[] = {" + list + "};\n";
  source += "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)e; r[0] = (uint64_t)all[a[0]]; return 0; }";
  auto code = link(compile_c(source, "-mcmodel=large -w"));
  ASSERT_TRUE(code) << error;
  for (size_t i = 0; i < native::symbols().size(); ++i) {
    EXPECT_EQ(run(i, 0), reinterpret_cast<uint64_t>(native::symbols()[i].address)) << native::symbols()[i].name;
  }
}

TEST_F(LinkerTest, UnknownSymbolsAreNamed) {
  std::string source =
      "uint64_t nobody_knows(void); uint64_t nor_this(void);\n"
      "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)e; *r = nobody_knows() + nor_this(); return 0; }";
  EXPECT_FALSE(link(compile_c(source)));
  EXPECT_NE(error.find("nobody_knows"), std::string::npos) << error;
  EXPECT_NE(error.find("nor_this"), std::string::npos) << error;
  EXPECT_EQ(linker->code_bytes(), 0u);
  EXPECT_TRUE(link(compile_c(add_source))) << error;  // the next object is none the worse
}

TEST_F(LinkerTest, MathematicsThatRoundsComesByItsPxNameAlone) {
  EXPECT_FALSE(
      link(compile_c("double sin(double);\n"
                     "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) {\n"
                     "  (void)e; *r = (uint64_t)sin((double)*a); return 0; }")));
  EXPECT_NE(error.find("sin"), std::string::npos) << error;
}

TEST_F(LinkerTest, MissingEntryIsNamed) {
  EXPECT_FALSE(link(compile_c("int something_else(void) { return 1; }")));
  EXPECT_NE(error.find("px_entry"), std::string::npos) << error;
}

TEST_F(LinkerTest, SymbolsOfOneObjectAreItsOwn) {
  auto object = compile_c(
      "extern char px_sites;\n"
      "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)e; *r = (uint64_t)&px_sites; return 0; }");
  int one, two;
  native::Symbol first[] = {{"px_sites", &one}}, second[] = {{"px_sites", &two}};
  auto a = link(object, first);
  void* a_entry = address;
  auto b = link(object, second);
  ASSERT_TRUE(a && b) << error;
  EXPECT_EQ(run(0, 0), reinterpret_cast<uint64_t>(&two));
  address = a_entry;
  EXPECT_EQ(run(0, 0), reinterpret_cast<uint64_t>(&one));
  EXPECT_FALSE(link(object));  // and not the next one's
}

TEST_F(LinkerTest, DataIsLinkedAndWritable) {
  auto code =
      link(compile_c("static uint64_t count = 5; static uint64_t zero[4];\n"
                     "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) {\n"
                     "  (void)e; zero[a[0]] += 1; *r = ++count + zero[a[0]]; return 0; }"));
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(run(1, 0), 7u);
  EXPECT_EQ(run(1, 0), 9u);
}

TEST_F(LinkerTest, WhatIsNoObjectIsRefused) {
  EXPECT_FALSE(link({}));
  EXPECT_FALSE(error.empty());
  EXPECT_FALSE(link(std::vector<char>(1000, 'x')));
  EXPECT_FALSE(error.empty());
}

TEST_F(LinkerTest, CutObjectIsRefusedOrHarmless) {
  auto object = compile_c(add_source);
  for (size_t length = 0; length < object.size(); length += 7) {
    link({object.begin(), object.begin() + static_cast<ptrdiff_t>(length)});
  }
}

TEST_F(LinkerTest, AlteredObjectIsRefusedOrHarmless) {
  auto object = compile_c(
      "double px_sin(double);\nstatic uint64_t count;\n"
      "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) {\n"
      "  (void)e; *r = (uint64_t)px_sin((double)*a) + count++; return 0; }");
  for (size_t at = 0; at < object.size(); ++at) {
    for (char change : {'\xff', '\x01'}) {
      auto altered = object;
      altered[at] = static_cast<char>(altered[at] ^ change);
      link(altered);  // never run: only the linker is asked not to fall
    }
  }
}

TEST_F(LinkerTest, TenThousandObjectsAreLinkedAndReleased) {
  auto object = compile_c(add_source);
  for (int i = 0; i < 10000; ++i) {
    auto code = link(object);
    ASSERT_TRUE(code) << i << ": " << error;
    ASSERT_EQ(linker->code_bytes(), code->bytes());
    if (i % 1000 == 0) ASSERT_EQ(run(static_cast<uint64_t>(i), 1), static_cast<uint64_t>(i) + 1);
  }
  EXPECT_EQ(linker->code_bytes(), 0u);
}

TEST_F(LinkerTest, ManyObjectsLiveAtOnce) {
  auto object = compile_c(add_source);
  std::vector<std::unique_ptr<native::Code>> codes;
  std::vector<void*> entries;
  for (int i = 0; i < 2000; ++i) {
    codes.push_back(link(object));
    ASSERT_TRUE(codes.back()) << i << ": " << error;
    entries.push_back(address);
  }
  for (size_t i = 0; i < entries.size(); i += 2) codes[i].reset();
  for (size_t i = 1; i < entries.size(); i += 2) {
    address = entries[i];
    ASSERT_EQ(run(i, 1), i + 1);
  }
}

TEST(SharedLinkerTest, IsOneForAll) {
  std::string error;
  native::Linker* linker = native::shared_linker(PX_MODULE_DIR, error);
  ASSERT_TRUE(linker) << error;
  native::Linker* seen = nullptr;
  std::thread([&] {
    std::string why;
    seen = native::shared_linker(PX_MODULE_DIR, why);
  }).join();
  EXPECT_EQ(seen, linker);
  void* entry = nullptr;
  size_t before = native::shared_code_bytes();
  auto code = linker->link(compile_c(add_source), "px_entry", entry, error);
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(native::shared_code_bytes(), before + code->bytes());
}

TEST(SharedLinkerTest, AFailureIsRemembered) {
  test::TemporaryFolder empty;
  std::string first, second;
  EXPECT_EQ(native::shared_linker(empty.string(), first), nullptr);
  std::filesystem::create_symlink(std::string(PX_MODULE_DIR) + "/px_llvm.so", empty / "px_llvm.so");
  EXPECT_EQ(native::shared_linker(empty.string(), second), nullptr);
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, second);
}

TEST(SharedLinkerTest, AForkInTheMiddleOfALinkLeavesItUsable) {
  std::string error;
  native::Linker* linker = native::shared_linker(PX_MODULE_DIR, error);
  ASSERT_TRUE(linker) << error;
  auto object = compile_c(add_source);
  std::atomic<bool> over{false};
  std::thread busy([&] {
    while (!over.load(std::memory_order_relaxed)) {
      std::string why;
      void* entry = nullptr;
      auto code = linker->link(object, "px_entry", entry, why);
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 5; ++i) {
    native::lock_shared_linkers_for_fork();
    pid_t child = fork();
    native::unlock_shared_linkers_after_fork();
    if (child == 0) {
      alarm(20);
      void* entry = nullptr;
      auto code = linker->link(object, "px_entry", entry, error);
      _exit(code ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  over.store(true, std::memory_order_relaxed);
  busy.join();
}

TEST(LinkerOpenTest, MissingLibraryIsAnError) {
  test::TemporaryFolder empty;
  std::string error;
  EXPECT_FALSE(native::Linker::open(empty.string(), error));
  EXPECT_NE(error.find("px_llvm.so"), std::string::npos) << error;
}

}  // namespace
}  // namespace px::jit
