#include "bridge/native.h"

#include <algorithm>

#include "bridge/call.h"
#include "bridge/errors.h"
#include "bridge/gil.h"
#include "bridge/object.h"
#include "bridge/run.h"
#include "jit/client/compiler.h"
#include "runtime/clock.h"

namespace px::bridge {
namespace {

constexpr double slice_seconds = 0.1;  // between two looks for Ctrl-C

}  // namespace

int wait_idle(double seconds) {
  jit::Compiler* compiler = jit::compiler().load(std::memory_order_acquire);
  if (!compiler) return 1;
  const uint64_t start = runtime::nanoseconds();
  for (;;) {
    const double elapsed = static_cast<double>(runtime::nanoseconds() - start) * 1e-9;
    const double left = seconds < 0 ? slice_seconds : std::max(0.0, seconds - elapsed);
    bool idle;
    {
      Unlocked unlocked;
      idle = compiler->wait_idle(std::min(left, slice_seconds));
    }
    if (PyErr_CheckSignals() < 0) return -1;
    if (idle) return 1;
    if (seconds >= 0 && elapsed >= seconds) return 0;
  }
}

namespace {

bool demand_baseline(jit::Specialisation& spec) {
  std::string why;
  bool there;
  {
    Unlocked unlocked;
    there = jit::demand_baseline(spec, why);
  }
  if (there) return true;
  raise_px("CompileServiceError", "PX_TIER=baseline, but there is no baseline code for %s%s: %s", spec.function->code().name.c_str(),
           spec.signature().c_str(), why.c_str());
  return false;
}

}  // namespace

bool demand_native(jit::Specialisation& spec) {
  if (!jit::forces_native() || jit::chosen_entry(spec)) return true;
  if (jit::tier_policy() == jit::TierPolicy::baseline) return demand_baseline(spec);
  jit::Compiler* compiler = jit::compiler().load(std::memory_order_acquire);
  if (!compiler) {
    raise_px("CompileServiceError", "PX_TIER=native, but the compile service is off: unset PX_SERVICE=0 or use PX_TIER=auto");
    return false;
  }
  using jit::CompileState;
  auto refused = [&] { return spec.state.load(std::memory_order_acquire) == CompileState::refused; };
  if (!refused()) compiler->request(spec, true);
  while (!jit::chosen_entry(spec) && !refused()) {
    const int idle = wait_idle(slice_seconds);
    if (idle < 0) return false;
    const CompileState state = spec.state.load(std::memory_order_acquire);
    if (idle == 1 && (state == CompileState::none || state == CompileState::linked)) break;  // dropped, or taken out again
  }
  if (jit::chosen_entry(spec)) return true;
  std::string reason;
  {
    std::lock_guard lock(spec.function->mutex());
    reason = spec.refusal;
  }
  raise_px("CompileServiceError", "PX_TIER=native, but there is no native code for %s%s: %s", spec.function->code().name.c_str(),
           spec.signature().c_str(), reason.empty() ? "the compile service gave none" : reason.c_str());
  return false;
}

}  // namespace px::bridge
