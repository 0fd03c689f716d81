// px's own functions that compiled code calls: exceptions and the stack's limit. Plain C, called on any thread inside a context.
#pragma once

#include <cstdint>

extern "C" {
// An exception starts at `site`; `args` are the slots of its arguments, null if there are none.
void px_raise(const void* sites, int32_t site, const uint64_t* args);
// IndexError with NumPy's message.
void px_raise_index(const void* sites, int32_t site, int64_t index, int64_t axis, int64_t size);
// The same for an index that is unsigned.
void px_raise_index_unsigned(const void* sites, int32_t site, uint64_t index, int64_t axis, int64_t size);
// An exception passes a call at `site`.
void px_trace(const void* sites, int32_t site);
// A handler keeps the exception that it was entered with; `slot` is zero, or what an earlier call left there. Where memory is out, that is
// the exception.
void px_exception_keep(uint64_t* slot);
// The exception is again what was kept.
void px_exception_again(const uint64_t* slot);
// Lists that cross the boundary (jit/builtins/list.h). A new one of `size` items that are not written yet; null with MemoryError set.
void* px_list_make(int64_t size, int64_t width);
// Gives a list another size. Where its items are to be written; null with MemoryError set.
uint64_t* px_list_resize(void* list, int64_t size, int64_t width);

// Nonzero when a recursive function should raise RecursionError instead of going on.
int32_t px_stack_low(void);
// Calls a specialisation (px::jit::Specialisation*) by its best tier. 0, or 1 with the exception in the context.
int32_t px_call(void* specialisation, const uint64_t* args, uint64_t* ret);
}
