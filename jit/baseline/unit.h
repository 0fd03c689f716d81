// What the baseline compiler translates at once: a specialisation and the functions that it calls, as plain data.
//
// A unit is built on the compile thread (unit.cpp) and read by the generator, which lives in another shared object (px_codegen) and so
// uses nothing of px but the data in headers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jit/flow/flow.h"
#include "jit/function.h"

namespace px::jit::baseline {

struct UnitFunction {
  Specialisation* spec;  // alive as long as the process (function.h)
  flow::Flow flow;       // the one that the interpreter's program was made of; liveness is filled in
  bool recursive;        // in a cycle of the call graph: checks the machine stack's limit at entry
};

// Where an interpreted frame can go on in baseline code: at the start of a block that is the target of a back-edge.
struct Move {
  uint32_t function;  // index into Unit::functions
  flow::BlockIndex block;
};

// Which functions of a unit can be called from outside it. Each entry is code of its own where callees are inlined.
enum class Entries : uint8_t {
  none,  // moves alone: a frame that waits is all that is known to need code
  root,
  all,
};

struct Unit {
  std::vector<UnitFunction> functions;  // the root first; a call of any other specialisation goes through its entry pointer
  std::vector<Move> moves;
  Entries entries = Entries::all;
  std::span<const void* const> odd_functions;  // mathlib.h

  // The function of this specialisation, or -1.
  int find(const Specialisation* spec) const {
    for (size_t i = 0; i < functions.size(); ++i)
      if (functions[i].spec == spec) return static_cast<int>(i);
    return -1;
  }
};

// What is asked for at once.
struct Request {
  struct Frame {
    Specialisation* spec;
    flow::BlockIndex block;
  };
  Specialisation* root;       // what was called from outside
  std::vector<Frame> frames;  // of it and of its callees, that wait to move
  bool entry = false;         // whether calls of the root are to run baseline code
};

// The root if it is to have an entry, the functions whose frames wait, and everything that these call, directly or not, as long as they are
// at most `limit` instructions together; callees beyond it stay outside. Any thread.
Unit build_unit(const Request&, size_t limit);

}  // namespace px::jit::baseline
