#include <algorithm>
#include <array>

#include "runtime/worker.h"

namespace px::runtime {
namespace {

void make_ready(Task& task) {
  task.next.store(0, std::memory_order_relaxed);
  task.finished.store(0, std::memory_order_relaxed);
  task.dropped.store(false, std::memory_order_relaxed);
  task.users = 0;
}

}  // namespace

void PoolState::submit(std::span<Task* const> tasks) {
  TaskList new_single, new_shared;
  for (Task* task : tasks) {
    make_ready(*task);
    if (task->count == 0) continue;  // done as it is
    (is_shared(*task) ? new_shared : new_single).push(task);
  }
  std::scoped_lock lock(mutex);
  single.append(new_single);
  shared.append(new_shared);
  if (stop.load(std::memory_order_relaxed) || stopping.load(std::memory_order_relaxed)) return drop_queued_locked();
  if (running.load(std::memory_order_relaxed)) wake_locked(units_locked());
}

bool PoolState::submit_locally(Task& task) {
  Worker* worker = current_worker;
  // An idle worker (a completion's callback submits) must not fill its queue: nobody would look there.
  if (!worker || &worker->state != this || worker->phase.load(std::memory_order_relaxed) != Phase::busy) return false;
  if (is_shared(task) || task.count == 0 || stop.load(std::memory_order_relaxed)) return false;
  make_ready(task);
  if (!worker->local.push(&task)) return false;
  if (idle_count.load(std::memory_order_seq_cst) > 0) {
    std::scoped_lock lock(mutex);
    wake_locked(1);
  }
  return true;
}

uint64_t PoolState::units_locked() const {
  return shared.size ? workers.size() : single.size;
}

void PoolState::wake_locked(uint64_t units) {
  for (; units > 0 && !idle.empty(); units--) {
    Worker* worker = idle.back();
    idle.pop_back();
    if (worker->phase.exchange(Phase::busy, std::memory_order_acq_rel) == Phase::asleep) worker->port->wake();
  }
  idle_count.store(static_cast<unsigned>(idle.size()), std::memory_order_seq_cst);
}

void PoolState::drained_locked() {
  running.store(false, std::memory_order_release);
  if (!stopping.load(std::memory_order_relaxed)) stop.store(false, std::memory_order_relaxed);
  if (main_waits) bell.ring();
}

void PoolState::drop_queued_locked() {
  while (Task* task = single.pop()) drop(*task);
  while (Task* task = shared.pop()) {
    if (task->next.exchange(task->count, std::memory_order_relaxed) < task->count) task->dropped.store(true, std::memory_order_relaxed);
    if (task->users == 0) finish(*task);  // otherwise the last user does
  }
  for (auto& worker : workers) {
    while (Task* task = worker->local.pop()) drop(*task);
  }
}

void PoolState::cancel() {
  std::scoped_lock lock(mutex);
  drop_queued_locked();
  if (running.load(std::memory_order_relaxed)) stop.store(true, std::memory_order_relaxed);
}

void PoolState::start() {
  std::scoped_lock lock(mutex);
  if (running.load(std::memory_order_relaxed) || stopping.load(std::memory_order_relaxed)) return;
  uint64_t units = units_locked();
  if (units == 0) return;  // drained already
  running.store(true, std::memory_order_release);
  wake_locked(units);
}

void PoolState::stop_workers() {
  std::unique_lock lock(mutex);
  stopping.store(true, std::memory_order_relaxed);
  stop.store(true, std::memory_order_relaxed);
  drop_queued_locked();
  wake_locked(workers.size());
  auto all_ended = [&] { return ended == workers.size(); };
  if (changed.wait_for(lock, options.stop_within, all_ended)) return;
  for (;;) {
    bool some_left = false;
    for (auto& worker : workers) {
      Call expected = Call::inside;
      if (worker->has_ended || worker->call.load(std::memory_order_relaxed) == Call::left_behind) continue;
      if (!worker->call.compare_exchange_strong(expected, Call::left_behind, std::memory_order_acq_rel)) some_left = true;
    }
    // What is left is outside a task's function and on its way to the end.
    if (!some_left) return;
    changed.wait_for(lock, std::chrono::milliseconds(1), all_ended);
  }
}

}  // namespace px::runtime
