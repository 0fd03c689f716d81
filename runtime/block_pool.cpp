#include "runtime/block_pool.h"

#include <algorithm>

namespace px::runtime {

void BlockPool::start_afresh() {
  generation_ = arena_.generation();
  if (!used_) return;
  std::fill(std::begin(free_), std::end(free_), nullptr);
  used_ = false;
}

void* BlockPool::allocate_slowly(size_t bytes) {
  if (generation_ != arena_.generation()) start_afresh();
  if (bytes > Page::max_bytes) return nullptr;
  // Whole classes, all aligned alike, so that whatever is freed serves whoever asks.
  void* block = arena_.allocate(class_bytes(class_of(bytes)), alignment);
  if (block) arena_.note_carved();
  return block;
}

}  // namespace px::runtime
