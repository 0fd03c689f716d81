#include "runtime/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace px::runtime {
namespace {

struct BlockPoolTest : testing::Test {
  PageCache cache;
  Arena arena{cache};
  BlockPool blocks{arena};
};

TEST_F(BlockPoolTest, AMillionTemporariesStayFlat) {
  for (int i = 0; i < 1'000'000; i++) {
    auto* block = static_cast<char*>(blocks.allocate(8192));
    block[0] = block[8191] = 1;
    blocks.free(block, 8192);
  }
  EXPECT_LE(arena.bytes(), size_t{16} << 10);
}

TEST_F(BlockPoolTest, TemporariesOfAllSizesStayFlat) {
  size_t after_first_round = 0;
  for (int round = 0; round < 50; round++) {
    for (size_t bytes = 1; bytes < (4 << 20); bytes += bytes / 7 + 1) {
      auto* block = static_cast<char*>(blocks.allocate(bytes));
      block[0] = block[bytes - 1] = 1;
      blocks.free(block, bytes);
    }
    if (round == 0) after_first_round = arena.bytes();
  }
  EXPECT_EQ(arena.bytes(), after_first_round);
  EXPECT_LE(arena.bytes(), size_t{1} << 20);  // the large ones went back to the page cache
}

TEST_F(BlockPoolTest, AFreedBlockServesItsWholeClass) {
  void* block = blocks.allocate(8100);
  blocks.free(block, 8100);
  EXPECT_EQ(blocks.allocate(8192), block);
}

TEST_F(BlockPoolTest, BlocksAreAlignedTo64AndDoNotOverlap) {
  std::vector<std::pair<unsigned char*, size_t>> held;
  for (size_t i = 0; i < 3000; i++) {
    size_t bytes = i * 37 % 20000;
    auto* block = static_cast<unsigned char*>(blocks.allocate(bytes));
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % BlockPool::alignment, 0u);
    std::memset(block, static_cast<int>(i % 251), bytes);
    held.emplace_back(block, bytes);
    if (i % 3 == 0) {
      auto [freed, its_bytes] = held[held.size() / 2];
      blocks.free(freed, its_bytes);
      held.erase(held.begin() + static_cast<ptrdiff_t>(held.size() / 2));
    }
  }
  for (auto [block, bytes] : held) {
    for (size_t i = 1; i < bytes; i++) ASSERT_EQ(block[i], block[0]);
  }
}

TEST_F(BlockPoolTest, FreedBlocksDieWithTheArena) {
  blocks.free(blocks.allocate(100), 100);
  arena.reset();
  void* bumped = arena.allocate(16, 64);
  EXPECT_NE(blocks.allocate(100), bumped);
}

TEST_F(BlockPoolTest, ABlockCarvedAfterAMarkIsNotHandedOutAfterTheRelease) {
  arena.allocate(16);
  Arena::Mark mark = arena.mark();
  void* inside = blocks.allocate(100);
  blocks.free(inside, 100);
  arena.release(mark);
  EXPECT_EQ(arena.allocate(128, 64), inside);
  EXPECT_NE(blocks.allocate(100), inside);
}

TEST_F(BlockPoolTest, ABlockFreedBeforeAMarkServesAfterTheRelease) {
  void* before = blocks.allocate(100);
  blocks.free(before, 100);
  Arena::Mark mark = arena.mark();
  arena.allocate(5000);
  arena.release(mark);
  EXPECT_EQ(blocks.allocate(100), before);
}

TEST_F(BlockPoolTest, ALargeBlockFreedBeforeAReleaseDoesNotConfuseIt) {
  void* large = blocks.allocate(100'000);
  void* kept = blocks.allocate(200'000);
  std::memset(kept, 'k', 200'000);
  Arena::Mark mark = arena.mark();
  blocks.allocate(300'000);
  blocks.free(large, 100'000);
  arena.release(mark);
  std::memset(blocks.allocate(200'000), 'x', 200'000);
  EXPECT_EQ(static_cast<char*>(kept)[0], 'k');
  EXPECT_EQ(static_cast<char*>(kept)[199'999], 'k');
}

// What compiled code reads without a call.
TEST_F(BlockPoolTest, TheTableShowsFreeBlocksByTheirClass) {
  auto* table = static_cast<uint64_t*>(blocks.table());
  auto generation_of_arena = [&] { return *reinterpret_cast<uint64_t*>(table[0]); };
  void* block = blocks.allocate(190);  // three units
  blocks.free(block, 190);
  if (poisons) {
    EXPECT_NE(table[2], generation_of_arena());
    return;
  }
  EXPECT_EQ(table[2], generation_of_arena());
  EXPECT_EQ(*reinterpret_cast<uint64_t*>(table[1]), 0u);
  EXPECT_EQ(table[3], 1u);
  EXPECT_EQ(table[4 + 2], reinterpret_cast<uint64_t>(block));
  arena.hold_blocks(true);
  EXPECT_EQ(*reinterpret_cast<uint64_t*>(table[1]), 1u);
  arena.hold_blocks(false);
  arena.reset();
  EXPECT_NE(table[2], generation_of_arena());
}

TEST_F(BlockPoolTest, OutsideOfAContextTheTableIsEmpty) {
  auto* table = static_cast<uint64_t*>(BlockPool::no_table());
  EXPECT_NE(table[2], *reinterpret_cast<uint64_t*>(table[0]));
}

TEST_F(BlockPoolTest, TheLimitAndTheImpossibleAreRefused) {
  EXPECT_EQ(blocks.allocate(SIZE_MAX), nullptr);
  arena.set_limit(1000);
  EXPECT_EQ(blocks.allocate(2000), nullptr);
  EXPECT_NE(blocks.allocate(500), nullptr);
  blocks.free(nullptr, 10);
}

}  // namespace
}  // namespace px::runtime
