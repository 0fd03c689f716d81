#include "runtime/pool.h"

#include <cstdio>
#include <utility>

#include "runtime/worker.h"

namespace px::runtime {

Pool::Pool(PoolOptions options) : state_(std::make_shared<PoolState>(options)) {
  PoolState& state = *state_;
  unsigned wanted = options.workers ? options.workers : platform::cores();
  {
    std::unique_lock lock(state.mutex);  // workers wait for it, so that they see them all
    if (!state.bell.valid()) state.error = "no descriptor left for the pool";
    for (unsigned i = 0; i < wanted && state.error.empty(); i++) {
      state.workers.push_back(std::make_unique<Worker>(state, i));
      Worker& worker = *state.workers.back();
      worker.keep = state_;
      char name[16];
      std::snprintf(name, sizeof name, "px-worker-%u", i);
      if (worker.thread.start(name, [](void* w) { static_cast<Worker*>(w)->main(); }, &worker)) continue;
      worker.keep = nullptr;
      state.workers.pop_back();
      if (state.workers.empty()) state.error = "the system refuses to start a thread";
      break;  // fewer workers will do
    }
    state.idle.reserve(state.workers.size());
    state.changed.wait(lock, [&] { return state.ready == state.workers.size(); });
  }
  if (!state.error.empty()) state.stop_workers();
}

Pool::~Pool() {
  if (!state_) return;
  state_->stop_workers();
  for (auto& worker : state_->workers) {
    // A left-behind worker may end and drop the state at any time once we have: its thread is let go first.
    if (worker->call.load(std::memory_order_acquire) == Call::left_behind) {
      worker->thread.detach();
    } else {
      worker->thread.join();
    }
  }
}

void Pool::abandon(std::unique_ptr<Pool> pool) {
  if (!pool) return;
  // Kept for ever and still referred to: the threads that would have used it are not in this process.
  static std::vector<std::shared_ptr<PoolState>>* abandoned = new std::vector<std::shared_ptr<PoolState>>;
  std::shared_ptr<PoolState>& state = abandoned->emplace_back(std::move(pool->state_));
  for (auto& worker : state->workers) {
    if (worker->port) worker->port->close_inherited();
  }
  state->bell.close();
}

const std::string& Pool::error() const {
  return state_->error;
}

void Pool::submit(Task* task) {
  if (!state_->submit_locally(*task)) state_->submit({&task, 1});
}

void Pool::submit_child(Task& task) {
  PoolState& state = current_worker->state;
  Task* one = &task;
  if (!state.submit_locally(task)) state.submit({&one, 1});
}

void Pool::submit(std::span<Task* const> tasks) {
  state_->submit(tasks);
}

void Pool::start() {
  state_->start();
}

Wait Pool::wait() {
  PoolState& state = *state_;
  platform::HoldSignals hold;
  std::unique_lock lock(state.mutex);
  bool interrupted = false;
  // A bell may have been rung for an earlier wait that a signal ended: then we look again.
  while (state.running.load(std::memory_order_relaxed) && !interrupted) {
    state.main_waits = true;
    lock.unlock();
    interrupted = !state.bell.wait();
    lock.lock();
    state.main_waits = false;
  }
  return state.running.load(std::memory_order_relaxed) ? Wait::interrupted : Wait::drained;
}

bool Pool::running() const {
  return state_->running.load(std::memory_order_acquire);
}

void Pool::cancel() {
  state_->cancel();
}

unsigned Pool::workers() const {
  return static_cast<unsigned>(state_->workers.size());
}

PortKind Pool::port() const {
  return state_->workers.empty() ? PortKind::automatic : state_->workers.front()->port->kind();
}

Pool::Counters Pool::counters() const {
  Counters sum{};
  for (auto& worker : state_->workers) {
    sum.contexts += worker->contexts.load(std::memory_order_relaxed);
    sum.chunks += worker->chunks.load(std::memory_order_relaxed);
    sum.wakeups += worker->wakeups.load(std::memory_order_relaxed);
    sum.sleeps += worker->sleeps.load(std::memory_order_relaxed);
    sum.steals += worker->steals.load(std::memory_order_relaxed);
  }
  PageUse use = page_use();
  sum.pages = use.pages;
  sum.bytes = use.bytes;
  return sum;
}

}  // namespace px::runtime
