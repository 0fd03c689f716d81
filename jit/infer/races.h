// PX_CHECK=races: before each access to an array's element, code says what it touches; two contexts of one run that touch one element, one
// of them writing, are an error that names both lines. Off, nothing is emitted and nothing is paid.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "jit/infer/lowering.h"

namespace px::jit {

// Set once at import, before anything is inferred; read by any thread (relaxed).
std::atomic<bool>& race_check();

// Emits the check of an element access (`access`: its index in the function's table), or of all elements of an array.
void emit_race_check(Lowering&, const typed::Access& access, bool writes);
void emit_race_check(Lowering&, const Type* array, typed::Slot slots, bool writes);
// The same of what index arrays select: `selection` is what fancy_get begins with (builtins/fancy.h).
void emit_race_check(Lowering&, const std::vector<typed::Slot>& selection, bool writes);
// A call of a px function that stands for one of NumPy's (library.h): errors name the line of the call, not that function's own.
void emit_race_origin(Lowering&, const Function& callee);

// What has been touched so far is forgotten: a new run begins. Main thread.
void forget_touched();
// A number for a context, never 0. Any thread.
uint64_t next_context_number();
// The context submits a child, whose number this is: what the context has done so far comes before what the child does, what it does from
// now on does not. Or it has waited for one that ended as number `child`: what that has done comes before what the context does from now
// on.
uint64_t fork_number(runtime::Context&);
void join_number(runtime::Context&, uint64_t child);

}  // namespace px::jit
