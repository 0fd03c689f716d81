// All handlers by the key of their shape.
#pragma once

#include <cstddef>
#include <memory>

#include "jit/interp/handler.h"
#include "jit/interp/shape.h"

namespace px::jit::interp {

class Registry {
 public:
  // Made on first use; never changes after that. Any thread.
  static const Registry& instance();

  Handler* find(Key key) const {
    const Slot& entry = entries_[place(key)];
    return entry.handler;
  }
  size_t size() const { return size_; }

  template <class H>
  void add() {
    put(H::key, &H::handle);
  }
  // The first handler of a key stays.
  void put(Key key, Handler* handler) {
    Slot& entry = entries_[place(key)];
    if (entry.handler) return;
    entry = {key, handler};
    ++size_;
  }

 private:
  // Filled while the first function waits for it: an open table, since a node for each of some 3,700 handlers took 0.3 ms.
  static constexpr size_t capacity = 8192;  // a power of two, at most half full
  struct Slot {
    Key key;
    Handler* handler;  // null: free
  };

  size_t place(Key key) const {
    size_t i = key % capacity;
    while (entries_[i].handler && entries_[i].key != key) i = (i + 1) % capacity;
    return i;
  }

  std::unique_ptr<Slot[]> entries_ = std::make_unique<Slot[]>(capacity);
  size_t size_ = 0;
};

// The parts of the table, one a file.
void add_arithmetic(Registry&);
void add_memory(Registry&);
void add_control(Registry&);
void add_fused_float(Registry&);
void add_fused_integer(Registry&);
void add_fused_memory(Registry&);
void add_fused_loops(Registry&);
void add_fused_programs(Registry&);

// Handlers written out by hand, found by these keys.
enum class Special : uint32_t {
  move2,
  move_n,
  range_init,
  range_next,
  range_back,
  ret0,
  ret_n,
  call,
  runtime,
  raise,
  load_n,
  store_n,
  unit_init,
};
constexpr Key key_special(Special special, uint32_t detail = 0) {
  return key_node(Tag::nothing, 2 + static_cast<uint32_t>(special), detail);
}

}  // namespace px::jit::interp
