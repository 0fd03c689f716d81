// The poll of compiled loops, behind a door that keeps every register.
#pragma once

#include <cstdint>

extern "C" {
// A back-edge of baseline code that has gone round many times: px_poll_interval of them, or one of a loop with loops in it. Listeners of
// the interpreter's safepoints (interp/hooks.h) hear of it. 0, or 1 with KeyboardInterrupt in the context when the callback is to end.
// Any thread inside a context.
int32_t px_poll(void);
}

namespace px::jit::native {

// What compiled code calls as px_poll, by LLVM's convention preserve_all on x86-64: all registers but r11 and the result's stay as they
// were, so that a poll costs its loop no register, and the register allocator no thought (splitting live ranges around the polls of a
// loop nest took a quarter of the time to generate code). Elsewhere it is px_poll.
using Poll = int32_t (*)();
Poll poll_entry();

}  // namespace px::jit::native

// Iterations of an innermost loop between two polls: some 0.1 ms.
constexpr int64_t px_poll_interval = 65536;
