#include "bridge/heap.h"

#include <map>

namespace px::bridge {
namespace {

thread_local HeapChoice chosen;
constinit thread_local const runtime::HeapOptions* options = nullptr;

}  // namespace

HeapChoice set_heap(const HeapChoice& choice) {
  // Kept for ever: contexts know their heap by its address. A program has few of them.
  static auto& all = *new std::map<std::pair<bool, size_t>, runtime::HeapOptions>;
  options = nullptr;
  if (choice) {
    auto& made = all[*choice];
    made = {choice->first ? runtime::PageSize::huge : runtime::PageSize::small, choice->second};
    options = &made;
  }
  return std::exchange(chosen, choice);
}

const runtime::HeapOptions* current_heap() {
  return options;
}

}  // namespace px::bridge
