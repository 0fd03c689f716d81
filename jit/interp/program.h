// Threaded code of one specialisation.
#pragma once

#include <string>
#include <vector>

#include "jit/function.h"
#include "jit/interp/interp.h"
#include "jit/typed/typed.h"

namespace px::jit::interp {

// Before a frame's slots lie four words: where its result goes, the instruction to return to, the caller's frame, its program.
enum FrameWord : int { frame_result = -4, frame_return = -3, frame_caller = -2, frame_program = -1 };
constexpr uint32_t frame_header = 4;
// Slots are numbered by 16-bit lanes.
constexpr uint32_t max_frame_slots = 65536 - 64;

// Where an instruction comes from: the source line of what may fail in it.
struct Origin {
  uint32_t offset;  // its first word
  int32_t line;
  bool unsigned_index;  // its indices are unsigned: for the message
};

class Program {
 public:
  Specialisation* owner;
  const typed::Function* function;
  std::vector<uint64_t> code;   // empty where the function has too many slots to be interpreted
  std::vector<Origin> origins;  // ascending
  std::vector<typed::Constant> constants;
  uint32_t constants_first = 0;            // where they are one run of slots:
  std::vector<uint64_t> constants_in_row;  // their values
  uint32_t frame_slots;
  uint32_t parameter_slots;

  // The origin of the instruction that the word at `pc` belongs to.
  const Origin& origin(const uint64_t* pc) const;
};

}  // namespace px::jit::interp
