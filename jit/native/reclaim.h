// When code that has been taken out of use is freed: after every thread that may be inside it has left px code (epoch-based reclamation;
// Fraser, "Practical lock-freedom", 2004, chapter 5).
//
// Being inside is two plain stores. Who collects makes the running threads' stores visible by membarrier(2) (private, expedited); where
// the system refuses that, and until the first collection has asked it, entering takes a full fence instead.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace px::jit::native {

namespace detail {
// One a thread, used again when the thread has ended, never freed.
struct alignas(64) ThreadEpoch {
  // 0 while outside, else the global epoch when the thread entered. Written by its thread with release (what it did inside is over before
  // it is seen to be out, or in again), read by who collects with acquire.
  std::atomic<uint64_t> epoch{0};
  uint32_t depth = 0;  // its thread's own: how many Inside live
  bool owned = false;  // a living thread's; under the lock of all records
};

extern constinit thread_local ThreadEpoch* mine [[gnu::tls_model("initial-exec")]];
// Raised by who collects (release), read by who enters (acquire): who has seen a number sees everything that was retired before it.
extern std::atomic<uint64_t> global_epoch;
// Whether entering takes a fence. Written by who collects (release), read by who enters (acquire).
extern std::atomic<bool> fences;

ThreadEpoch* enrol();  // the calling thread's record from now on
}  // namespace detail

// While it lives, code that the calling thread finds in an entry pointer stays. Nests; the outermost counts. Cheap enough for each direct
// call; a worker holds one for each chunk or callback, not for its whole life.
class Inside {
 public:
  Inside() : record_(detail::mine ? detail::mine : detail::enrol()) {
    if (record_->depth++ > 0) return;
    record_->epoch.store(detail::global_epoch.load(std::memory_order_acquire), std::memory_order_release);
    // The store above comes before any load of an entry pointer: to the compiler here, to the processor by membarrier or by the fence.
    if (detail::fences.load(std::memory_order_acquire)) [[unlikely]] {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    } else {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
  }
  ~Inside() {
    if (--record_->depth == 0) record_->epoch.store(0, std::memory_order_release);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  detail::ThreadEpoch* record_;
};

// `code` is out of use: no entry pointer leads to it any more. Dropped when nobody can be inside it. Any thread.
void retire(std::shared_ptr<const void> code);

// Drops what can be dropped; how many are left. Any thread that is not inside; compile threads call it when they have nothing else to do.
size_t collect();

struct ReclaimCounters {
  uint64_t waiting = 0;  // retired and not dropped yet
  uint64_t freed = 0;    // dropped so far
};
ReclaimCounters reclaim_counters();

// Around fork, for the handlers of pthread_atfork: the last lock to be taken, since threads that others wait for there may collect. In the
// child the records of the threads that it does not have are free.
void lock_reclaim_for_fork();
void unlock_reclaim_in_parent();
void unlock_reclaim_in_child();

// For tests: entering takes the fence as if membarrier were refused. No thread may be inside.
void force_fences(bool);

}  // namespace px::jit::native
