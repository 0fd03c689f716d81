// Blocks that die before their context does: free lists by size class over an arena, so that a loop which makes and drops a temporary
// uses the same memory again. Nothing is counted, nothing is atomic; one thread at a time. What is not freed goes with the arena.
//
// After a release to a mark taken before the newest block was carved out of the arena, all lists start empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/arena.h"
#include "runtime/size_classes.h"

namespace px::runtime {

class BlockPool {
 public:
  static constexpr size_t unit = 64, alignment = 64;  // every block is aligned to 64

  explicit BlockPool(Arena& arena) : table_{&arena.generation(), &arena.held(), 0, 0, {}}, arena_(arena) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // Aligned to 64; null where the limit or the system says no.
  void* allocate(size_t bytes) {
    unsigned wanted = class_of(bytes);
    if (table_.generation == *table_.current && wanted < size_class_count) [[likely]] {
      if (Free* block = table_.free[wanted]) [[likely]] {
        PX_UNPOISON(block, class_bytes(wanted));
        table_.free[wanted] = block->next;
        return block;
      }
    }
    return allocate_slowly(bytes);
  }

  // `bytes` as it was allocated with; null is allowed.
  void free(void* memory, size_t bytes) {
    if (!memory || arena_.holds_blocks()) return;
    unsigned its_class = class_of(bytes);
    if (table_.generation != *table_.current) start_afresh();
    if (class_bytes(its_class) >= large && arena_.has_own_run(class_bytes(its_class))) return arena_.free_run(memory);
    Free* block = static_cast<Free*>(memory);
    block->next = table_.free[its_class];
    table_.free[its_class] = block;
    table_.used = 1;
    PX_POISON(memory, class_bytes(its_class));
  }

 private:
  struct Free {
    Free* next;
  };
  static constexpr size_t large = size_t{64} << 10;  // from here on runs go back to the page cache at once

  static unsigned class_of(size_t bytes) { return size_class((bytes + (bytes == 0) + unit - 1) / unit); }
  static size_t class_bytes(unsigned size_class) { return class_units(size_class) * unit; }
  void* allocate_slowly(size_t bytes);
  void start_afresh();

  // Numba's code has the usual case of `allocate` and `free` inline (python/px/service/nrt.py, which knows this layout).
  struct Table {
    const uint64_t* current;  // the arena's generation
    const uint64_t* held;     // who holds blocks: none is used again before its time
    uint64_t generation;      // of the lists: they count as empty when it isn't the arena's
    uint64_t used;            // 1: some list is not empty
    Free* free[size_class_count];
  };
  static_assert(std::is_standard_layout_v<Table> && offsetof(Table, held) == 8 && offsetof(Table, generation) == 16);
  static_assert(offsetof(Table, used) == 24 && offsetof(Table, free) == 32);

 public:
  void* table() { return poisons ? no_table() : &table_; }
  // One that has never anything to give or takes anything: for code outside of a context, and where blocks are to be poisoned.
  static void* no_table();

 private:
  Table table_;
  Arena& arena_;
};

}  // namespace px::runtime
