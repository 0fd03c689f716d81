// The workers: one OS thread a core, each waiting on its completion port for work items, wake-ups and I/O.
// Contexts run only between `start` and the return of `wait`: the main thread is suspended meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "runtime/context.h"

namespace px::runtime {

// A piece of queued work over the indices [0, count), taken in chunks; each chunk is one context. Single work has count 1.
// Owned by who submits it; must live until it is done. Derive from it to carry data.
struct Task {
  // Runs indices [begin, end) on a worker. Must not throw. The arena is reset after it returns, so what is to survive is detached.
  using Run = void (*)(Task&, Context&, uint64_t begin, uint64_t end);
  Run run = nullptr;
  uint64_t count = 1;
  uint64_t chunk = 1;

  // Pool's own: written by workers.
  std::atomic<uint64_t> next{0};       // first index not taken yet; relaxed fetch_add
  std::atomic<uint64_t> finished{0};   // indices done; release by each worker, acquire by who sees the last
  Task* link = nullptr;                // queue link
};

enum class PortKind : uint8_t { automatic, uring, epoll };
enum class Wait : uint8_t { drained, interrupted };

struct PoolOptions {
  unsigned workers = 0;  // 0: one a core that this process may use
  PortKind port = PortKind::automatic;
  PageSize pages = PageSize::small;
};

class Pool {
 public:
  explicit Pool(PoolOptions);
  ~Pool();  // stops the workers; waits for them a second at most

  // Any thread. Tasks are held until `start`, or taken at once while the pool is running.
  void submit(Task*);
  void submit(std::span<Task* const>);

  // Main thread: lets the workers go; `wait` blocks until everything submitted is done, or a signal arrived (call it again).
  void start();
  Wait wait();
  // Drops what no worker has taken (marks it finished without running) and sets every context's stop flag until drained.
  void cancel();

  unsigned workers() const;
  PortKind port() const;
  struct Counters {
    uint64_t contexts, chunks, wakeups, sleeps, steals, pages, bytes;
  };
  Counters counters() const;
};

}  // namespace px::runtime
