// A parallel context: one callback's run. Owned and used by one thread at a time: a worker, or the main thread in a direct call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/arena.h"
#include "runtime/exception.h"

namespace px::runtime {

class Context {
 public:
  static constexpr size_t frame_stack_slots = size_t{1} << 20;  // 8 MiB of interpreter frames; reserved, touched on demand, guarded

  Arena arena;
  ExcInfo exc;
  uint64_t* frames;        // the interpreter's stack: [frames, frames_end), all of it free when no callback runs
  uint64_t* frames_end;
  uint64_t* frames_top;    // first free slot; whoever nests a run starts here and restores it
  // Set by the main thread (relaxed), polled by interpreter and baseline code at back-edges: the callback ends with KeyboardInterrupt.
  std::atomic<bool>* stop;
  char* stack_limit;       // machine stack address below which recursive code raises RecursionError
  void* user = nullptr;    // for the layer above
  unsigned worker = 0;     // index of the worker; UINT_MAX for a direct call

  // The running thread's context, or null. Set by `Scope`.
  static Context* current();
  // The calling thread's own context for direct calls, made on first use.
  static Context& of_thread();
};

}  // namespace px::runtime
