#include "runtime/block_pool.h"

#include <algorithm>

namespace px::runtime {

void BlockPool::start_afresh() {
  table_.generation = *table_.current;
  if (!table_.used) return;
  std::fill(std::begin(table_.free), std::end(table_.free), nullptr);
  table_.used = 0;
}

void* BlockPool::no_table() {
  // Of a generation that never comes.
  static const uint64_t never = UINT64_MAX, nobody = 0;
  static Table nothing{&never, &nobody, 0, 0, {}};
  return &nothing;
}

void* BlockPool::allocate_slowly(size_t bytes) {
  if (table_.generation != *table_.current) start_afresh();
  if (bytes > Page::max_bytes) return nullptr;
  // Whole classes, all aligned alike, so that whatever is freed serves whoever asks.
  void* block = arena_.allocate(class_bytes(class_of(bytes)), alignment);
  if (block) arena_.note_carved();
  return block;
}

}  // namespace px::runtime
