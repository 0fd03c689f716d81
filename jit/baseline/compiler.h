// The seam between tiering and whatever makes baseline code: the compile thread in earnest, a stub in tests.
#pragma once

#include <atomic>

#include "jit/baseline/unit.h"

namespace px::jit::baseline {

class Compiler {
 public:
  virtual ~Compiler() = default;
  // Asks for code for the root's calls and for the frames. Never blocks, any thread. What is asked for has been marked by the caller
  // (Specialisation::baseline_state, ProgramLoop::asked), so that it is asked for once.
  virtual void request(Request) = 0;
  // Something will probably be asked for: gets LLVM ready meanwhile, once. Never blocks, any thread.
  virtual void prepare() {}
  // True when nothing is pending; waits up to `seconds` (negative: for ever).
  virtual bool wait_idle(double seconds) = 0;
};

// The process's compiler, null while there is none. Set by the bridge at import and by tests; read with acquire.
std::atomic<Compiler*>& compiler();

}  // namespace px::jit::baseline
