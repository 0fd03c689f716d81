// All handlers by the key of their shape.
#pragma once

#include <unordered_map>

#include "jit/interp/handler.h"
#include "jit/interp/shape.h"

namespace px::jit::interp {

class Registry {
 public:
  // Made on first use; never changes after that. Any thread.
  static const Registry& instance();

  Handler* find(Key key) const {
    auto found = handlers_.find(key);
    return found == handlers_.end() ? nullptr : found->second;
  }
  size_t size() const { return handlers_.size(); }

  template <class H>
  void add() {
    put(H::key, &H::handle);
  }
  void put(Key key, Handler* handler) { handlers_.emplace(key, handler); }

 private:
  std::unordered_map<Key, Handler*> handlers_;
};

// The parts of the table, one a file.
void add_arithmetic(Registry&);
void add_memory(Registry&);
void add_control(Registry&);
void add_fused_float(Registry&);
void add_fused_integer(Registry&);
void add_fused_memory(Registry&);
void add_fused_loops(Registry&);

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
