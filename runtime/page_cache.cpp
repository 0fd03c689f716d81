#include "runtime/page_cache.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <vector>

#include "runtime/platform.h"
#include "runtime/poison.h"

namespace px::runtime {
namespace {

// Free pages of the whole process. Everything is guarded by `mutex`, which is held while the process forks. Never destroyed: threads that
// outlive `main` may still give pages back.
class PageStore {
 public:
  static PageStore& instance() {
    static PageStore* store = make();
    return *store;
  }

  // Up to `wanted` pages of one class, linked; null where the system has none.
  Page* take(unsigned size_class, unsigned wanted) {
    std::scoped_lock lock(mutex_);
    Page* list = nullptr;
    for (unsigned taken = 0; taken < wanted; taken++) {
      Page* page = take_one(size_class, taken == 0);
      if (!page) break;
      page->next = list;
      list = page;
    }
    return list;
  }

  void give(Page* list) {
    std::scoped_lock lock(mutex_);
    while (list) {
      Page* page = std::exchange(list, list->next);
      PX_UNPOISON(page, page->bytes);
      if (page->backing == Page::Backing::pool) {
        pool_.push_back(page);
        free_bytes_ += page->bytes;
        continue;
      }
      page->next = free_[page->size_class];
      free_[page->size_class] = page;
      free_bytes_ += page->bytes;
    }
    if (free_bytes_ > keep) trim_locked();
  }

  void trim() {
    std::scoped_lock lock(mutex_);
    trim_locked();
  }

  PageUse use() const {
    auto read = [](const std::atomic<uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
    return {read(pages_), read(bytes_), read(huge_[2]), read(huge_[1]), read(huge_[0])};
  }

  void use_pool() { use_pool_.store(true, std::memory_order_relaxed); }

 private:
  static constexpr size_t keep = size_t{128} << 20, slab_bytes = size_t{1} << 20;
  static constexpr unsigned huge_class = size_class(platform::huge_page_bytes / Page::unit);

  static PageStore* make() {
    auto* store = new PageStore;
    platform::at_fork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                      [] {
                        instance().pool_.clear();  // the parent's
                        instance().mutex_.unlock();
                      });
    return store;
  }
  ~PageStore() = default;

  Page* take_one(unsigned size_class, bool map_more) {
    if (size_class == huge_class) {
      if (Page* page = take_huge()) return page;
    }
    if (Page* page = free_[size_class]) {
      free_[size_class] = page->next;
      free_bytes_ -= page->bytes;
      return page;
    }
    size_t bytes = class_units(size_class) * Page::unit;
    char* memory = nullptr;
    if (size_class == 0) {
      // 4 KiB pages are cut from slabs, and their addresses are kept for good: one mapping each would reach the system's limit.
      if (addresses_.empty() && slab_next_ == slab_end_) {
        if (!map_more) return nullptr;
        slab_next_ = static_cast<char*>(platform::map(slab_bytes));
        slab_end_ = slab_next_ ? slab_next_ + slab_bytes : nullptr;
        if (!slab_next_) return nullptr;
      }
      if (!addresses_.empty()) {
        memory = addresses_.back();
        addresses_.pop_back();
      } else {
        memory = std::exchange(slab_next_, slab_next_ + bytes);
      }
    } else if (map_more) {
      memory = static_cast<char*>(platform::map(bytes));
    }
    if (!memory) return nullptr;
    Page* page = reinterpret_cast<Page*>(memory);
    return head(
        memory, size_class,
        bytes >= platform::huge_page_bytes && platform::transparent_huge_pages() ? Page::Backing::transparent : Page::Backing::small);
  }

  Page* head(void* memory, unsigned size_class, Page::Backing backing) {
    Page* page = static_cast<Page*>(memory);
    page->bytes = class_units(size_class) * Page::unit;
    page->size_class = size_class;
    page->backing = backing;
    if (size_class == huge_class) count_huge(backing, 1);
    count(1, page->bytes);
    return page;
  }

  // A page of the machine's pool, if it is to be used and has one.
  Page* take_huge() {
    if (!use_pool_.load(std::memory_order_relaxed)) return nullptr;
    if (pool_.empty()) {
      void* memory = platform::map_pool_page();
      return memory ? head(memory, huge_class, Page::Backing::pool) : nullptr;
    }
    Page* page = pool_.back();
    pool_.pop_back();
    free_bytes_ -= page->bytes;
    return page;
  }

  void trim_locked() {
    for (Page* page : pool_) {
      count_huge(page->backing, -1);
      count(-1, -page->bytes);
      platform::unmap(page, page->bytes);
    }
    pool_.clear();
    size_t first_new = addresses_.size();
    for (Page*& list : free_) {
      while (Page* page = list) {
        list = page->next;
        count(-1, -page->bytes);
        if (page->size_class == huge_class) count_huge(page->backing, -1);
        if (page->size_class == 0) {
          addresses_.push_back(reinterpret_cast<char*>(page));
        } else {
          platform::unmap(page, page->bytes);
        }
      }
    }
    free_bytes_ = 0;
    // One call for each stretch of neighbouring 4 KiB pages. Highest first, so that the lowest are used again first.
    std::sort(addresses_.begin() + static_cast<ptrdiff_t>(first_new), addresses_.end(), std::greater<>());
    for (size_t i = first_new; i < addresses_.size();) {
      char* end = addresses_[i] + Page::unit;
      char* begin = addresses_[i++];
      while (i < addresses_.size() && addresses_[i] + Page::unit == begin) begin = addresses_[i++];
      platform::discard(begin, static_cast<size_t>(end - begin));
    }
  }

  void count_huge(Page::Backing backing, uint64_t pages) {
    auto& counter = huge_[static_cast<size_t>(backing)];
    counter.store(counter.load(std::memory_order_relaxed) + pages, std::memory_order_relaxed);
  }

  void count(uint64_t pages, uint64_t bytes) {
    pages_.store(pages_.load(std::memory_order_relaxed) + pages, std::memory_order_relaxed);
    bytes_.store(bytes_.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }

  std::mutex mutex_;
  Page* free_[size_class_count]{};
  size_t free_bytes_ = 0;
  std::vector<char*> addresses_;  // of 4 KiB pages without memory
  std::vector<Page*> pool_;       // free ones of the machine's pool: not linked, so that a child that forgets them need not touch them
  char* slab_next_ = nullptr;
  char* slab_end_ = nullptr;
  std::atomic<uint64_t> pages_{0}, bytes_{0}, huge_[3]{};  // written under the mutex, read by anyone (relaxed)
  std::atomic<bool> use_pool_{false};                      // set by anyone, once; relaxed
};

std::atomic<bool> counts_allocations{false};   // written by fail_after, read by anyone (relaxed): a test's switch
std::atomic<int64_t> allocations_left{-1};     // until the one that fails; any thread (relaxed)
std::atomic<uint64_t> allocations_counted{0};  // any thread (relaxed)

}  // namespace

uint64_t fail_after(int64_t allocations) {
  counts_allocations.store(allocations >= 0, std::memory_order_relaxed);
  allocations_left.store(allocations, std::memory_order_relaxed);
  return allocations_counted.exchange(0, std::memory_order_relaxed);
}

bool allocation_fails() {
  if (!counts_allocations.load(std::memory_order_relaxed)) [[likely]]
    return false;
  allocations_counted.fetch_add(1, std::memory_order_relaxed);
  return allocations_left.fetch_sub(1, std::memory_order_relaxed) == 0;
}

PageList::~PageList() {
  if (first_) PageStore::instance().give(release());
}

size_t PageList::bytes() const {
  size_t sum = 0;
  for (Page* page = first_; page; page = page->next) sum += page->bytes;
  return sum;
}

bool PageList::from_pool() const {
  for (Page* page = first_; page; page = page->next)
    if (page->backing == Page::Backing::pool) return true;
  return false;
}

Page* PageCache::refill(unsigned wanted) {
  if (allocation_fails()) return nullptr;
  Page* page = PageStore::instance().take(wanted, wanted == 0 ? 32 : 1);
  if (!page) return nullptr;
  free_[wanted] = page->next;
  for (Page* rest = page->next; rest; rest = rest->next) free_bytes_ += rest->bytes;
  return page;
}

void PageCache::give(Page* page) {
  PX_UNPOISON(page, page->bytes);
  if (free_bytes_ + page->bytes > keep_ || page->backing == Page::Backing::pool) {
    page->next = nullptr;
    PageStore::instance().give(page);
    return;
  }
  page->next = free_[page->size_class];
  free_[page->size_class] = page;
  free_bytes_ += page->bytes;
}

void PageCache::trim() {
  for (Page*& list : free_) {
    if (list) PageStore::instance().give(std::exchange(list, nullptr));
  }
  free_bytes_ = 0;
  PageStore::instance().trim();
}

PageUse page_use() {
  return PageStore::instance().use();
}

void use_pool_pages() {
  PageStore::instance().use_pool();
}

}  // namespace px::runtime
