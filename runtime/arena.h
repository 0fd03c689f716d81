// A context's heap: bump allocation over pages that are all released together. One thread at a time.
//
// Blocks larger than a page (in 2 MiB pages: than half of one) have a run of pages of their own, which can be taken out alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "runtime/page_cache.h"
#include "runtime/poison.h"

namespace px::runtime {

enum class PageSize : uint8_t { small, huge };  // 4 KiB, 2 MiB

// How a context's heap is to be.
struct HeapOptions {
  PageSize pages = PageSize::small;
  size_t limit = 0;  // bytes that may be allocated in one context; 0: no limit
  // For contexts that run long: memory that is needed no more is looked for often (Arena::sweep_after), so that the heap stays as small as
  // what lives in it.
  bool reuse = false;
};

// What lies in an arena, which can be taken out and put into another one (LastingHeap). Nothing at first.
class ArenaContents {
 public:
  PageList take();  // all of it, which is to be destroyed

 private:
  friend class Arena;
  char* next_ = nullptr;   // the first free byte
  char* end_ = nullptr;    // of what may be allocated here
  char* start_ = nullptr;  // of the current page's memory
  uint64_t serial_ = 0;    // of the last page or run opened
  bool more_ = false;      // there are other pages than the current one, or runs
  Page* pages_ = nullptr;  // the current one first
  Page* runs_ = nullptr;   // the newest first
  size_t closed_ = 0;      // bytes allocated elsewhere than in the current page
  size_t limit_ = 0;
  bool refused_ = false;  // by the limit
  bool reuse_ = false;
  size_t page_bytes_ = 0, largest_ = 0;
};

class Arena : ArenaContents {
 public:
  static constexpr size_t max_alignment = 4096;

  struct Mark {  // a point to which the arena can be released; marks nest
    uint64_t serial;
    char* next;
    uint64_t carved;
  };

  // The cache must outlive the arena and belong to the same thread.
  explicit Arena(PageCache& cache, PageSize size = PageSize::small) : cache_(cache) { set_page_size(size); }
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `bytes` of uninitialised memory, aligned to `alignment` (a power of two, at most 4096); null where the limit or the system says no.
  // No bytes are one byte.
  void* allocate(size_t bytes, size_t alignment = 16) {
    bytes += bytes == 0;
    size_t padding = -reinterpret_cast<uintptr_t>(next_) & (alignment - 1);
    size_t room = static_cast<size_t>(end_ - next_);
    if (padding <= room && bytes <= room - padding) [[likely]] {
      char* block = next_ + padding;
      next_ = block + bytes;
      PX_UNPOISON(block, bytes);
      return block;
    }
    return allocate_slowly(bytes, alignment);
  }

  Mark mark() const { return {serial_, next_, carved_}; }
  // Everything allocated since. A mark older than the last `reset` or whole `detach` must not be used.
  void release(const Mark& mark) {
    if (mark.carved != carved_) generation_++;
    if (mark.serial != serial_) return release_slowly(mark);
    PX_POISON(mark.next, static_cast<size_t>(next_ - mark.next));
    next_ = mark.next;
    if (limit_) fit_end();
  }
  // Everything allocated since but the pages and large blocks that one of these addresses lies in. Sorts the addresses.
  void sweep(const Mark& mark, std::span<uint64_t> addresses);
  // Bytes worth a sweep.
  size_t sweep_after() const { return reuse_ ? size_t{64} << 10 : size_t{1} << 20; }
  void reset() {  // everything; keeps one page
    generation_++;
    if (!more_) {
      PX_POISON(start_, static_cast<size_t>(next_ - start_));
      next_ = start_;
      return;
    }
    reset_slowly();
  }
  PageList detach();  // the arena is empty afterwards, the memory stays valid as long as the list lives
  // The run of the one large block that `inside` points into; an empty list where it is in no large block. The rest stays.
  PageList detach(const void* inside);
  bool contains(const void* address) const { return page_of(address); }
  // The page or large block that the address lies in, or null; walks all of them.
  const Page* page_of(const void* address) const;

  size_t bytes() const { return closed_ + static_cast<size_t>(next_ - start_); }  // allocated since the last reset
  void set_limit(size_t bytes) {                                                  // 0: none
    limit_ = bytes;
    fit_end();
  }

  // Everything as `reset` does; from now on as the options say.
  void use(const HeapOptions&);
  // Puts the contents in and takes out what is there, its limit and kind of pages included. An empty arena's page goes back first.
  void exchange(ArenaContents&);
  size_t limit() const { return limit_; }
  // In a forked child, for an arena in which nothing is allocated: forgets pages that the child must not touch (Page::Backing::pool).
  void forget_pool_pages();
  // Whether the limit has said no since this was asked last.
  bool take_refusal() { return std::exchange(refused_, false); }

  // For Snapshot: `visit(page)` for all of them.
  template <class Visit>
  void for_pages(Visit visit) const {
    for (const Page* list : {pages_, runs_})
      for (const Page* page = list; page; page = page->next) visit(*page);
  }
  // Releases to the mark; what BlockPool has carved out is then its no more.
  void release_all(const Mark& mark) {
    release(mark);
    generation_++;
  }
  // While somebody holds blocks, none that is freed is used again before its time. Calls nest.
  void hold_blocks(bool on) { on ? held_++ : held_--; }
  bool holds_blocks() const { return held_ > 0; }
  const uint64_t& held() const { return held_; }

  // For BlockPool.
  bool has_own_run(size_t bytes) const { return bytes > largest_; }
  void free_run(void* block);                                 // a block with its own run and an alignment of 64 at most
  const uint64_t& generation() const { return generation_; }  // changes when blocks that BlockPool carved out may have gone
  void note_carved() { carved_++; }

 private:
  void set_page_size(PageSize size) {
    if (size == PageSize::huge) use_pool_pages();
    page_bytes_ = size == PageSize::small ? size_t{4096} : size_t{2} << 20;
    largest_ = size == PageSize::small ? page_bytes_ - Page::header : page_bytes_ / 2;
  }
  void* allocate_slowly(size_t bytes, size_t alignment);
  void* refuse() {
    refused_ = true;
    return nullptr;
  }
  void* allocate_run(size_t bytes, size_t alignment);
  void release_slowly(const Mark&);
  void reset_slowly();
  void close_page();
  void give_last_page();  // there is no other
  void open(Page*);
  void fit_end();  // end_ is where the page or the limit ends
  PageList unlink_run(Page*);

  uint64_t carved_ = 0;
  uint64_t generation_ = 0;
  uint64_t held_ = 0;
  PageCache& cache_;
};

}  // namespace px::runtime
