// Inference over the call graph: callees first; specialisations that call each other in a cycle are inferred again until the results
// of all of them stand (strongly connected components, found as in Tarjan's algorithm).
#pragma once

#include <mutex>

#include "jit/function.h"

namespace px::jit {

// Held by whoever infers: one at a time in the process. Recursive, since a callee is inferred inside its caller's inference.
std::recursive_mutex& inference_lock();

// Infers `spec` and everything it calls, lowers and assembles what is complete, and marks it ready. Inside another inference, a
// specialisation of an open cycle stays unready: its `result` is what is known so far, or null. False with `error` if it cannot be typed.
bool infer(Specialisation& spec, CompileError& error);

}  // namespace px::jit
