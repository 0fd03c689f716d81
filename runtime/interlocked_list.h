// A list that contexts append to together: push from any thread at any time, without locks; everything else from one thread at a time (in
// px: with the GIL held), which may be while others push. Items are runs of 8-byte slots with a tag that says what they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace px::runtime {

class alignas(64) InterlockedList {
 public:
  struct Item {
    Item* before;     // the one that was pushed before it
    const void* tag;  // lives as long as the process
    uint32_t slots;
    const uint64_t* values() const { return reinterpret_cast<const uint64_t*>(this + 1); }
  };

  InterlockedList() = default;
  ~InterlockedList() { clear(); }
  InterlockedList(const InterlockedList&) = delete;
  InterlockedList& operator=(const InterlockedList&) = delete;

  // Any thread. False where the system has no memory.
  bool push(const void* tag, std::span<const uint64_t> values) {
    auto* item = static_cast<Item*>(std::malloc(sizeof(Item) + values.size_bytes()));
    if (!item) return false;
    item->tag = tag;
    item->slots = static_cast<uint32_t>(values.size());
    if (!values.empty()) std::memcpy(item + 1, values.data(), values.size_bytes());
    item->before = last_.load(std::memory_order_relaxed);
    // Release: who reads the list sees the item's contents.
    while (!last_.compare_exchange_weak(item->before, item, std::memory_order_release, std::memory_order_relaxed)) {
    }
    return true;
  }

  // What has been pushed so far, the first one first.
  std::vector<const Item*> items() const {
    std::vector<const Item*> all;
    for (const Item* item = last_.load(std::memory_order_acquire); item; item = item->before) all.push_back(item);
    return {all.rbegin(), all.rend()};
  }

  void clear() {
    Item* item = last_.exchange(nullptr, std::memory_order_acquire);
    while (item) std::free(std::exchange(item, item->before));
  }

 private:
  std::atomic<Item*> last_{nullptr};
};

}  // namespace px::runtime
