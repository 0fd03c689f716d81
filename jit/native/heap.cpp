#include "jit/native/heap.h"

#include "runtime/context.h"

namespace px::jit::native {

namespace {

struct Header {
  size_t bytes;  // of the block behind this header
  size_t unused;
};
static_assert(sizeof(Header) == 16);

}  // namespace

void* heap_allocate(size_t bytes) {
  runtime::Context* context = runtime::Context::current();
  if (!context) return nullptr;
  bytes = (bytes + 15) & ~size_t{15};
  auto* header = static_cast<Header*>(context->blocks.allocate(sizeof(Header) + bytes));
  if (!header) return nullptr;
  header->bytes = bytes;
  return header + 1;
}

void heap_free(void* block) {
  auto* header = static_cast<Header*>(block) - 1;
  if (runtime::Context* context = runtime::Context::current()) context->blocks.free(header, sizeof(Header) + header->bytes);
}

size_t heap_size(const void* block) {
  return (static_cast<const Header*>(block) - 1)->bytes;
}

}  // namespace px::jit::native
