// Blocks for compiled code from the running context's heap. Each block knows its size, so that it can be grown and used again.
#pragma once

#include <cstddef>

namespace px::jit::native {

void* heap_allocate(size_t bytes);    // aligned to 16; null where the heap's limit or the system says no, or outside a context
void heap_free(void* block);          // may be handed out again in the same context
size_t heap_size(const void* block);  // at least what was asked for

}  // namespace px::jit::native
