// Which tier runs a specialisation, and when the next one is asked for.
//
// A call from outside px asks the disk cache for Numba's code at once. Work that goes on asks the baseline compiler as soon as what is
// expected to be left of it is more than compiling would take, and the compile service when it is more than its answer would take. What is
// left is never known; the forecast is the larger of two: as much again as there has been, and what the outermost range loop that is
// running has still to do at the rate so far. Nobody waits for an answer.
#pragma once

#include <atomic>

#include "jit/function.h"

namespace px::jit {

namespace interp {
struct ProgramLoop;
struct Safepoint;
}  // namespace interp

// `baseline` and `native` force a tier: calls from outside wait for its code. `moves` is for tests: calls begin in the interpreter, and
// every frame goes on in baseline code at the first safepoint at a loop's header (interp::first_safepoint), which waits for the code.
enum class TierPolicy : uint8_t { automatic, interpreter, baseline, native, moves };

namespace detail {
extern std::atomic<TierPolicy> policy;
}
// Set at import (PX_TIER) and by tests, while nothing runs; any thread reads. Relaxed: it guards no data.
void set_tier_policy(TierPolicy);
inline TierPolicy tier_policy() {
  return detail::policy.load(std::memory_order_relaxed);
}

// The code that a call runs; null: the interpreter. The caller is inside (native/reclaim.h).
inline Entry chosen_entry(const Specialisation& spec) {
  switch (tier_policy()) {
    [[likely]] case TierPolicy::automatic:
      return spec.native.load(std::memory_order_acquire);
    case TierPolicy::baseline:
      return spec.baseline.load(std::memory_order_acquire);
    case TierPolicy::native: {
      Entry entry = spec.native.load(std::memory_order_acquire);
      return spec.tier.load(std::memory_order_relaxed) == Tier::numba ? entry : nullptr;
    }
    case TierPolicy::interpreter:
    case TierPolicy::moves:
      break;
  }
  return nullptr;
}
// Whose code that is, for statistics.
inline Tier chosen_tier(const Specialisation& spec) {
  return tier_policy() == TierPolicy::baseline ? Tier::baseline : spec.tier.load(std::memory_order_relaxed);
}

// Whether calls from outside wait for native code.
inline bool forces_native() {
  return tier_policy() == TierPolicy::baseline || tier_policy() == TierPolicy::native;
}

// Listens at safepoints from now on. Once, at import.
void start_tiering();

// While it lives, what the calling thread runs counts as `spec`'s work. jit::interpret makes one, and so does whoever calls native code
// that may take long.
class OutermostCall {
 public:
  explicit OutermostCall(Specialisation& spec);
  ~OutermostCall();
  OutermostCall(const OutermostCall&) = delete;
  OutermostCall& operator=(const OutermostCall&) = delete;

 private:
  friend class Decision;

  Specialisation& spec_;
  OutermostCall* before_;
  uint64_t start_;        // ticks
  uint64_t looked_;       // ticks, at the last safepoint
  double back_edge_ = 0;  // seconds that one took between the last two
  // The outermost range loop that was running at the first safepoint in it, and how far it was then.
  const uint64_t* loop_frame_ = nullptr;
  const interp::ProgramLoop* loop_ = nullptr;
  uint64_t loop_rounds_ = 0, loop_start_ = 0;
  // Baseline code waits at the header of this loop, and has since then (ticks).
  const interp::ProgramLoop* waiting_for_ = nullptr;
  uint64_t waiting_since_ = 0;
};

// `spec` is about to be called from outside px code, in the interpreter. Cheap once it has been asked for. Any thread.
void on_entry(Specialisation& spec);

// `ticks` have been spent in native code of `spec`: what a timed call took, times the calls that it stands for. Any thread.
void on_native_time(Specialisation& spec, uint64_t ticks);

// Waits for baseline code of `spec` (forced tiers). False and why where there is none.
bool demand_baseline(Specialisation& spec, std::string& why);

}  // namespace px::jit
