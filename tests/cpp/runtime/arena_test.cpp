#include "runtime/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace px::runtime {
namespace {

uintptr_t address(const void* p) {
  return reinterpret_cast<uintptr_t>(p);
}

class ArenaTest : public testing::TestWithParam<PageSize> {
 protected:
  PageCache cache;
  Arena arena{cache, GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Pages, ArenaTest, testing::Values(PageSize::small, PageSize::huge),
                         [](const auto& info) { return info.param == PageSize::small ? "small" : "huge"; });

TEST_P(ArenaTest, BlocksAreAlignedAsAsked) {
  for (size_t alignment = 1; alignment <= Arena::max_alignment; alignment *= 2) {
    for (size_t bytes : {size_t{1}, size_t{7}, size_t{100}, size_t{4000}, size_t{5000}, size_t{3} << 20}) {
      void* block = arena.allocate(bytes, alignment);
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(address(block) % alignment, 0u);
      std::memset(block, 0xA5, bytes);
    }
  }
}

TEST_P(ArenaTest, BlocksDoNotOverlap) {
  std::vector<std::pair<unsigned char*, size_t>> blocks;
  for (size_t i = 0; i < 2000; i++) {
    size_t bytes = 1 + i * i % 9001;
    auto* block = static_cast<unsigned char*>(arena.allocate(bytes));
    std::memset(block, static_cast<int>(i % 251), bytes);
    blocks.emplace_back(block, bytes);
  }
  for (size_t i = 0; i < blocks.size(); i++) {
    auto [block, bytes] = blocks[i];
    EXPECT_EQ(block[0], i % 251);
    EXPECT_EQ(block[bytes - 1], i % 251);
  }
}

TEST_P(ArenaTest, SweepingKeepsWhatIsNeeded) {
  for (int round = 0; round < 3; round++) {
    auto* before = static_cast<char*>(arena.allocate(100));
    std::memset(before, 'b', 100);
    const auto mark = arena.mark();
    const size_t marked = arena.bytes();
    std::vector<std::pair<char*, size_t>> needed;
    for (int i = 0; i < 20'000; i++) {
      const size_t bytes = i % 500 == 0 ? 3'000'000 : 16 + i % 1000;
      auto* block = static_cast<char*>(arena.allocate(bytes));
      block[0] = block[bytes - 1] = static_cast<char>(i);
      if (i % 4999 == 0 || i == 1000) needed.emplace_back(block, bytes);
      if (i % 2000 != 0) continue;
      std::vector<uint64_t> addresses{0, 1, UINT64_MAX};
      for (auto [kept, size] : needed) addresses.push_back(address(kept) + (size - 1) / 2);
      arena.sweep(mark, addresses);
      for (auto [kept, size] : needed) {
        EXPECT_EQ(kept[0], kept[size - 1]);
        EXPECT_TRUE(arena.contains(kept + size - 1));
      }
    }
    EXPECT_LT(arena.bytes() - marked, size_t{30} << 20);  // of 130 MB
    EXPECT_EQ(before[99], 'b');
    std::vector<uint64_t> nothing;
    arena.sweep(mark, nothing);
    // What is left is in the page that the mark lies in.
    EXPECT_LT(arena.bytes() - marked, size_t{2} << 20);
    arena.release(mark);
    EXPECT_EQ(arena.bytes(), marked);
    EXPECT_EQ(before[0], 'b');
    if (round == 1) arena.reset();
  }
}

TEST_P(ArenaTest, NoBytesAreABlockToo) {
  EXPECT_NE(arena.allocate(0), nullptr);
}

TEST_P(ArenaTest, WhatNoSystemHasIsRefused) {
  EXPECT_EQ(arena.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(arena.allocate(SIZE_MAX / 2), nullptr);
  EXPECT_EQ(arena.allocate(16, 8192), nullptr);
  EXPECT_NE(arena.allocate(16), nullptr);
}

TEST_P(ArenaTest, BytesCountsWhatWasAllocated) {
  arena.allocate(100, 1);
  EXPECT_EQ(arena.bytes(), 100u);
  arena.allocate(10 << 20, 1);
  EXPECT_EQ(arena.bytes(), 100u + (10 << 20));
  arena.reset();
  EXPECT_EQ(arena.bytes(), 0u);
}

TEST_P(ArenaTest, MarksNest) {
  arena.allocate(48);
  std::vector<Arena::Mark> marks;
  std::vector<size_t> sizes;
  for (size_t depth = 0; depth < 64; depth++) {
    marks.push_back(arena.mark());
    sizes.push_back(arena.bytes());
    arena.allocate(depth % 3 == 0 ? 3 << 20 : 3000);
  }
  while (!marks.empty()) {
    arena.release(marks.back());
    EXPECT_EQ(arena.bytes(), sizes.back());
    marks.pop_back();
    sizes.pop_back();
  }
}

TEST_P(ArenaTest, AMarkCanBeReleasedToAgainAndAgain) {
  arena.allocate(48);
  Arena::Mark mark = arena.mark();
  void* first = arena.allocate(64);
  for (int i = 0; i < 1000; i++) {
    arena.release(mark);
    EXPECT_EQ(arena.allocate(64), first);
    arena.allocate(8000);
  }
  EXPECT_EQ(arena.bytes(), 48u + 64 + 8000);
}

TEST_P(ArenaTest, AMarkOfAnEmptyArenaReleasesEverything) {
  Arena::Mark mark = arena.mark();
  for (int i = 0; i < 100; i++) arena.allocate(1000);
  arena.release(mark);
  EXPECT_EQ(arena.bytes(), 0u);
  EXPECT_NE(arena.allocate(1000), nullptr);
}

TEST_P(ArenaTest, WhatLiesBeforeAMarkSurvivesTheRelease) {
  auto* kept = static_cast<char*>(arena.allocate(3000));
  std::memset(kept, 'k', 3000);
  Arena::Mark mark = arena.mark();
  for (int i = 0; i < 100; i++) std::memset(arena.allocate(3000), 'x', 3000);
  arena.release(mark);
  std::memset(arena.allocate(3000), 'y', 3000);
  EXPECT_EQ(kept[0], 'k');
  EXPECT_EQ(kept[2999], 'k');
}

TEST_P(ArenaTest, TheLimitIsExact) {
  arena.set_limit(10000);
  EXPECT_NE(arena.allocate(6000, 1), nullptr);
  EXPECT_EQ(arena.allocate(4001, 1), nullptr);
  EXPECT_NE(arena.allocate(4000, 1), nullptr);
  EXPECT_EQ(arena.allocate(1, 1), nullptr);
  arena.reset();
  EXPECT_NE(arena.allocate(10000, 1), nullptr);
  arena.set_limit(0);
  EXPECT_NE(arena.allocate(1 << 20, 1), nullptr);
}

TEST_P(ArenaTest, ALimitHoldsForSmallBlocksAfterARelease) {
  arena.allocate(100, 1);
  Arena::Mark mark = arena.mark();
  arena.allocate(100, 1);
  arena.set_limit(150);
  EXPECT_EQ(arena.allocate(1, 1), nullptr);
  arena.release(mark);
  EXPECT_NE(arena.allocate(50, 1), nullptr);
  EXPECT_EQ(arena.allocate(1, 1), nullptr);
}

TEST_P(ArenaTest, DetachedMemoryOutlivesTheArenaAndMayGoOnAnotherThread) {
  PageList pages;
  char *small, *large;
  {
    PageCache other_cache;
    Arena other(other_cache, GetParam());
    small = static_cast<char*>(other.allocate(16));
    large = static_cast<char*>(other.allocate(5 << 20));
    small[0] = 's';
    large[0] = large[(5 << 20) - 1] = 'l';
    pages = other.detach();
    EXPECT_EQ(other.bytes(), 0u);
    static_cast<char*>(other.allocate(16))[0] = 'n';
    static_cast<char*>(other.allocate(5 << 20))[0] = 'n';
  }
  EXPECT_EQ(small[0], 's');
  EXPECT_EQ(large[0], 'l');
  EXPECT_EQ(large[(5 << 20) - 1], 'l');
  EXPECT_GE(pages.bytes(), size_t{5} << 20);
  std::thread([taken = std::move(pages)] {}).join();
}

TEST_P(ArenaTest, OneLargeBlockIsTakenOutAlone) {
  arena.allocate(5 << 20);
  auto* wanted = static_cast<char*>(arena.allocate(6 << 20));
  auto* other = static_cast<char*>(arena.allocate(7 << 20));
  wanted[100] = 'w';
  other[0] = 'o';
  PageList block = arena.detach(wanted + 100);
  EXPECT_FALSE(block.empty());
  EXPECT_EQ(arena.bytes(), size_t{12} << 20);
  EXPECT_FALSE(arena.contains(wanted));
  EXPECT_TRUE(arena.contains(other + 1000));
  arena.reset();
  EXPECT_EQ(wanted[100], 'w');
}

TEST_P(ArenaTest, ASmallBlockIsNotTakenOut) {
  EXPECT_TRUE(arena.detach(arena.allocate(16)).empty());
}

TEST_P(ArenaTest, ContextAfterContextUsesTheSamePages) {
  auto callback = [&] {
    for (int i = 0; i < 100; i++) static_cast<char*>(arena.allocate(3000))[0] = 1;
    for (int i = 0; i < 10; i++) static_cast<char*>(arena.allocate(200'000))[0] = 1;
    arena.reset();
  };
  callback();
  PageUse before = page_use();
  for (int i = 0; i < 1000; i++) callback();
  EXPECT_EQ(page_use().pages, before.pages);
  EXPECT_EQ(page_use().bytes, before.bytes);
}

TEST(PageCacheTest, TrimGivesEverythingBack) {
  PageCache cache;
  cache.trim();
  PageUse before = page_use();
  {
    Arena arena(cache);
    for (int i = 0; i < 10000; i++) static_cast<char*>(arena.allocate(3000))[0] = 1;
    static_cast<char*>(arena.allocate(10 << 20))[0] = 1;
    EXPECT_GE(page_use().bytes, before.bytes + (40 << 20));
  }
  EXPECT_GE(cache.free_bytes(), size_t{40} << 20);
  cache.trim();
  EXPECT_EQ(cache.free_bytes(), 0u);
  EXPECT_EQ(page_use().bytes, before.bytes);
}

TEST(PageCacheTest, TrimmedPagesAreUsedAgain) {
  PageCache cache;
  Arena arena(cache);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 1000; i++) std::memset(arena.allocate(3000), 1, 3000);
    arena.reset();
    cache.trim();
  }
  EXPECT_NE(arena.allocate(16), nullptr);
}

TEST(PageCacheTest, KeepsNoMoreThanItMay) {
  PageCache cache(1 << 20);
  Arena arena(cache);
  for (int i = 0; i < 10000; i++) arena.allocate(3000);
  arena.reset();
  EXPECT_LE(cache.free_bytes(), size_t{1} << 20);
}

}  // namespace
}  // namespace px::runtime
