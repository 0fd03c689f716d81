// One worker of a pool and what the workers share. For pool.cpp and worker.cpp alone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/local_queue.h"
#include "runtime/platform.h"
#include "runtime/pool.h"

namespace px::runtime {

struct Worker;

// Tasks linked through Task::link, first in, first out.
struct TaskList {
  Task* first = nullptr;
  Task* last = nullptr;
  uint64_t size = 0;

  void push(Task* task) {
    TaskList one{task, task, 1};
    task->link = nullptr;
    append(one);
  }
  void append(TaskList& other) {  // empties it
    if (!other.first) return;
    (first ? last->link : first) = other.first;
    last = other.last;
    size += other.size;
    other = {};
  }
  Task* pop() {
    Task* task = first;
    if (!task) return nullptr;
    first = task->link;
    size--;
    return task;
  }
};

class PoolState {
 public:
  explicit PoolState(const PoolOptions& o) : options(o) {}

  const PoolOptions options;
  std::string error;
  std::vector<std::unique_ptr<Worker>> workers;  // fixed before the first of them runs

  // Set by cancel, cleared when the run is drained, both under the mutex; polled by contexts through Context::stop (relaxed).
  std::atomic<bool> stop{false};
  std::atomic<bool> running{false};   // written under the mutex; read anywhere
  std::atomic<bool> stopping{false};  // the pool is going; written under the mutex, once
  // Read without the mutex by owners of a local queue that look for someone to help (seq_cst, see LocalQueue::push); written under it.
  std::atomic<unsigned> idle_count{0};

  std::mutex mutex;                 // guards all that follows
  std::condition_variable changed;  // a worker is ready, or has ended
  TaskList single;                  // tasks of one chunk
  TaskList shared;                  // tasks of several chunks that may have some left
  std::vector<Worker*> idle;        // woken from the back
  unsigned ready = 0, ended = 0;
  bool main_waits = false;  // in Pool::wait
  platform::Bell bell;      // rung when the run is drained and the main thread waits

  void submit(std::span<Task* const> tasks);
  bool submit_locally(Task&);  // to the calling thread's own queue, if it is a worker that may
  void cancel();
  void start();
  // Tells the workers to end; false for those that are stuck in a task, which are left behind.
  void stop_workers();

  // With the mutex held.
  uint64_t units_locked() const;  // of work in the common queues, more than the workers being as good as many
  void wake_locked(uint64_t units);
  void drained_locked();
  void drop_queued_locked();
};

// Values of Worker::phase.
enum class Phase : uint8_t { busy, spinning, asleep };
// Values of Worker::call: whether it may be inside a task's function.
enum class Call : uint8_t { outside, inside, left_behind };

// What came of looking for work. `gone`: the worker was left behind while it ran a task and must touch nothing more.
enum class Step : uint8_t { nothing, done, gone };

struct alignas(64) Worker {
  Worker(PoolState& s, unsigned i) : index(i), state(s) {}

  void main();
  Step step();  // one task, or as many chunks of a shared task as there are
  Step run_single(Task&);
  Step run_shared(Task&);
  Step run_local();     // all that is in the own queue
  Task* take_common();  // a single task, others of its kind going to the own queue, or a shared one, counted as its user
  Task* steal();
  void leave_shared(Task&);
  bool become_idle();  // until woken; false where the pool is going
  bool spin();         // false where nothing came
  void sleep();
  bool others_have_work() const;
  void stop_idling();

  void enter() { call.store(Call::inside, std::memory_order_relaxed); }
  bool leave() {  // false: left behind
    Call expected = Call::inside;
    return call.compare_exchange_strong(expected, Call::outside, std::memory_order_acq_rel);
  }

  LocalQueue local;
  const unsigned index;
  PoolState& state;
  std::shared_ptr<PoolState> keep;  // written before the thread starts, taken by it
  bool has_ended = false;           // guarded by the mutex
  platform::Thread thread;
  std::unique_ptr<Port> port;  // made and destroyed by the worker
  PageCache cache;
  Context* context = nullptr;  // on the worker's stack
  // Idle workers are set busy by whoever wakes them (exchange, under the mutex); `asleep` is set by the worker itself (CAS from spinning).
  alignas(64) std::atomic<Phase> phase{Phase::busy};
  // inside <-> outside by the worker (CAS), inside -> left_behind by the destructor (CAS): exactly one of them wins.
  alignas(64) std::atomic<Call> call{Call::outside};
  // Written by the worker alone (relaxed), read by anyone.
  std::atomic<uint64_t> contexts{0}, chunks{0}, wakeups{0}, sleeps{0}, steals{0};

  void add(std::atomic<uint64_t>& counter, uint64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
};

// Marks a task as done; nobody of the pool may touch it afterwards.
inline void finish(Task& task) {
  task.finished.store(task.count, std::memory_order_release);
}
inline void drop(Task& task) {
  task.dropped.store(true, std::memory_order_relaxed);
  finish(task);
}
inline bool is_shared(const Task& task) {
  return task.count > task.chunk;
}

// The calling thread's worker, or null.
extern constinit thread_local Worker* current_worker [[gnu::tls_model("initial-exec")]];

}  // namespace px::runtime
