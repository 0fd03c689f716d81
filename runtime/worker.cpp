#include "runtime/worker.h"

#include <algorithm>
#include <thread>

namespace px::runtime {

constinit thread_local Worker* current_worker [[gnu::tls_model("initial-exec")]] = nullptr;

namespace {

constexpr auto spin_time = std::chrono::microseconds(20);
constexpr size_t trim_threshold = size_t{256} << 10;  // bytes of free pages that are not worth a wake-up
constexpr uint64_t largest_claim = 16;                // chunks taken at once from a shared task

}  // namespace

void Worker::main() {
  std::shared_ptr<PoolState> alive = std::move(keep);  // the last to go: it may own this worker
  current_worker = this;
  {
    std::string error;
    std::unique_ptr<Port> own_port = Port::open(state.options.port, error);
    Context own_context(cache, state.options.pages);
    Context::Scope scope(own_context);
    own_context.stop = &state.stop;
    own_context.worker = index;
    context = &own_context;
    {
      std::scoped_lock lock(state.mutex);  // held by the constructor until all threads have been started
      port = std::move(own_port);
      if (!port) state.error = error;
      state.ready++;
      state.changed.notify_all();
    }
    Step step_taken = Step::nothing;
    while (port) {
      step_taken = step();
      if (step_taken == Step::gone) break;
      if (step_taken == Step::nothing && !become_idle()) break;
    }
  }
  current_worker = nullptr;
  std::scoped_lock lock(state.mutex);
  port.reset();
  cache.trim();
  has_ended = true;
  state.ended++;
  state.changed.notify_all();
}

Step Worker::step() {
  if (Task* task = local.pop()) return run_single(*task);
  Task* task = take_common();
  if (task && is_shared(*task)) return run_shared(*task);
  if (!task) task = steal();
  return task ? run_single(*task) : Step::nothing;
}

Step Worker::run_local() {
  while (Task* task = local.pop()) {
    if (run_single(*task) == Step::gone) return Step::gone;
  }
  return Step::done;
}

Task* Worker::take_common() {
  std::scoped_lock lock(state.mutex);
  if (!state.running.load(std::memory_order_relaxed)) return nullptr;
  if (Task* task = state.single.pop()) {
    // A fair share of the rest, so that the lock is taken once for many; others steal it back if it turns out unfair.
    uint64_t share = std::min(state.single.size / (2 * state.workers.size()), LocalQueue::capacity / 2);
    for (; share > 0; share--) {
      if (!local.push(state.single.first)) break;
      state.single.pop();
    }
    return task;
  }
  while (Task* task = state.shared.first) {
    if (task->next.load(std::memory_order_relaxed) < task->count) {
      task->users++;
      return task;
    }
    state.shared.pop();  // its last user finishes it
  }
  return nullptr;
}

Task* Worker::steal() {
  size_t count = state.workers.size();
  for (size_t i = 1; i < count; i++) {
    Worker& other = *state.workers[(index + i) % count];
    if (Task* task = other.local.steal_into(local)) {
      add(steals, 1);
      return task;
    }
  }
  return nullptr;
}

Step Worker::run_single(Task& task) {
  if (state.stop.load(std::memory_order_relaxed)) {
    drop(task);
    return Step::done;
  }
  enter();
  context->use(task.heap);
  task.run(task, *context, 0, task.count);
  context->reset();
  add(contexts, 1);
  if (!leave()) return Step::gone;
  finish(task);
  return Step::done;
}

Step Worker::run_shared(Task& task) {
  const Task::Run run = task.run;
  const uint64_t count = task.count, chunk = task.chunk;
  const uint64_t share = 8 * state.workers.size();
  bool cut = false;
  for (uint64_t next; !cut && (next = task.next.load(std::memory_order_relaxed)) < count;) {
    uint64_t left = (count - next - 1) / chunk + 1;
    uint64_t claim = std::clamp(left / share, uint64_t{1}, largest_claim) * chunk;
    uint64_t begin = task.next.fetch_add(claim, std::memory_order_relaxed);
    if (begin >= count) break;
    uint64_t end = std::min(begin + claim, count);
    enter();
    uint64_t done = 0;
    while (begin < end) {
      if (state.stop.load(std::memory_order_relaxed)) {
        cut = true;
        break;
      }
      uint64_t until = std::min(begin + chunk, end);
      context->use(task.heap);
      run(task, *context, begin, until);
      context->reset();
      begin = until;
      done++;
      if (!local.empty()) [[unlikely]] {
        // Children first: their number stays small, and so does what they refer to.
        if (!leave() || run_local() == Step::gone) return Step::gone;
        enter();
      }
    }
    add(contexts, done);
    add(chunks, done);
    if (!leave()) return Step::gone;
  }
  if (cut) task.dropped.store(true, std::memory_order_relaxed);
  leave_shared(task);
  return Step::done;
}

// Whoever leaves last finishes the task: until then others may still look at it.
void Worker::leave_shared(Task& task) {
  std::scoped_lock lock(state.mutex);
  if (state.shared.first == &task) state.shared.pop();
  if (--task.users == 0) finish(task);
}

bool Worker::become_idle() {
  {
    std::scoped_lock lock(state.mutex);
    if (state.stopping.load(std::memory_order_relaxed)) return false;
    bool running = state.running.load(std::memory_order_relaxed);
    if (running && state.units_locked() > 0) return true;
    phase.store(Phase::spinning, std::memory_order_relaxed);
    state.idle.push_back(this);
    state.idle_count.store(static_cast<unsigned>(state.idle.size()), std::memory_order_seq_cst);
    // Only busy workers fill their queues, so with all of them idle there is nothing anywhere.
    if (running && state.idle.size() == state.workers.size()) state.drained_locked();
  }
  if (!spin()) sleep();
  return !state.stopping.load(std::memory_order_relaxed);
}

bool Worker::spin() {
  auto until = std::chrono::steady_clock::now() + spin_time;
  do {
    // Also before the first sleep: who filled its queue before we counted as idle saw nobody to wake.
    if (others_have_work()) {
      stop_idling();
      return true;
    }
    for (int i = 0; i < 32; i++) {
      if (phase.load(std::memory_order_acquire) == Phase::busy) return true;
      platform::relax();
    }
    std::this_thread::yield();  // whoever woke us may be waiting for this very core
  } while (state.running.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < until);
  return false;
}

bool Worker::others_have_work() const {
  return std::ranges::any_of(state.workers, [](const auto& worker) { return !worker->local.empty(); });
}

void Worker::stop_idling() {
  std::scoped_lock lock(state.mutex);
  if (phase.exchange(Phase::busy, std::memory_order_acq_rel) == Phase::busy) return;  // woken meanwhile
  std::erase(state.idle, this);
  state.idle_count.store(static_cast<unsigned>(state.idle.size()), std::memory_order_seq_cst);
}

void Worker::sleep() {
  Phase expected = Phase::spinning;
  if (!phase.compare_exchange_strong(expected, Phase::asleep, std::memory_order_acq_rel)) return;
  add(sleeps, 1);
  bool trimmed = cache.free_bytes() < trim_threshold;
  while (phase.load(std::memory_order_acquire) == Phase::asleep) {
    if (port->wait(trimmed ? Port::for_ever : std::chrono::nanoseconds(state.options.trim_after)) || trimmed) continue;
    cache.trim();
    context->trim();
    trimmed = true;
  }
  add(wakeups, 1);
}

}  // namespace px::runtime
