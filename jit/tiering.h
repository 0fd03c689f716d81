// When native code is asked for.
//
// A specialisation that is called from outside px asks the disk cache at once, and the compile service once it has proved to be worth
// it: after a few milliseconds of interpreted work, counted in back-edges. Nobody waits for an answer.
#pragma once

#include "jit/function.h"

namespace px::jit {

enum class TierPolicy : uint8_t { automatic, interpreter, native };

// Set at import (PX_TIER) and by tests; any thread reads. Relaxed: it guards no data.
void set_tier_policy(TierPolicy);
TierPolicy tier_policy();

// Listens at the interpreter's safepoints from now on. Once, at import.
void start_tiering();

// While it lives, what the calling thread interprets counts as `spec`'s work. jit::call makes one.
class OutermostCall {
 public:
  explicit OutermostCall(Specialisation& spec);
  ~OutermostCall();
  OutermostCall(const OutermostCall&) = delete;
  OutermostCall& operator=(const OutermostCall&) = delete;

 private:
  Specialisation* before_;
};

// `spec` is about to be called from outside px code. Cheap once native code is there or has been asked for. Any thread.
void on_entry(Specialisation& spec);

}  // namespace px::jit
