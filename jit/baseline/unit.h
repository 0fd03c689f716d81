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

struct Unit {
  std::vector<UnitFunction> functions;  // the root first; a call of any other specialisation goes through its entry pointer
  std::vector<Move> moves;
  // Only the root gets an entry: a callee that is inlined everywhere is generated no second time, which is up to half of the work.
  bool root_only = false;

  // The function of this specialisation, or -1.
  int find(const Specialisation* spec) const {
    for (size_t i = 0; i < functions.size(); ++i)
      if (functions[i].spec == spec) return static_cast<int>(i);
    return -1;
  }
};

// A specialisation asked for, and the frames of it and of its callees that wait to move.
struct Request {
  struct Frame {
    Specialisation* spec;
    flow::BlockIndex block;
  };
  Specialisation* root;
  std::vector<Frame> frames;
};

// The root and everything that it calls, directly or not, as long as they are at most `limit` instructions together; callees beyond it
// stay outside. Any thread.
Unit build_unit(const Request&, size_t limit);

}  // namespace px::jit::baseline
