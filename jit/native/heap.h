// Blocks for compiled code from the running context's heap. Each block knows its size, so that it can be grown and used again. Inline: a
// loop that makes and drops a small array spends most of its time here.
#pragma once

#include <cstddef>

#include "runtime/context.h"

namespace px::jit::native {

namespace detail {
struct BlockHeader {
  size_t bytes;  // of the block behind this header
  size_t unused;
};
static_assert(sizeof(BlockHeader) == 16);
}  // namespace detail

// Aligned to 16; null where the heap's limit or the system says no, or outside a context.
inline void* heap_allocate(size_t bytes) {
  runtime::Context* context = runtime::Context::current();
  if (!context) [[unlikely]]
    return nullptr;
  bytes = (bytes + 15) & ~size_t{15};
  auto* header = static_cast<detail::BlockHeader*>(context->blocks.allocate(sizeof(detail::BlockHeader) + bytes));
  if (!header) [[unlikely]]
    return nullptr;
  header->bytes = bytes;
  return header + 1;
}

// The block may be handed out again in the same context.
inline void heap_free(void* block) {
  auto* header = static_cast<detail::BlockHeader*>(block) - 1;
  if (runtime::Context* context = runtime::Context::current()) context->blocks.free(header, sizeof(detail::BlockHeader) + header->bytes);
}

// At least what was asked for.
inline size_t heap_size(const void* block) {
  return (static_cast<const detail::BlockHeader*>(block) - 1)->bytes;
}

}  // namespace px::jit::native
