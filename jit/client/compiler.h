// The seam between tiering and whatever makes native code: the compile client in earnest, a stub in tests.
#pragma once

#include <atomic>
#include <cstdint>

namespace px::jit {

class Specialisation;

class Compiler {
 public:
  virtual ~Compiler() = default;
  // Asks for native code. Never blocks, any thread, at most once a specialisation matters. `hot`: worth starting the service for;
  // otherwise the disk cache alone is asked.
  virtual void request(Specialisation&, bool hot) = 0;
  // Waits until the disk cache has said yes (the code is linked then) or no for a specialisation that was asked for; `seconds` at most.
  virtual void wait_cache(Specialisation&, double seconds) { (void)seconds; }
  // True when nothing is pending; waits up to `seconds` (negative: for ever).
  virtual bool wait_idle(double seconds) = 0;
};

// The process's compiler, null while there is none. Set by the bridge at import and by tests; read with acquire.
std::atomic<Compiler*>& compiler();

}  // namespace px::jit
