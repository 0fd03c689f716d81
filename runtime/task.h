// A piece of queued work over the indices [0, count), taken in chunks; each chunk is one context. Single work has count 1.
#pragma once

#include <atomic>
#include <cstdint>

namespace px::runtime {

class Context;
struct HeapOptions;

// Owned by who submits it; must live until it is done. Derive from it to carry data. It may be submitted again when it is done.
struct Task {
  // Runs indices [begin, end) on a worker. Must not throw. The arena is reset after it returns, so what is to survive is detached.
  using Run = void (*)(Task&, Context&, uint64_t begin, uint64_t end);
  Run run = nullptr;
  uint64_t count = 1;                 // at most 2^48
  uint64_t chunk = 1;                 // at least 1
  const HeapOptions* heap = nullptr;  // of its contexts (Context::use); null: the pool's

  // count once everything has run or was dropped; 0 before. The pool's last write to the task (release): who reads it with acquire sees
  // all that the workers wrote, and may destroy the task.
  std::atomic<uint64_t> finished{0};
  // Some indices were dropped by `cancel`. Written before `finished`, read after it.
  std::atomic<bool> dropped{false};

  bool done() const { return finished.load(std::memory_order_acquire) == count; }

  // Pool's own.
  std::atomic<uint64_t> next{0};  // first index not taken yet; relaxed fetch_add by workers
  unsigned users = 0;             // workers inside a shared task; guarded by the pool's mutex
  Task* link = nullptr;           // queue link; guarded by the pool's mutex
};

}  // namespace px::runtime
