#include "jit/builtins/heap.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "jit/builtins/list.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

namespace {

enum class HeapOp : uint8_t { heapify, push, pop, replace, pushpop };

// A list kept so that no item is less than that at half its place. Items are moved as heapq moves them: the lists look the same afterwards.
class Heap {
 public:
  Heap(ListHeader& list, size_t width, const uint64_t* order) : list_(list), width_(width), order_(order) {}

  int64_t size() const { return list_.size; }
  uint64_t* at(int64_t k) const { return list_.items + static_cast<size_t>(k) * width_; }
  bool less(const uint64_t* a, const uint64_t* b) const { return compare_items(a, b, order_, static_cast<int64_t>(width_)) < 0; }
  void set(int64_t k, const uint64_t* item) const { std::memmove(at(k), item, width_ * 8); }

  // The item at `k`, whose parents may be larger, goes up.
  void rise(int64_t k, int64_t top) const {
    std::vector<uint64_t> item(at(k), at(k) + width_);
    for (int64_t parent = 0; k > top && less(item.data(), at(parent = (k - 1) / 2)); k = parent) set(k, at(parent));
    set(k, item.data());
  }
  // The item at `k`, whose children may be smaller: these go up along the way of the smaller ones, down to a leaf, and the item up from
  // there.
  void sink(int64_t k) const {
    std::vector<uint64_t> item(at(k), at(k) + width_);
    int64_t top = k;
    for (int64_t child = 2 * k + 1; child < size(); child = 2 * k + 1) {
      if (child + 1 < size() && !less(at(child), at(child + 1))) ++child;
      set(k, at(child));
      k = child;
    }
    set(k, item.data());
    rise(k, top);
  }

 private:
  ListHeader& list_;
  size_t width_;
  const uint64_t* order_;
};

// Arguments: the list, the width, which operation, how each slot compares, the item's slots. Result: an item.
int32_t heap_operation(const uint64_t* x, uint64_t* result) {
  auto& list = *reinterpret_cast<ListHeader*>(x[0]);
  size_t width = x[1];
  auto what = static_cast<HeapOp>(x[2]);
  const uint64_t *order = x + 3, *item = order + width;
  Heap heap(list, width, order);
  auto copy = [&](const uint64_t* from) { std::copy_n(from, width, result); };
  switch (what) {
    case HeapOp::heapify:
      for (int64_t k = heap.size() / 2; k-- > 0;) heap.sink(k);
      return 0;
    case HeapOp::push: {
      std::vector<uint64_t> call = {x[0], x[1]};
      call.insert(call.end(), item, item + width);
      uint64_t nothing = 0;
      if (int32_t failed = list_append(call.data(), &nothing)) return failed;
      heap.rise(heap.size() - 1, 0);
      return 0;
    }
    case HeapOp::pop: {
      if (heap.size() == 0) return runtime::Context::current()->exc.set(runtime::ExcKind::IndexError, "pop from empty list"), 1;
      copy(heap.at(0));
      heap.set(0, heap.at(heap.size() - 1));
      if (--list.size > 0) heap.sink(0);
      return 0;
    }
    case HeapOp::replace:
      if (heap.size() == 0) return runtime::Context::current()->exc.set(runtime::ExcKind::IndexError, "list index out of range"), 1;
      break;
    case HeapOp::pushpop:
      if (heap.size() == 0 || !heap.less(heap.at(0), item)) return copy(item), 0;
      break;
  }
  std::vector<uint64_t> put(item, item + width);
  copy(heap.at(0));
  heap.set(0, put.data());
  heap.sink(0);
  return 0;
}

constexpr HeapOp operations[] = {HeapOp::heapify, HeapOp::push, HeapOp::pop, HeapOp::replace, HeapOp::pushpop};

Resolution resolve(std::span<const Argument> arguments, const Builtin& self) {
  auto what = *static_cast<const HeapOp*>(self.data);
  auto* list = arguments[0].type;
  if (!list->is_list() || list->elements.empty()) return {.advice = "a heap is a list"};
  auto* item = list->elements[0];
  auto order = order_of(item);
  if (order.empty()) return {.advice = "heaps hold numbers, or tuples of numbers"};
  bool gives = what == HeapOp::pop || what == HeapOp::replace || what == HeapOp::pushpop;
  std::vector<const Type*> parameters = {list};
  if (arguments.size() > 1) {
    if (conversion(arguments[1].type, item) == Conversion::impossible) return {};
    parameters.push_back(item);
  }
  return {.result = gives ? item : types::none(),
          .literal = {},
          .parameters = std::move(parameters),
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> rest = {e.int_constant(static_cast<int>(what))};
                for (int64_t o : order) rest.push_back(e.int_constant(o));
                if (a.size() > 1)
                  for (Slot s : slots_of(a[1], item->slots)) rest.push_back(s);
                call_list(e, "px_heap", heap_operation, a[0], list, std::move(rest), gives ? d : typed::no_slot, item->slots);
              },
          .advice = {}};
}

const Builtin table[] = {
    {"heapq.heapify", resolve, "makes a heap of a list", "", {}, 0, &operations[0], 1, 1},
    {"heapq.heappush", resolve, "puts an item into a heap", "", {}, 0, &operations[1], 2, 2},
    {"heapq.heappop", resolve, "takes the smallest item out of a heap", "", {}, 0, &operations[2], 1, 1},
    {"heapq.heapreplace", resolve, "takes the smallest item out, then puts one in", "", {}, 0, &operations[3], 2, 2},
    {"heapq.heappushpop", resolve, "puts an item in, then takes the smallest out", "", {}, 0, &operations[4], 2, 2},
};

}  // namespace

std::span<const Builtin> heap_builtins() {
  return table;
}

}  // namespace px::jit
