// The disk cache: what was stored comes back whole or not at all.
#include "jit/client/cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cpp/jit/client_support.h"

namespace px::jit::client {
namespace {

namespace fs = std::filesystem;

struct CacheTest : testing::Test {
  Cache::Options options() {
    return {folder / "cache/px", uint64_t{1} << 30, [this](const std::string& text) { warnings.push_back(text); }};
  }
  static std::string text(const CacheEntry& entry) { return {entry.object.begin(), entry.object.end()}; }
  std::string path(const Key& key) { return folder / ("cache/px/" + key.hex() + ".pxo"); }
  test::TemporaryFolder folder;
  std::vector<std::string> warnings;
  const Key key = key_of("a function");
  CacheEntry entry;
};

TEST_F(CacheTest, KeysAreOfTheWholeText) {
  EXPECT_EQ(key_of("a"), key_of("a"));
  EXPECT_NE(key_of("a"), key_of("b"));
  EXPECT_EQ(key.hex().size(), 32u);
}

TEST_F(CacheTest, WhatIsStoredIsLoaded) {
  Cache cache(options());
  EXPECT_FALSE(cache.load(key, entry));
  cache.store(key, "{header}", std::string_view("obj\0ect", 7));
  ASSERT_TRUE(cache.load(key, entry));
  EXPECT_EQ(entry.header, "{header}");
  EXPECT_EQ(text(entry), std::string("obj\0ect", 7));
  EXPECT_TRUE(Cache(options()).load(key, entry));
  EXPECT_FALSE(cache.load(key_of("another"), entry));
  EXPECT_EQ(cache.counters().hits, 1u);
  EXPECT_EQ(cache.counters().misses, 2u);
  EXPECT_EQ(cache.counters().stored, 1u);
}

TEST_F(CacheTest, StoringAgainReplaces) {
  Cache cache(options());
  cache.store(key, "old", "old");
  cache.store(key, "new", "");
  ASSERT_TRUE(cache.load(key, entry));
  EXPECT_EQ(entry.header, "new");
  EXPECT_EQ(text(entry), "");
}

TEST_F(CacheTest, WithoutAFolderNothingHappens) {
  Cache cache({"", 0, {}});
  cache.store(key, "h", "o");
  EXPECT_FALSE(cache.load(key, entry));
}

TEST_F(CacheTest, CutFileIsAbsentAndRemoved) {
  Cache cache(options());
  cache.store(key, "{header}", "object");
  auto whole = test::read_file(path(key));
  for (size_t length = 0; length < whole.size(); ++length) {
    test::write_file(path(key), {whole.data(), length});
    ASSERT_FALSE(cache.load(key, entry)) << length;
    ASSERT_FALSE(fs::exists(path(key))) << length;
  }
  EXPECT_EQ(cache.counters().bad, whole.size());
}

TEST_F(CacheTest, AlteredFileIsAbsentAndRemoved) {
  Cache cache(options());
  cache.store(key, "{header}", "object");
  auto whole = test::read_file(path(key));
  for (size_t at = 0; at < whole.size(); ++at) {
    auto altered = whole;
    altered[at] ^= 4;
    test::write_file(path(key), {altered.data(), altered.size()});
    ASSERT_FALSE(cache.load(key, entry)) << at;
    ASSERT_FALSE(fs::exists(path(key))) << at;
  }
  auto longer = whole;
  longer.push_back(0);
  test::write_file(path(key), {longer.data(), longer.size()});
  EXPECT_FALSE(cache.load(key, entry));
}

TEST_F(CacheTest, FileThatIsCutElsewhereIntoItsPartsIsAbsent) {
  Cache cache(options());
  cache.store(key, "{header}", "object");
  auto altered = test::read_file(path(key));
  constexpr size_t header_bytes = 12, object_bytes = 16;  // places of the lengths, whose sum stays
  ASSERT_EQ(altered[header_bytes], 8);
  ASSERT_EQ(altered[object_bytes], 6);
  ++altered[header_bytes];
  --altered[object_bytes];
  test::write_file(path(key), {altered.data(), altered.size()});
  EXPECT_FALSE(cache.load(key, entry));
}

TEST_F(CacheTest, FileOfAnotherKeyIsAbsent) {
  Cache cache(options());
  cache.store(key, "{header}", "object");
  Key other = key_of("another function");
  fs::rename(path(key), path(other));
  EXPECT_FALSE(cache.load(other, entry));
  EXPECT_EQ(cache.counters().bad, 1u);
}

TEST_F(CacheTest, WhatIsNoPlainFileIsAbsent) {
  Cache cache(options());
  cache.store(key, "{header}", "object");
  Key linked = key_of("linked"), directory = key_of("directory");
  fs::create_symlink(path(key), path(linked));
  fs::create_directory(path(directory));
  EXPECT_FALSE(cache.load(linked, entry));
  EXPECT_FALSE(cache.load(directory, entry));
}

TEST_F(CacheTest, FileOfAnotherUserIsNotRun) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  Cache cache(options());
  cache.store(key, "{header}", "object");
  ASSERT_EQ(chown(path(key).c_str(), 12345, 12345), 0);
  EXPECT_FALSE(cache.load(key, entry));
}

TEST_F(CacheTest, FolderThatCannotBeMadeIsSaidOnce) {
  test::write_file(folder / "cache", "a file");
  Cache cache(options());
  cache.store(key, "h", "o");
  cache.store(key, "h", "o");
  EXPECT_FALSE(cache.load(key, entry));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("PX_CACHE_DIR"), std::string::npos);
}

TEST_F(CacheTest, FullDiskIsDoneWithout) {
  // In a child, whose files may not grow: the same error path as a full disk.
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{100, 100};
    setrlimit(RLIMIT_FSIZE, &limit);
    Cache cache(options());
    cache.store(key, "header", std::string(1000, 'x'));
    bool fine = !cache.load(key, entry) && warnings.size() == 1 && fs::is_empty(folder / "cache/px");
    _exit(fine ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(CacheTest, LongestUnusedGoesFirst) {
  auto limited = options();
  Cache(limited).store(key_of("old"), "h", std::string(1000, 'x'));
  Cache(limited).store(key_of("new"), "h", std::string(1000, 'x'));
  timespec long_ago[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, path(key_of("old")).c_str(), long_ago, 0), 0);
  test::write_file(folder / ("cache/px/" + key.hex() + ".AbCdEf"), "left behind");
  ASSERT_EQ(utimensat(AT_FDCWD, (folder / ("cache/px/" + key.hex() + ".AbCdEf")).c_str(), long_ago, 0), 0);
  test::write_file(folder / "cache/px/README", "not ours");
  limited.limit = 1500;
  Cache cache(limited);
  cache.store(key, "h", "o");  // the first store of a process looks
  EXPECT_FALSE(cache.load(key_of("old"), entry));
  EXPECT_TRUE(cache.load(key_of("new"), entry));
  EXPECT_TRUE(cache.load(key, entry));
  EXPECT_EQ(cache.counters().pruned, 1u);
  EXPECT_FALSE(fs::exists(folder / ("cache/px/" + key.hex() + ".AbCdEf")));
  EXPECT_TRUE(fs::exists(folder / "cache/px/README"));
}

TEST_F(CacheTest, LookingAtAnEntryKeepsItYoung) {
  Cache cache(options());
  cache.store(key, "h", "o");
  timespec long_ago[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, path(key).c_str(), long_ago, 0), 0);
  ASSERT_TRUE(cache.load(key, entry));
  struct stat status;
  ASSERT_EQ(stat(path(key).c_str(), &status), 0);
  EXPECT_GT(status.st_mtime, 1000);
}

TEST_F(CacheTest, ManyProcessesUseOneFolder) {
  // Each writes and reads the same few keys; whatever is read is whole, whoever wrote it.
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    pid_t child = fork();
    if (child == 0) {
      Cache cache(options());
      bool fine = true;
      for (int i = 0; i < 300 && fine; ++i) {
        std::string name = "key " + std::to_string(i % 5);
        std::string mine = name + std::string(static_cast<size_t>(process * 1000 + i), static_cast<char>('a' + process));
        cache.store(key_of(name), name, mine);
        CacheEntry read;
        fine = cache.load(key_of(name), read) && read.header == name && text(read).starts_with(name);
        std::string rest = text(read).substr(std::min(name.size(), read.object.size()));
        fine = fine && rest.find_first_not_of(rest.substr(0, 1)) == std::string::npos;
      }
      _exit(fine && cache.counters().bad == 0 && warnings.empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace px::jit::client
