// A parallel context: one callback's run. Owned and used by one thread at a time: a worker, or the main thread in a direct call. It must
// be made by the thread that will use it (its stack's limit is measured then), and is used again for one callback after another.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/arena.h"
#include "runtime/block_pool.h"
#include "runtime/exception.h"
#include "runtime/snapshot.h"

namespace px::runtime {

class Context;

namespace detail {
// Reached without a call: native code asks for it on each allocation.
extern constinit thread_local Context* current_context [[gnu::tls_model("initial-exec")]];
}  // namespace detail

class Context {
 public:
  static constexpr size_t frame_stack_slots = size_t{1} << 20;  // 8 MiB of interpreter frames; reserved, touched on demand, guarded
  static constexpr size_t stack_margin = size_t{256} << 10;     // bytes of machine stack kept free below `stack_limit`
  static constexpr unsigned direct_call = UINT32_MAX;

  // The cache must outlive the context. `frames` is null where the system had no address space left.
  explicit Context(PageCache&, PageSize = PageSize::small);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Arena arena;
  BlockPool blocks;  // for what native code frees before the context ends
  ExcInfo exc;
  uint64_t* frames;  // the interpreter's stack: [frames, frames_end), all of it free when no callback runs
  uint64_t* frames_end;
  uint64_t* frames_top;  // first free slot; whoever nests a run starts here and restores it
  // Set by the main thread (relaxed), polled by interpreter and baseline code at back-edges: the callback ends with KeyboardInterrupt.
  // Never null. A worker's points to its pool's flag, a direct call's to `own_stop`.
  std::atomic<bool>* stop;
  std::atomic<bool> own_stop{false};
  char* stack_limit;                                 // machine stack address below which recursive code raises RecursionError
  void* user = nullptr;                              // for the layer above
  std::vector<std::unique_ptr<Snapshot>> snapshots;  // that are open, the outermost first
  void* family = nullptr;                            // jit::Family: where the callback's child contexts belong; null: nowhere
  std::shared_ptr<void> children;                    // jit::Family: of a callback that runs its child contexts itself
  // The callback's number, or 0: for PX_CHECK=races, which tells callbacks of one run apart by it. Set by who runs the callback.
  uint64_t number = 0;
  unsigned worker = direct_call;  // index of the worker

  // The running thread's context, or null. Set by `Scope`.
  static Context* current() { return detail::current_context; }
  // The calling thread's own context for direct calls, made on first use; goes when the thread ends.
  static Context& of_thread();

  // Ready for the next callback: arena, exception and frames as they were. What is to survive has been detached.
  void reset() {
    if (!snapshots.empty()) [[unlikely]]
      snapshots.clear();
    if (children) [[unlikely]]
      children.reset();
    arena.reset();
    exc.clear();
    frames_top = frames;
  }
  // The heap of the callbacks from now on; null: as the context was made. No callback may be running here. The options are told apart by
  // their address and must live as long as the process.
  void use(const HeapOptions* heap) {
    if (heap == heap_) [[likely]]
      return;
    heap_ = heap;
    arena.use(heap ? *heap : HeapOptions{own_pages_});
  }
  const HeapOptions* heap() const { return heap_; }
  // Fills in `exc` for an allocation that failed: HeapLimitError where it was the context's limit, else MemoryError with `text`.
  void set_no_memory(std::string_view text);
  // Gives back the memory of deep frames. No callback may be running in this context.
  void trim();

 private:
  const HeapOptions* heap_ = nullptr;
  const PageSize own_pages_;

 public:
  // Makes a context the thread's current one while it lives, and puts the one before it back afterwards.
  class Scope {
   public:
    explicit Scope(Context& context) : before_(std::exchange(detail::current_context, &context)) {}
    ~Scope() { detail::current_context = before_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Context* before_;
  };
};

}  // namespace px::runtime
