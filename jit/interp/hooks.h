// What tiering plugs into the interpreter.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/interp/program.h"

namespace px::jit::interp {

// Where a safepoint was passed. In the interpreter: the frame, and the instruction that is next, at the start of a block. In baseline code
// all four are null.
struct Safepoint {
  Specialisation* owner = nullptr;
  const Program* program = nullptr;
  const uint64_t* pc = nullptr;
  const uint64_t* frame = nullptr;
};

// How many back-edges and calls later the next safepoint is, unless a hook says otherwise.
constexpr int64_t safepoint_interval = 4096;

// Called at a safepoint, after `profile.back_edges` of the specialisation has grown: on the thread that runs it, between two
// instructions, at most once in `safepoint_interval` back-edges and calls or as often as it asked for. Must be quick and must not run px
// code. Returns the number of back-edges and calls up to the next one, at least 1.
using SafepointHook = int64_t (*)(const Safepoint&);

// Null while nobody listens. Written by who sets tiering up (release), read by running code (acquire).
std::atomic<SafepointHook>& safepoint_hook();

// Back-edges and calls up to the first safepoint of each run: `safepoint_interval`, or less in tests. Relaxed: it guards no data.
std::atomic<int64_t>& first_safepoint();

// The frames of one run of the interpreter, innermost first: `visit(program, frame, pc)`, where pc is the next instruction of the first and
// lies behind the call in the others.
template <class Visit>
void for_each_frame(const Safepoint& at, Visit visit) {
  const uint64_t *frame = at.frame, *pc = at.pc;
  while (frame != nullptr) {
    visit(*reinterpret_cast<const Program*>(frame[frame_program]), frame, pc);
    pc = reinterpret_cast<const uint64_t*>(frame[frame_return]);
    frame = reinterpret_cast<const uint64_t*>(frame[frame_caller]);
  }
}

}  // namespace px::jit::interp
