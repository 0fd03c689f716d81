// Pages for arenas. Each worker has a PageCache of its own, used by its thread alone, without locks or system calls in the steady state.
// What a cache has too much of, and what lies in a destroyed PageList, goes to one store for the process, which any thread may use (it has
// a lock, held through forks) and where caches look before they ask the system.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "runtime/size_classes.h"

namespace px::runtime {

// For tests: after `allocations` more that succeed, one allocation of memory for contexts fails, once; negative: none. Returns how many
// were made since the last call. Any thread.
uint64_t fail_after(int64_t allocations);
// Whether this allocation is the one. Costs a relaxed load where no test is on.
bool allocation_fails();

// The head of a page, which is 4 KiB, 2 MiB or a run of 4 KiB pages for one large block; the memory follows it.
struct alignas(64) Page {
  static constexpr size_t unit = 4096, header = 64, max_bytes = size_t{1} << 46;
  Page* next;       // in whatever list it is
  Page* previous;   // in an arena's list of runs
  size_t bytes;     // header included
  uint64_t serial;  // Arena's: order of opening
  size_t used;      // Arena's: bytes allocated in it
  unsigned size_class;
  // What the system gave: pages of 4 KiB; 2 MiB pages as far as it can spare them (transparent); or 2 MiB pages from the pool that the
  // machine's owner has set aside. The last are not copied for a forked child, which must not touch them.
  enum class Backing : uint8_t { small, transparent, pool } backing;
  char* begin() { return reinterpret_cast<char*>(this) + header; }
  char* end() { return reinterpret_cast<char*>(this) + bytes; }
  const char* begin() const { return reinterpret_cast<const char*>(this) + header; }
  const char* end() const { return reinterpret_cast<const char*>(this) + bytes; }
};
static_assert(sizeof(Page) == Page::header);

// Pages taken out of an arena with all that lies in them; gives them back when destroyed (on any thread). One thread at a time.
class PageList {
 public:
  PageList() = default;
  explicit PageList(Page* first) : first_(first) {}
  PageList(PageList&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {}
  PageList& operator=(PageList&& other) noexcept {
    std::swap(first_, other.first_);
    return *this;
  }
  ~PageList();

  bool empty() const { return !first_; }
  size_t bytes() const;    // of memory, heads and unused ends included
  bool from_pool() const;  // some of it: not for what may outlive a fork
  Page* release() { return std::exchange(first_, nullptr); }

 private:
  Page* first_ = nullptr;
};

class PageCache {
 public:
  static constexpr size_t default_keep = size_t{64} << 20;
  // Keeps at most `keep` bytes of free pages.
  explicit PageCache(size_t keep = default_keep) : keep_(keep) {}
  ~PageCache() { trim(); }
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // A page of at least `bytes`, its own head included; null where the system has none. The memory is not zeroed.
  Page* take(size_t bytes) {
    if (bytes > Page::max_bytes) return nullptr;
    unsigned wanted = size_class((bytes + Page::unit - 1) / Page::unit);
    Page* page = free_[wanted];
    if (!page) return refill(wanted);
    free_[wanted] = page->next;
    free_bytes_ -= page->bytes;
    return page;
  }
  void give(Page* page);
  // Gives all free pages back to the system, the process-wide store's too.
  void trim();

  size_t free_bytes() const { return free_bytes_; }

 private:
  Page* refill(unsigned size_class);

  Page* free_[size_class_count]{};
  size_t free_bytes_ = 0;
  size_t keep_;
};

// Memory that the process's pages have now, in use or free. Any thread; a statistic.
struct PageUse {
  uint64_t pages, bytes;
  uint64_t pool, transparent, refused;  // of the pages of 2 MiB: how many have which backing; `refused`: 4 KiB pages
};
PageUse page_use();

// From now on pages of 2 MiB are asked of the machine's pool first. Any thread.
void use_pool_pages();

}  // namespace px::runtime
