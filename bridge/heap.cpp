#include "bridge/heap.h"

#include <map>
#include <utility>

namespace px::bridge {
namespace {

thread_local HeapChoice chosen;
constinit thread_local const runtime::HeapOptions* options = nullptr;

}  // namespace

HeapChoice set_heap(const HeapChoice& choice) {
  // Kept for ever: contexts know their heap by its address. A program has few of them.
  static auto& all = *new std::map<HeapChoice::value_type, runtime::HeapOptions>;
  options = nullptr;
  if (choice) {
    auto& made = all[*choice];
    const auto& [huge, limit, reuse] = *choice;
    made = {huge ? runtime::PageSize::huge : runtime::PageSize::small, limit, reuse};
    options = &made;
  }
  return std::exchange(chosen, choice);
}

const runtime::HeapOptions* current_heap() {
  return options;
}

}  // namespace px::bridge
