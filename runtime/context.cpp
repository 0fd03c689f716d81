#include "runtime/context.h"

#include <memory>
#include <string>

#include "runtime/platform.h"

namespace px::runtime {
namespace detail {

constinit thread_local Context* current_context [[gnu::tls_model("initial-exec")]] = nullptr;

}  // namespace detail

namespace {

constexpr size_t frame_bytes = Context::frame_stack_slots * sizeof(uint64_t);

struct ThreadContext {
  PageCache cache;
  Context context{cache};
};

// A pointer, not the 4 KiB themselves: a module that is loaded by dlopen has a few hundred bytes of static thread storage.
constinit thread_local ThreadContext* own_context [[gnu::tls_model("initial-exec")]] = nullptr;

}  // namespace

Context::Context(PageCache& cache, PageSize pages)
    : arena(cache, pages),
      blocks(arena),
      frames(static_cast<uint64_t*>(platform::map_guarded(frame_bytes))),
      frames_end(frames ? frames + frame_stack_slots : nullptr),
      frames_top(frames),
      stop(&own_stop),
      own_pages_(pages) {
  // On a stack too small for the margin, half of what is left serves.
  char* low = platform::stack_low();
  size_t left = static_cast<size_t>(static_cast<char*>(__builtin_frame_address(0)) - low);
  stack_limit = low + std::min(stack_margin, left / 2);
}

Context::~Context() {
  if (frames) platform::unmap_guarded(frames, frame_bytes);
}

Context& Context::of_thread() {
  if (!own_context) [[unlikely]] {
    thread_local std::unique_ptr<ThreadContext> owner;  // destroys it when the thread ends
    owner = std::make_unique<ThreadContext>();
    own_context = owner.get();
    static const bool once = [] {
      platform::at_fork(nullptr, nullptr, [] {
        // Not in the middle of a call, where a signal handler forked: such a child must not return into it.
        if (own_context && own_context->context.arena.bytes() == 0) own_context->context.arena.forget_pool_pages();
      });
      return true;
    }();
    (void)once;
  }
  return own_context->context;
}

void Context::set_no_memory(std::string_view text) {
  if (!arena.take_refusal()) return exc.set(ExcKind::MemoryError, text);
  exc.set(ExcKind::HeapLimitError, "the limit of " + std::to_string(arena.limit()) + " bytes for this context's heap is reached, with " +
                                       std::to_string(arena.bytes()) + " in use: give px.heap a higher limit, or make less at once");
}

void Context::trim() {
  if (frames) platform::discard(frames, frame_bytes);
}

}  // namespace px::runtime
