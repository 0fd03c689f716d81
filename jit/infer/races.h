// PX_CHECK=races: before each access to an array's element, code says what it touches; two contexts of one run that touch one element, one
// of them writing, are an error that names both lines. Off, nothing is emitted and nothing is paid.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/infer/lowering.h"

namespace px::jit {

// Set once at import, before anything is inferred; read by any thread (relaxed).
std::atomic<bool>& race_check();

// Emits the check of an element access (`access`: its index in the function's table), or of all elements of a view.
void emit_race_check(Lowering&, const typed::Access& access, bool writes);
void emit_race_check(Lowering&, const Type* view, typed::Slot slots);

// What has been touched so far is forgotten: a new run begins. Main thread.
void forget_touched();
// A number for a context, never 0. Any thread.
uint64_t next_context_number();

}  // namespace px::jit
