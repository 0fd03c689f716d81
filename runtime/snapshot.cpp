#include "runtime/snapshot.h"

#include <cstring>
#include <new>

#include "runtime/context.h"

namespace px::runtime {

bool Snapshot::copy(char* address, size_t bytes) {
  if (bytes == 0) return true;
  try {
    pieces_.push_back({address, bytes, copies_.size()});
    copies_.insert(copies_.end(), address, address + bytes);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

std::unique_ptr<Snapshot> Snapshot::take(Context& context) {
  std::unique_ptr<Snapshot> made(new (std::nothrow) Snapshot);
  if (!made || allocation_fails()) return nullptr;
  made->mark_ = context.arena.mark();
  bool all = true;
  context.arena.for_used([&](char* address, size_t bytes) { all = all && made->copy(address, bytes); });
  if (!all) return nullptr;
  made->arena_ = &context.arena;
  context.arena.hold_blocks(true);
  return made;
}

bool Snapshot::keep(uint64_t data, int ndim, uint64_t item, const uint64_t* shape, const uint64_t* strides) {
  for (int axis = 0; axis < ndim; ++axis)
    if (shape[axis] == 0) return true;
  int outer = ndim;
  uint64_t line = item;  // bytes that lie one after another
  while (outer > 0 && strides[outer - 1] == line) line *= shape[--outer];
  std::vector<uint64_t> at(static_cast<size_t>(outer) + 1);
  for (;;) {
    uint64_t address = data;
    for (int axis = 0; axis < outer; ++axis) address += at[static_cast<size_t>(axis)] * strides[axis];
    if (!copy(reinterpret_cast<char*>(address), line)) return false;
    int axis = outer - 1;
    for (; axis >= 0 && ++at[static_cast<size_t>(axis)] == shape[axis]; --axis) at[static_cast<size_t>(axis)] = 0;
    if (axis < 0) return true;
  }
}

void Snapshot::roll_back(Context& context) {
  if (!arena_) return;
  context.arena.release_all(mark_);
  for (const Piece& piece : pieces_) std::memcpy(piece.address, &copies_[piece.at], piece.bytes);
  context.arena.hold_blocks(false);
  arena_ = nullptr;
}

Snapshot::~Snapshot() {
  if (arena_) arena_->hold_blocks(false);
}

}  // namespace px::runtime
