// A context's heap: bump allocation over pages that are all released together. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace px::runtime {

class PageCache;  // page_cache.h: each worker's stock of free pages, so that a steady stream of contexts makes no system calls

enum class PageSize : uint8_t { small, huge };  // 4 KiB, 2 MiB

// Pages taken out of an arena with all that lies in them; gives them back when destroyed (on any thread).
class PageList;

class Arena {
 public:
  struct Mark {  // a point to which the arena can be released; marks nest
    void* page;
    char* next;
    size_t bytes;
  };

  explicit Arena(PageCache& cache, PageSize size = PageSize::small);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `bytes` of uninitialised memory, aligned to `alignment` (a power of two, at most 4096); null where the limit or the system says no.
  void* allocate(size_t bytes, size_t alignment = 16);

  Mark mark() const;
  void release(Mark);  // everything allocated since
  void reset();        // everything
  PageList detach();   // the arena is empty afterwards, the memory stays valid as long as the list lives

  size_t bytes() const;           // allocated since the last reset
  void set_limit(size_t bytes);   // 0: none
  // ... private part: runtime/arena.cpp's owner fills it in (the fast path of allocate is inline here)
};

}  // namespace px::runtime
