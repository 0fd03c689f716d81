// px's own functions that compiled code calls: exceptions and the stack's limit. Plain C, called on any thread inside a context.
#pragma once

#include <cstdint>

extern "C" {
// An exception starts at `site`; `args` are the slots of its arguments, null if there are none.
void px_raise(const void* sites, int32_t site, const uint64_t* args);
// IndexError with NumPy's message.
void px_raise_index(const void* sites, int32_t site, int64_t index, int64_t axis, int64_t size);
// An exception passes a call at `site`.
void px_trace(const void* sites, int32_t site);
// Nonzero when a recursive function should raise RecursionError instead of going on.
int32_t px_stack_low(void);
}
