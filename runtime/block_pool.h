// Blocks that die before their context does: free lists by size class over an arena, so that a loop which makes and drops a temporary
// uses the same memory again. Nothing is counted, nothing is atomic; one thread at a time. What is not freed goes with the arena.
//
// After a release to a mark taken before the newest block was carved out of the arena, all lists start empty.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arena.h"
#include "runtime/size_classes.h"

namespace px::runtime {

class BlockPool {
 public:
  static constexpr size_t unit = 64, alignment = 64;  // every block is aligned to 64

  explicit BlockPool(Arena& arena) : arena_(arena) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // Aligned to 64; null where the limit or the system says no.
  void* allocate(size_t bytes) {
    unsigned wanted = class_of(bytes);
    if (generation_ == arena_.generation() && wanted < size_class_count) [[likely]] {
      if (Free* block = free_[wanted]) [[likely]] {
        PX_UNPOISON(block, class_bytes(wanted));
        free_[wanted] = block->next;
        return block;
      }
    }
    return allocate_slowly(bytes);
  }

  // `bytes` as it was allocated with; null is allowed.
  void free(void* memory, size_t bytes) {
    if (!memory || arena_.holds_blocks()) return;
    unsigned its_class = class_of(bytes);
    if (generation_ != arena_.generation()) start_afresh();
    if (class_bytes(its_class) >= large && arena_.has_own_run(class_bytes(its_class))) return arena_.free_run(memory);
    Free* block = static_cast<Free*>(memory);
    block->next = free_[its_class];
    free_[its_class] = block;
    used_ = true;
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

  Arena& arena_;
  uint64_t generation_ = 0;
  bool used_ = false;  // some list is not empty
  Free* free_[size_class_count]{};
};

}  // namespace px::runtime
