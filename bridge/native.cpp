#include "bridge/native.h"

#include <algorithm>

#include "bridge/call.h"
#include "bridge/errors.h"
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

bool demand_native(jit::Specialisation& spec) {
  if (tier != Tier::native || spec.native.load(std::memory_order_acquire)) return true;
  jit::Compiler* compiler = jit::compiler().load(std::memory_order_acquire);
  if (!compiler) {
    raise_px("CompileServiceError", "PX_TIER=native, but the compile service is off: unset PX_SERVICE=0 or use PX_TIER=auto");
    return false;
  }
  using jit::CompileState;
  auto refused = [&] { return spec.state.load(std::memory_order_acquire) == CompileState::refused; };
  if (!refused()) compiler->request(spec, true);
  while (!spec.native.load(std::memory_order_acquire) && !refused()) {
    const int idle = wait_idle(slice_seconds);
    if (idle < 0) return false;
    if (idle == 1 && spec.state.load(std::memory_order_acquire) == CompileState::none) break;
  }
  if (spec.native.load(std::memory_order_acquire)) return true;
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
