// The workers: one OS thread a core (`px-worker-N`), each waiting on its completion port for work items, wake-ups and I/O.
// Contexts run only between `start` and the return of `wait`: the main thread is suspended meanwhile.
//
// While a worker has something to do, work goes through without a system call: it takes tasks from its own queue, then from the common
// one, then chunks of shared tasks, then what others have queued. Then it spins briefly, if a run is on, and sleeps on its port; only
// sleepers are woken. When no run is on, workers use no CPU; once after a run they give their free pages back to the system.
//
// Fork: threads do not survive into the child. There, the pool must not be used or destroyed but abandoned:
// `Pool::abandon(std::move(pool))` touches none of its locks or threads. Tasks that were queued never finish in the child. A new pool may
// be made.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "runtime/context.h"
#include "runtime/port.h"
#include "runtime/task.h"

namespace px::runtime {

enum class Wait : uint8_t { drained, interrupted };

struct PoolOptions {
  unsigned workers = 0;  // 0: one a core that this process may use
  PortKind port = PortKind::automatic;
  PageSize pages = PageSize::small;
  std::chrono::milliseconds trim_after{1000};   // how long after a run free pages go back to the system
  std::chrono::milliseconds stop_within{1000};  // how long the destructor waits for a worker that does not return from a task
};

class PoolState;  // worker.h

class Pool {
 public:
  // Main thread. `error` says why where no worker could be started; such a pool must only be destroyed.
  explicit Pool(PoolOptions);
  // Main thread. Drops what is queued, sets the stop flag and waits for the workers. One that is stuck in a task is left behind: it
  // touches nothing but its own context when the task returns, and ends. (The task's `finished` is then never written.)
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  static void abandon(std::unique_ptr<Pool>);  // in a forked child; see above

  const std::string& error() const;

  // Any thread, a callback's worker too. Tasks are held until `start`, or taken at once while the pool is running. Returns before they
  // are done; a task may be done before it returns.
  void submit(Task*);
  // On a worker, from a task's function: queues another task in its pool; the run waits for that as well.
  static void submit_child(Task&);
  void submit(std::span<Task* const>);

  // Main thread: lets the workers go; `wait` blocks until everything submitted is done, or a signal handler ran in the waiting thread
  // (call it again). Signals that arrive after `wait` was entered are never missed.
  void start();
  Wait wait();
  bool running() const;  // between `start` and the moment when everything is done; any thread
  // Any thread. Drops what no worker has taken (marks it finished without running) and, where a run is on, sets every context's stop flag
  // until drained.
  void cancel();

  unsigned workers() const;
  PortKind port() const;
  // Statistics, from any thread. contexts: callbacks run; chunks: those of them that were part of a shared task; pages, bytes: memory that
  // the process's arenas and page caches have now.
  struct Counters {
    uint64_t contexts, chunks, wakeups, sleeps, steals, pages, bytes;
  };
  Counters counters() const;

 private:
  std::shared_ptr<PoolState> state_;  // shared with the workers, so that one left behind keeps what it needs
};

}  // namespace px::runtime
