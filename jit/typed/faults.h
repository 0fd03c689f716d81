// The exceptions that operators raise by themselves, with the messages that every tier gives them. Numba's code has them from
// python/px/service; an index out of bounds has numbers in its message (native/helpers.h).
#pragma once

#include "runtime/exception.h"

namespace px::jit::typed {

struct Fault {
  runtime::ExcKind kind;
  const char* message;
};

inline constexpr Fault zero_division{runtime::ExcKind::ZeroDivisionError, "division by zero"};
inline constexpr Fault negative_shift{runtime::ExcKind::ValueError, "negative shift count"};
inline constexpr Fault wide_shift{runtime::ExcKind::ValueError, "shift count out of range"};
inline constexpr Fault zero_step{runtime::ExcKind::ValueError, "range() arg 3 must not be zero"};
// As CPython's, it starts at the call that goes too deep: the callee has no frame yet.
inline constexpr Fault recursion{runtime::ExcKind::RecursionError, "maximum recursion depth exceeded"};

}  // namespace px::jit::typed
