// What a callback does beside computing: calls for the main thread (px.call_from_main_thread), snapshots. Child contexts: children.h.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/builtins/builtin.h"
#include "runtime/context.h"

namespace px::jit {

// Takes a call for the main thread: the Python object, the type of its arguments (a tuple) and their slots. Set once at import; any thread.
using MainCallSink = void (*)(uint64_t function, const Type* arguments, const uint64_t* slots);
std::atomic<MainCallSink>& main_call_sink();

// Whether a value is made of numbers, booleans and None alone: such may leave their context.
bool consists_of_numbers(const Type*);
// Whether some array in a value of this type lies in the context's own heap; `slots` is moved on past the value.
bool holds_own_memory(const runtime::Context&, const Type*, const uint64_t*& slots);

}  // namespace px::jit
