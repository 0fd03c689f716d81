#include "runtime/snapshot.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "runtime/context.h"

namespace px::runtime {
namespace {

class SnapshotTest : public testing::Test {
 protected:
  PageCache cache;
  Context context{cache};
  char* block(size_t bytes, char fill) {
    auto* made = static_cast<char*>(context.arena.allocate(bytes));
    std::memset(made, fill, bytes);
    return made;
  }
};

TEST_F(SnapshotTest, RollingBackRestoresWhatWasThereAndReleasesTheRest) {
  char *small = block(100, 'a'), *large = block(100'000, 'b');
  const size_t before = context.arena.bytes();
  auto snapshot = Snapshot::take(context);
  ASSERT_TRUE(snapshot);
  ASSERT_TRUE(snapshot->keep(small + 5, 1) && snapshot->keep(large + 99'999, 1));
  small[5] = large[99'999] = 'x';
  for (int i = 0; i < 100; i++) block(3000, 'c');
  block(200'000, 'd');
  snapshot->roll_back(context);
  EXPECT_EQ(context.arena.bytes(), before);
  EXPECT_EQ(std::string(small, 100), std::string(100, 'a'));
  EXPECT_EQ(std::string(large, 100'000), std::string(100'000, 'b'));
}

TEST_F(SnapshotTest, Nests) {
  char* a = block(10, '0');
  auto outer = Snapshot::take(context);
  ASSERT_TRUE(outer->keep(a, 1));
  a[0] = '1';
  auto inner = Snapshot::take(context);
  ASSERT_TRUE(inner->keep(a, 1));
  a[0] = '2';
  inner->roll_back(context);
  EXPECT_EQ(a[0], '1');
  outer->roll_back(context);
  EXPECT_EQ(a[0], '0');
}

TEST_F(SnapshotTest, KeepsElementsOfArraysFromOutside) {
  int32_t array[3][4] = {};
  for (int i = 0; i < 12; i++) array[i / 4][i % 4] = i;
  auto snapshot = Snapshot::take(context);
  const uint64_t shape[] = {3, 2}, strides[] = {16, 8}, empty[] = {0, 2};
  ASSERT_TRUE(snapshot->keep(reinterpret_cast<uint64_t>(array), 2, 4, shape, strides, true));  // every other column
  ASSERT_TRUE(snapshot->keep(0, 2, 4, empty, strides, true));
  std::memset(array, 0xff, sizeof array);
  snapshot->roll_back(context);
  for (int i = 0; i < 12; i++) EXPECT_EQ(array[i / 4][i % 4], i % 2 ? -1 : i);
}

TEST_F(SnapshotTest, WhatIsNotTheHeapsOrIsYoungerIsNotKept) {
  char outside[100] = {}, *old = block(10, 'a');
  auto snapshot = Snapshot::take(context);
  char *young = block(10, 'b'), *large = block(50'000, 'c');
  for (char* written : {outside, young, large}) {
    ASSERT_TRUE(snapshot->keep(written, 5));
    std::memset(written, 'x', 5);
  }
  ASSERT_TRUE(snapshot->keep(old, 10));  // after its neighbour, which is none of the snapshot's
  old[9] = 'x';
  snapshot->roll_back(context);
  EXPECT_EQ(outside[0], 'x');
  EXPECT_EQ(std::string(old, 10), std::string(10, 'a'));
}

TEST_F(SnapshotTest, AnyOfManyChangesIsUndone) {
  std::vector<std::pair<char*, std::string>> blocks;
  uint32_t random = 1;
  auto next = [&](size_t n) { return (random = random * 1664525 + 1013904223) / 65536 % n; };
  for (int i = 0; i < 300; i++) {
    const size_t bytes = 1 + next(i % 20 == 0 ? 60'000 : 900);
    blocks.emplace_back(block(bytes, static_cast<char>('a' + i % 26)), std::string(bytes, static_cast<char>('a' + i % 26)));
  }
  for (int round = 0; round < 50; round++) {
    auto snapshot = Snapshot::take(context);
    for (int i = 0; i < 40; i++) {
      auto& [memory, content] = blocks[next(blocks.size())];
      const uint64_t shape[] = {(content.size() + 2) / 3}, strides[] = {3};
      if (i % 3 == 0) {  // every third byte
        ASSERT_TRUE(snapshot->keep(reinterpret_cast<uint64_t>(memory), 1, 1, shape, strides, false));
        for (size_t k = 0; k < content.size(); k += 3) memory[k] = '.';
      } else {
        const size_t at = next(content.size()), bytes = 1 + next(content.size() - at);
        ASSERT_TRUE(snapshot->keep(memory + at, bytes));
        std::memset(memory + at, '!', bytes);
      }
      block(100, '?');
    }
    snapshot->roll_back(context);
    for (auto& [memory, content] : blocks) ASSERT_EQ(std::string(memory, content.size()), content);
  }
}

TEST_F(SnapshotTest, BlocksThatAreFreedMeanwhileAreNotHandedOutBeforeTheRollback) {
  auto* kept = static_cast<char*>(context.blocks.allocate(64));
  std::memset(kept, 'k', 64);
  auto snapshot = Snapshot::take(context);
  ASSERT_TRUE(snapshot->keep_all());
  context.blocks.free(kept, 64);
  EXPECT_NE(context.blocks.allocate(64), kept);
  snapshot->roll_back(context);
  EXPECT_EQ(std::string(kept, 64), std::string(64, 'k'));
  EXPECT_NE(context.blocks.allocate(64), kept);
}

TEST_F(SnapshotTest, OneThatIsDroppedChangesNothing) {
  char* a = block(10, '0');
  auto* freed = context.blocks.allocate(64);
  {
    auto snapshot = Snapshot::take(context);
    a[0] = '1';
  }
  EXPECT_EQ(a[0], '1');
  context.blocks.free(freed, 64);
  EXPECT_EQ(context.blocks.allocate(64), freed);
}

TEST_F(SnapshotTest, ResettingTheContextDropsThem) {
  block(10, '0');
  context.snapshots.push_back(Snapshot::take(context));
  context.reset();
  EXPECT_TRUE(context.snapshots.empty());
  EXPECT_FALSE(context.arena.holds_blocks());
}

TEST_F(SnapshotTest, HeapOptionsChangeBetweenCallbacks) {
  static const HeapOptions limited{PageSize::huge, 1 << 20};
  block(5000, 'a');
  context.use(&limited);
  EXPECT_EQ(context.arena.bytes(), 0u);
  EXPECT_EQ(context.arena.allocate(2 << 20), nullptr);
  context.set_no_memory("text");
  EXPECT_EQ(context.exc.kind, ExcKind::HeapLimitError);
  EXPECT_NE(context.arena.allocate(1 << 19), nullptr);
  context.use(nullptr);
  EXPECT_NE(context.arena.allocate(2 << 20), nullptr);
  context.set_no_memory("text");
  EXPECT_EQ(context.exc.kind, ExcKind::MemoryError);
  EXPECT_STREQ(context.exc.message, "text");
}

}  // namespace
}  // namespace px::runtime
