#include "runtime/arena.h"

#include <algorithm>
#include <bit>

namespace px::runtime {
namespace {

char* align_up(char* address, size_t alignment) {
  return address + (-reinterpret_cast<uintptr_t>(address) & (alignment - 1));
}

}  // namespace

Arena::~Arena() {
  reset();
  if (pages_) cache_.give(pages_);
}

void Arena::open(Page* page) {
  start_ = page->begin();
  next_ = start_ + page->used;
  fit_end();
}

void Arena::close_page() {
  if (!pages_) return;
  pages_->used = static_cast<size_t>(next_ - start_);
  closed_ += pages_->used;
}

void Arena::fit_end() {
  if (!pages_) return;
  size_t room = static_cast<size_t>(pages_->end() - start_);
  if (limit_) room = std::min(room, limit_ - std::min(limit_, closed_));
  end_ = std::max(next_, start_ + room);
}

void* Arena::allocate_slowly(size_t bytes, size_t alignment) {
  if (bytes > Page::max_bytes || !std::has_single_bit(alignment) || alignment > max_alignment) return nullptr;
  if (limit_ && bytes > limit_ - std::min(limit_, this->bytes())) return refuse();
  if (allocation_fails()) return nullptr;
  size_t padding = alignment > Page::header ? alignment : 0;
  if (has_own_run(bytes) || bytes + padding > page_bytes_ - Page::header) return allocate_run(bytes, alignment);
  Page* page = cache_.take(page_bytes_);
  if (!page) return nullptr;
  close_page();
  more_ = pages_ != nullptr || runs_ != nullptr;
  page->used = 0;
  page->serial = ++serial_;
  page->next = pages_;
  pages_ = page;
  open(page);
  PX_POISON(start_, static_cast<size_t>(page->end() - start_));
  char* block = align_up(next_, alignment);
  if (block > end_ || bytes > static_cast<size_t>(end_ - block)) return refuse();  // by the padding
  next_ = block + bytes;
  PX_UNPOISON(block, bytes);
  return block;
}

void Arena::use(const HeapOptions& options) {
  reset();
  give_last_page();
  set_page_size(options.pages);
  limit_ = options.limit;
  reuse_ = options.reuse;
  refused_ = false;
}

void Arena::give_last_page() {
  if (pages_) cache_.give(std::exchange(pages_, nullptr));
  next_ = end_ = start_ = nullptr;
}

void Arena::exchange(ArenaContents& other) {
  if (bytes() == 0 && !more_) give_last_page();
  std::swap(static_cast<ArenaContents&>(*this), other);
  generation_++;
}

void Arena::forget_pool_pages() {
  if (page_bytes_ == Page::unit) return;
  // What they are backed by stands in the pages themselves. One page at most is left behind with each fork.
  pages_ = nullptr;
  next_ = end_ = start_ = nullptr;
  closed_ = 0;
  more_ = runs_ != nullptr;
  generation_++;
}

void* Arena::allocate_run(size_t bytes, size_t alignment) {
  size_t offset = std::max(Page::header, alignment);
  Page* run = cache_.take(offset + bytes);
  if (!run) return nullptr;
  run->used = bytes;
  run->serial = ++serial_;
  run->previous = nullptr;
  run->next = runs_;
  if (runs_) runs_->previous = run;
  runs_ = run;
  closed_ += bytes;
  more_ = true;
  if (limit_) fit_end();
  char* block = reinterpret_cast<char*>(run) + offset;
  PX_POISON(run->begin(), static_cast<size_t>(run->end() - run->begin()));
  PX_UNPOISON(block, bytes);
  return block;
}

void Arena::release_slowly(const Mark& mark) {
  while (runs_ && runs_->serial > mark.serial) {
    Page* run = runs_;
    closed_ -= run->used;
    runs_ = run->next;
    cache_.give(run);
  }
  if (runs_) runs_->previous = nullptr;
  bool changed = false;
  while (pages_ && pages_->next && pages_->serial > mark.serial) {
    Page* page = pages_;
    pages_ = page->next;
    cache_.give(page);
    closed_ -= pages_->used;  // it is the current one again
    changed = true;
  }
  more_ = runs_ || (pages_ && pages_->next);
  if (!pages_) return;
  if (changed) open(pages_);
  // A first page that is younger than the mark is kept, empty.
  char* next = pages_->serial <= mark.serial ? mark.next : start_;
  PX_POISON(next, static_cast<size_t>(next_ - next));
  next_ = next;
  fit_end();
}

void Arena::sweep(const Mark& mark, std::span<uint64_t> addresses) {
  std::ranges::sort(addresses);
  auto needed = [&](Page* page) {
    auto first = std::ranges::lower_bound(addresses, reinterpret_cast<uint64_t>(page->begin()));
    return first != addresses.end() && *first < reinterpret_cast<uint64_t>(page->end());
  };
  for (Page* run = runs_; run && run->serial > mark.serial;) {
    Page* next = run->next;
    if (!needed(run)) cache_.give(unlink_run(run).release());
    run = next;
  }
  if (pages_ && pages_->serial > mark.serial) {
    for (Page* before = pages_; Page* page = before->next;) {
      if (page->serial <= mark.serial) break;
      if (needed(page)) {
        before = page;
        continue;
      }
      before->next = page->next;
      closed_ -= page->used;
      cache_.give(page);
    }
    if (!needed(pages_)) {
      PX_POISON(start_, static_cast<size_t>(next_ - start_));
      next_ = start_;
    }
  }
  more_ = runs_ || (pages_ && pages_->next);
  generation_++;
  fit_end();
}

void Arena::reset_slowly() {
  while (Page* run = runs_) {
    runs_ = run->next;
    cache_.give(run);
  }
  while (pages_ && pages_->next) {
    Page* page = pages_;
    pages_ = page->next;
    cache_.give(page);
  }
  closed_ = 0;
  more_ = false;
  if (!pages_) return;
  pages_->used = 0;
  open(pages_);
  PX_POISON(start_, static_cast<size_t>(pages_->end() - start_));
}

PageList Arena::detach() {
  generation_++;
  return take();
}

PageList ArenaContents::take() {
  Page* all = pages_;
  if (Page* last = all) {
    while (last->next) last = last->next;
    last->next = runs_;
  } else {
    all = runs_;
  }
  pages_ = runs_ = nullptr;
  next_ = end_ = start_ = nullptr;
  closed_ = 0;
  more_ = false;
  return PageList(all);
}

PageList Arena::unlink_run(Page* run) {
  (run->previous ? run->previous->next : runs_) = run->next;
  if (run->next) run->next->previous = run->previous;
  run->next = nullptr;
  closed_ -= run->used;
  more_ = runs_ || (pages_ && pages_->next);
  if (limit_) fit_end();
  return PageList(run);
}

PageList Arena::detach(const void* inside) {
  const char* address = static_cast<const char*>(inside);
  for (Page* run = runs_; run; run = run->next) {
    if (address >= run->begin() && address < run->end()) return unlink_run(run);
  }
  return {};
}

const Page* Arena::page_of(const void* inside) const {
  const char* address = static_cast<const char*>(inside);
  for (Page* list : {pages_, runs_}) {
    for (Page* page = list; page; page = page->next) {
      if (address >= page->begin() && address < page->end()) return page;
    }
  }
  return nullptr;
}

void Arena::free_run(void* block) {
  cache_.give(unlink_run(reinterpret_cast<Page*>(static_cast<char*>(block) - Page::header)).release());
}

}  // namespace px::runtime
