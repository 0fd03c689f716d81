// Handlers: one function an instruction shape. Each ends in a tail call of the next instruction's handler, so that the program
// counter, the frame, the fuel and the state stay in registers throughout and no handler has a frame of its own to set up.
//
// An instruction is a run of 8-byte words: the handler's address, then 16-bit lanes (slot numbers, four a word), then, where it jumps, a
// 32-bit offset in words from the instruction's start.
#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/context.h"

namespace px::jit::interp {

class Program;

// Before a frame's slots lie four words: where its result goes, the instruction to return to, the caller's frame, its program.
enum FrameWord : int { frame_result = -4, frame_return = -3, frame_caller = -2, frame_program = -1 };
constexpr uint32_t frame_header = 4;

// What went wrong in an expression; turned into an exception off the fast path.
enum class Fault : uint8_t { none, zero_division, negative_shift, wide_shift, index, zero_step, passed_on };

// One run of the interpreter; lives on the machine stack of `run`.
struct State {
  runtime::Context* context;
  uint64_t* frames_end;
  bool moves;            // frames may go on in baseline code: not where the interpreter is forced
  uint64_t moved_ticks;  // spent in baseline code after moves
  int64_t fuel_tank;     // what the fuel was when it was last filled
  int64_t fuel_left;     // when the run ends
  Fault fault = Fault::none;
  int part = 0;  // of the instruction: which of its statements failed
  int axis = 0;  // Fault::index: where, and what the program asked for
  int64_t index = 0, size = 0;
};

// `fuel` counts down to the next safepoint. All four are pinned to registers that C functions preserve.
#define PX_HANDLER_PARAMETERS const uint64_t *pc, uint64_t *fp, int64_t fuel, State *state
#define PX_HANDLER_ARGUMENTS pc, fp, fuel, state
#define PX_STATEMENT_ARGUMENTS pc, fp, state, failed
typedef int32_t Handler(PX_HANDLER_PARAMETERS) __attribute__((preserve_none));
#define PX_HANDLER __attribute__((noinline, preserve_none)) int32_t
#define PX_INLINE [[gnu::always_inline]] inline
#define PX_TAIL [[clang::musttail]] return

// Not a fast path: raise what `state->fault` says; poll for a stop and go on at pc.
__attribute__((preserve_none)) int32_t raise_fault(PX_HANDLER_PARAMETERS);
__attribute__((preserve_none)) int32_t safepoint(PX_HANDLER_PARAMETERS);
// Stands in for the first instruction of a loop's header while there is baseline code to go on in.
__attribute__((preserve_none)) int32_t move_frame(PX_HANDLER_PARAMETERS);

#ifdef PX_INTERP_PROFILE
void profile_step(const uint64_t* pc, uint64_t* fp);
#define PX_PROFILE_STEP profile_step(pc, fp);
#else
#define PX_PROFILE_STEP
#endif

// The handler of the instruction at pc. A loop's first instruction may get another one while it runs (`publish_move`); both are right.
inline Handler* handler_at(const uint64_t* pc) {
  return reinterpret_cast<Handler*>(__atomic_load_n(pc, __ATOMIC_RELAXED));
}

// Go on at pc.
#define PX_DISPATCH \
  PX_PROFILE_STEP   \
  PX_TAIL handler_at(pc)(PX_HANDLER_ARGUMENTS)

// Go on at pc after a jump backwards.
#define PX_DISPATCH_BACK                     \
  if (--fuel < 0) [[unlikely]]               \
    PX_TAIL safepoint(PX_HANDLER_ARGUMENTS); \
  PX_DISPATCH

inline uint16_t read_lane(const uint64_t* pc, int lane) {
  uint16_t value;
  std::memcpy(&value, reinterpret_cast<const char*>(pc + 1) + 2 * lane, sizeof value);
  return value;
}
inline int32_t read_offset(const uint64_t* pc, int lane) {
  int32_t value;
  std::memcpy(&value, reinterpret_cast<const char*>(pc + 1) + 2 * lane, sizeof value);
  return value;
}
template <class P>
inline P read_pointer(const uint64_t* pc, int lane) {
  P value;
  std::memcpy(&value, reinterpret_cast<const char*>(pc + 1) + 2 * lane, sizeof value);
  return value;
}
constexpr int words_for(int lanes) {
  return 1 + (lanes + 3) / 4;
}

inline void fail(State* state, bool& failed, Fault fault) {
  state->fault = fault;
  failed = true;
}

}  // namespace px::jit::interp
