// Threaded code of one specialisation.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "jit/flow/nest.h"
#include "jit/function.h"
#include "jit/interp/handler.h"
#include "jit/interp/interp.h"
#include "jit/typed/typed.h"

namespace px::jit::interp {

// Slots are numbered by 16-bit lanes.
constexpr uint32_t max_frame_slots = 65536 - 64;

// Where one of the statements of an instruction comes from.
struct Origin {
  int32_t line;
  bool unsigned_index;  // its indices are unsigned: for the message
};
// The origins of an instruction's parts.
struct Origins {
  uint32_t offset;  // its first word
  uint32_t first;   // into Program::parts
};

// A loop, as on-stack replacement sees it. All but `move` is set by the assembler.
struct ProgramLoop {
  flow::BlockIndex header;
  uint32_t outer;        // index of the loop around it, or flow::no_loop
  uint32_t outermost;    // index of the loop around it that no loop is around
  typed::Slot iterator;  // flow/nest.h
  bool unit;
  uint32_t offset = 0;   // of the header's first word
  uint64_t handler = 0;  // of the instruction there
  // Baseline code that goes on with a frame at the start of the header; null before it arrives. Stored with release by `publish_move`,
  // which then puts `move_frame` in the handler's place; loaded with acquire by that, inside (native/reclaim.h).
  mutable std::atomic<MoveEntry> move{nullptr};
  mutable std::atomic<bool> asked{false};  // for `move`; any thread, relaxed
};
constexpr uint32_t no_handler = UINT32_MAX;
// Where a block begins.
struct BlockStart {
  uint32_t offset;  // its first word
  flow::BlockIndex block;
  uint32_t loop;                  // the innermost one, or flow::no_loop
  uint32_t handler = no_handler;  // the first word of the block where exceptions of this one go; no_handler: out of the function
};

class Program {
 public:
  Specialisation* owner;
  const typed::Function* function;
  mutable std::vector<uint64_t> code;  // empty where the function has too many slots to be interpreted
  std::vector<Origins> origins;        // ascending
  std::vector<Origin> parts;
  std::vector<typed::Constant> constants;
  uint32_t constants_first = 0;            // where they are one run of slots:
  std::vector<uint64_t> constants_in_row;  // their values
  uint32_t frame_slots;
  uint32_t parameter_slots;
  std::vector<BlockStart> starts;  // ascending
  std::unique_ptr<ProgramLoop[]> loops;
  uint32_t loop_count = 0;
#ifdef PX_INTERP_PROFILE
  mutable std::vector<uint64_t> hits;  // by word: how often the instruction there has run
#endif

  // The origin of a part of the instruction that the word at `pc` belongs to.
  const Origin& origin(const uint64_t* pc, int part = 0) const;
  // The block that the word at `pc` belongs to.
  const BlockStart& start_of(const uint64_t* pc) const;
  // The loop whose header begins at `pc`, or null.
  const ProgramLoop* header_at(const uint64_t* pc) const;
  // The loop with this header, or null.
  const ProgramLoop* loop_with(flow::BlockIndex header) const;
};

}  // namespace px::jit::interp
