// A worker's own queue: a ring of tasks that its owner fills and takes from, and that others may steal from. First in, first out, no locks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace px::runtime {

struct Task;

class LocalQueue {
 public:
  static constexpr uint64_t capacity = 256;

  // Owner alone. False where the ring is full.
  bool push(Task* task) {
    uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) >= capacity) return false;
    slots_[tail % capacity].store(task, std::memory_order_relaxed);
    // Sequentially consistent: the owner looks for idle workers after this, and a worker going idle looks here after saying so.
    tail_.store(tail + 1, std::memory_order_seq_cst);
    return true;
  }

  // Owner or thief: the oldest task, or null.
  Task* pop() {
    uint64_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      if (head >= tail_.load(std::memory_order_seq_cst)) return nullptr;
      Task* task = slots_[head % capacity].load(std::memory_order_relaxed);
      // Fails where another took it first, and then `task` may already be a newer one in the same slot.
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire)) return task;
    }
  }

  // Thief: moves half of this queue (one task at least) to `own`, which must be empty, and returns one of them; null where there is none.
  Task* steal_into(LocalQueue& own) {
    uint64_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      uint64_t tail = tail_.load(std::memory_order_seq_cst);
      if (head >= tail) return nullptr;
      uint64_t wanted = (tail - head + 1) / 2;
      if (wanted > capacity / 2) {  // head is out of date
        head = head_.load(std::memory_order_acquire);
        continue;
      }
      uint64_t own_tail = own.tail_.load(std::memory_order_relaxed);
      for (uint64_t i = 1; i < wanted; i++) {
        Task* task = slots_[(head + i) % capacity].load(std::memory_order_relaxed);
        own.slots_[(own_tail + i - 1) % capacity].store(task, std::memory_order_relaxed);
      }
      Task* first = slots_[head % capacity].load(std::memory_order_relaxed);
      if (!head_.compare_exchange_strong(head, head + wanted, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
      own.tail_.store(own_tail + wanted - 1, std::memory_order_seq_cst);
      return first;
    }
  }

  // Anyone; out of date at once for all but the owner.
  bool empty() const { return head_.load(std::memory_order_relaxed) >= tail_.load(std::memory_order_seq_cst); }
  uint64_t room() const { return capacity - (tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire)); }  // owner

 private:
  alignas(64) std::atomic<uint64_t> head_{0};  // written by owner and thieves (CAS)
  alignas(64) std::atomic<uint64_t> tail_{0};  // written by the owner
  alignas(64) std::atomic<Task*> slots_[capacity]{};
};

}  // namespace px::runtime
