#include "runtime/snapshot.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime/context.h"

namespace px::runtime {

std::unique_ptr<Snapshot> Snapshot::take(Context& context) {
  std::unique_ptr<Snapshot> made(new (std::nothrow) Snapshot);
  if (!made || allocation_fails()) return nullptr;
  made->mark_ = context.arena.mark();
  made->arena_ = &context.arena;
  context.arena.hold_blocks(true);
  return made;
}

bool Snapshot::copy(char* address, size_t bytes) {
  if (bytes == 0) return true;
  if (allocation_fails()) return false;
  try {
    pieces_.push_back({address, bytes, copies_.size()});
    copies_.insert(copies_.end(), address, address + bytes);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

Snapshot::Stretch* Snapshot::stretch_of(char* address) {
  auto inside = [&](const Stretch& s) { return address >= s.begin && address < s.end; };
  if (last_ < stretches_.size() && inside(stretches_[last_])) return &stretches_[last_];
  const uintptr_t page_number = reinterpret_cast<uintptr_t>(address) / Page::unit + 1;
  if (page_number == foreign_) return nullptr;
  for (size_t k = 0; k < stretches_.size(); ++k)
    if (inside(stretches_[k])) return &stretches_[last_ = k];
  const Page* page = arena_->page_of(address);
  if (!page || page->serial > mark_.serial) {
    foreign_ = page_number;
    return nullptr;
  }
  auto* begin = const_cast<char*>(page->begin());
  // Of the page that was the current one, what was in use then.
  char* end = mark_.next > begin && mark_.next <= page->end() ? mark_.next : const_cast<char*>(page->end());
  if (address >= end) return nullptr;
  try {
    stretches_.push_back({begin, end, std::vector<bool>(static_cast<size_t>(end - begin) / piece_bytes + 1)});
  } catch (const std::bad_alloc&) {
    out_of_memory_ = true;
    return nullptr;
  }
  last_ = stretches_.size() - 1;
  return &stretches_.back();
}

bool Snapshot::keep_in(Stretch& stretch, char* begin, char* end) {
  auto first = static_cast<size_t>(begin - stretch.begin) / piece_bytes, last = static_cast<size_t>(end - 1 - stretch.begin) / piece_bytes;
  for (size_t k = first; k <= last; ++k) {
    if (stretch.kept[k]) continue;
    char* at = stretch.begin + k * piece_bytes;
    const size_t bytes = std::min(piece_bytes, static_cast<size_t>(stretch.end - at));
    PX_UNPOISON(at, bytes);  // gaps between blocks
    if (!copy(at, bytes)) return false;
    stretch.kept[k] = true;
  }
  return true;
}

bool Snapshot::keep(char* address, size_t bytes) {
  if (bytes == 0) return true;
  Stretch* stretch = stretch_of(address);
  if (!stretch) return !out_of_memory_;
  return keep_in(*stretch, address, std::min(address + bytes, stretch->end));
}

bool Snapshot::keep(uint64_t data, int ndim, uint64_t item, const uint64_t* shape, const uint64_t* strides, bool outside) {
  for (int axis = 0; axis < ndim; ++axis)
    if (shape[axis] == 0) return true;
  int outer = ndim;
  uint64_t line = item;  // bytes that lie one after another
  while (outer > 0 && strides[outer - 1] == line) line *= shape[--outer];
  const bool own = stretch_of(reinterpret_cast<char*>(data));
  if (out_of_memory_) return false;
  if (!own && !outside) return true;
  uint64_t at[16] = {};
  for (;;) {
    uint64_t address = data;
    for (int axis = 0; axis < outer; ++axis) address += at[axis] * strides[axis];
    auto* begin = reinterpret_cast<char*>(address);
    if (!(own ? keep(begin, line) : copy(begin, line))) return false;
    int axis = outer - 1;
    for (; axis >= 0 && ++at[axis] == shape[axis]; --axis) at[axis] = 0;
    if (axis < 0) return true;
  }
}

bool Snapshot::keep_all() {
  bool all = true;
  arena_->for_pages([&](const Page& page) {
    auto* begin = const_cast<char*>(page.begin());
    if (!all || page.serial > mark_.serial) return;
    if (Stretch* stretch = stretch_of(begin)) all = keep_in(*stretch, stretch->begin, stretch->end);
  });
  return all && !out_of_memory_;
}

void Snapshot::roll_back(Context& context) {
  if (!arena_) return;
  context.arena.release_all(mark_);
  // The last first: of what was kept twice, what was there at the beginning stays.
  for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) std::memcpy(piece->address, &copies_[piece->at], piece->bytes);
  context.arena.hold_blocks(false);
  arena_ = nullptr;
}

Snapshot::~Snapshot() {
  if (arena_) arena_->hold_blocks(false);
}

}  // namespace px::runtime
