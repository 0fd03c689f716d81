// What the types alone decide: a constant for who looks at it, and a value for who does not.
#pragma once

#include "jit/builtins/builtin.h"
#include "jit/infer/emitter.h"

namespace px::jit {

inline Resolution known(bool value) {
  return {.result = types::boolean(),
          .literal = Constant{value},
          .parameters = {},
          .lower = [value](Emitter& e, std::span<const typed::Slot>, typed::Slot d) { e.move(d, e.constant(value, types::boolean()), 1); },
          .advice = {}};
}

}  // namespace px::jit
