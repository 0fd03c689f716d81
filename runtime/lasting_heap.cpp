#include "runtime/lasting_heap.h"

#include <utility>

#include "runtime/context.h"

namespace px::runtime {

LastingHeap::Callback::Callback(LastingHeap& heap, Context& context)
    : heap_(heap), context_(context), snapshots_(context.snapshots.size()) {
  context.arena.exchange(heap.contents_);
  if (!std::exchange(heap.begun_, true)) context.arena.use(heap.options_);
  mark_ = context.arena.mark();
}

LastingHeap::Callback::~Callback() {
  for (; context_.snapshots.size() > snapshots_; context_.snapshots.pop_back()) context_.snapshots.back()->roll_back(context_);
  context_.arena.release_all(mark_);
  context_.arena.exchange(heap_.contents_);
}

void LastingHeap::Callback::keep() {
  mark_ = context_.arena.mark();
}

void LastingHeap::Callback::keep_only(std::span<uint64_t> addresses) {
  context_.arena.sweep({}, addresses);
  keep();
}

}  // namespace px::runtime
