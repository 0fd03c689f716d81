#include "jit/native/reclaim.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace px::jit::native {

namespace detail {
constinit thread_local ThreadEpoch* mine [[gnu::tls_model("initial-exec")]] = nullptr;
std::atomic<uint64_t> global_epoch{1};
std::atomic<bool> fences{true};
}  // namespace detail

namespace {

using detail::ThreadEpoch;

struct Retired {
  std::shared_ptr<const void> code;
  uint64_t epoch;  // the global one when it was retired: who entered later cannot find it
};

// All but the records' own fields, under one lock. Never destroyed: threads may outlive the process's statics.
struct State {
  std::mutex lock;
  std::deque<ThreadEpoch> records;
  std::vector<Retired> retired;
  uint64_t freed = 0;
  bool asked = false, forced = false;  // membarrier: whether it has been tried; tests do without
  pthread_key_t key{};                 // its destructor gives a thread's record back
};

State& state() {
  static auto* the = new State;
  return *the;
}

bool membarrier(int command) {
  return syscall(SYS_membarrier, command, 0, 0) == 0;
}
bool register_membarrier() {
  return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

void give_back(void* record) {
  std::scoped_lock lock(state().lock);
  static_cast<ThreadEpoch*>(record)->owned = false;
  detail::mine = nullptr;
}

void prepare() {
  static const bool once = pthread_key_create(&state().key, give_back) == 0;
  (void)once;
}

// Fences until the kernel has agreed: the registration waits for every processor once, some milliseconds, which is for a compile thread to
// bear and not for the first call.
void ask_for_membarrier() {
  State& s = state();
  {
    std::scoped_lock lock(s.lock);
    if (std::exchange(s.asked, true)) return;
  }
  if (!register_membarrier()) return;
  std::scoped_lock lock(s.lock);
  // A collection that went by fences is over. Who reads this sees what was taken out of use before that collection.
  if (!s.forced) detail::fences.store(false, std::memory_order_release);
}

}  // namespace

namespace detail {
ThreadEpoch* enrol() {
  prepare();
  State& s = state();
  std::scoped_lock lock(s.lock);
  auto free = std::ranges::find_if(s.records, [](const ThreadEpoch& record) { return !record.owned; });
  mine = free == s.records.end() ? &s.records.emplace_back() : &*free;
  mine->owned = true;
  pthread_setspecific(s.key, mine);
  return mine;
}
}  // namespace detail

void retire(std::shared_ptr<const void> code) {
  State& s = state();
  std::scoped_lock lock(s.lock);
  s.retired.push_back({std::move(code), detail::global_epoch.load(std::memory_order_relaxed)});
}

size_t collect() {
  prepare();
  ask_for_membarrier();
  State& s = state();
  std::vector<Retired> over;  // dropped after the lock: that takes the linker's
  std::unique_lock lock(s.lock);
  if (s.retired.empty()) return 0;
  uint64_t oldest = detail::global_epoch.load(std::memory_order_relaxed) + 1;
  detail::global_epoch.store(oldest, std::memory_order_release);
  // From here on, a thread is seen to be inside, or it does not find what was retired before.
  if (detail::fences.load(std::memory_order_relaxed)) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  } else if (!membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
    return s.retired.size();  // forbidden since it was registered: nothing can be known, so nothing is freed
  }
  for (const ThreadEpoch& record : s.records) {
    uint64_t entered = record.epoch.load(std::memory_order_acquire);
    if (entered != 0) oldest = std::min(oldest, entered);
  }
  auto first = std::partition(s.retired.begin(), s.retired.end(), [&](const Retired& r) { return r.epoch >= oldest; });
  over.assign(std::make_move_iterator(first), std::make_move_iterator(s.retired.end()));
  s.retired.erase(first, s.retired.end());
  s.freed += over.size();
  size_t left = s.retired.size();
  lock.unlock();
  return left;
}

ReclaimCounters reclaim_counters() {
  std::scoped_lock lock(state().lock);
  return {state().retired.size(), state().freed};
}

void lock_reclaim_for_fork() {
  state().lock.lock();
}

void unlock_reclaim_in_parent() {
  state().lock.unlock();
}

void unlock_reclaim_in_child() {
  State& s = state();
  for (ThreadEpoch& record : s.records) {
    if (&record == detail::mine) continue;
    record.epoch.store(0, std::memory_order_relaxed);
    record.depth = 0;
    record.owned = false;
  }
  if (!detail::fences.load(std::memory_order_relaxed) && !register_membarrier()) detail::fences.store(true, std::memory_order_relaxed);
  s.lock.unlock();
}

void force_fences(bool on) {
  ask_for_membarrier();
  State& s = state();
  std::scoped_lock lock(s.lock);
  s.forced = on;
  detail::fences.store(on || !register_membarrier(), std::memory_order_release);
}

}  // namespace px::jit::native
