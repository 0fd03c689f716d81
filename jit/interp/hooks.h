// What tiering plugs into the interpreter.
#pragma once

#include <atomic>

namespace px::jit {
class Specialisation;
}

namespace px::jit::interp {

// Called at a safepoint, after `profile.back_edges` of the specialisation has grown: on the thread that runs it, between two
// instructions, at most once in 4096 back-edges and calls. Must be quick and must not run px code.
using SafepointHook = void (*)(Specialisation&);

// Null while nobody listens. Written by who sets tiering up (release), read by running code (acquire).
std::atomic<SafepointHook>& safepoint_hook();

}  // namespace px::jit::interp
