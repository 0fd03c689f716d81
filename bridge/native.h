// Demanding native code: PX_TIER=native, compile-ahead and `wait_compiled`.
#pragma once

#include "jit/function.h"

namespace px::bridge {

// Waits until no compile is pending, `seconds` at most (negative: for ever), the GIL released; signals are handled meanwhile.
// 1: idle, 0: out of time, -1: a Python exception is set.
int wait_idle(double seconds);

}  // namespace px::bridge
