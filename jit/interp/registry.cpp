#include "jit/interp/registry.h"

#include <cassert>

namespace px::jit::interp {

const Registry& Registry::instance() {
  static const Registry registry = [] {
    Registry r;
    add_arithmetic(r);
    add_memory(r);
    add_control(r);
    add_fused_float(r);
    add_fused_integer(r);
    add_fused_memory(r);
    add_fused_loops(r);
    add_fused_programs(r);
    assert(r.size() <= capacity / 2);
    return r;
  }();
  return registry;
}

}  // namespace px::jit::interp
