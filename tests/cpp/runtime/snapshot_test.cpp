#include "runtime/snapshot.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

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
  a[0] = '1';
  auto inner = Snapshot::take(context);
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
  ASSERT_TRUE(snapshot->keep(reinterpret_cast<uint64_t>(array), 2, 4, shape, strides));  // every other column
  ASSERT_TRUE(snapshot->keep(0, 2, 4, empty, strides));
  std::memset(array, 0xff, sizeof array);
  snapshot->roll_back(context);
  for (int i = 0; i < 12; i++) EXPECT_EQ(array[i / 4][i % 4], i % 2 ? -1 : i);
}

TEST_F(SnapshotTest, BlocksThatAreFreedMeanwhileAreNotHandedOutBeforeTheRollback) {
  auto* kept = static_cast<char*>(context.blocks.allocate(64));
  std::memset(kept, 'k', 64);
  auto snapshot = Snapshot::take(context);
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
