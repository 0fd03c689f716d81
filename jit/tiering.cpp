#include "jit/tiering.h"

#include "jit/client/compiler.h"
#include "jit/interp/hooks.h"

namespace px::jit {

namespace {

std::atomic<TierPolicy> policy{TierPolicy::automatic};

// A safepoint is passed every few thousand back-edges and calls: this is some 5 ms in the interpreter before another process is set to
// work.
constexpr uint64_t hot_safepoints = 512;
constexpr uint64_t hot_calls = 2000;

thread_local Specialisation* outermost = nullptr;

bool is_hot(const Specialisation& spec) {
  return spec.profile.safepoints.load(std::memory_order_relaxed) >= hot_safepoints ||
         spec.profile.calls.load(std::memory_order_relaxed) >= hot_calls;
}

// Each level is asked for once: the cache first, the service when the specialisation is hot. Who was asked; null where there is nobody to
// ask or it has been asked for already.
Compiler* ask(Specialisation& spec, bool hot) {
  Compiler* c = compiler().load(std::memory_order_acquire);
  if (!c) return nullptr;
  uint8_t wanted = hot ? 2 : 1;
  uint8_t asked = spec.asked.load(std::memory_order_relaxed);
  do {
    if (asked >= wanted) return nullptr;
  } while (!spec.asked.compare_exchange_weak(asked, wanted, std::memory_order_relaxed));
  c->request(spec, hot);
  return c;
}

// A function whose code is on disk is native from its first call: the first one waits for the cache's yes or no, some 0.2 ms, and for the
// link, 1 ms and the loading of LLVM. The limit is for a disk that does not answer.
constexpr double cache_patience = 0.05;

// A callee's loops are its callers' time: what gets compiled is what was called from outside.
void at_safepoint(Specialisation&) {
  Specialisation* root = outermost;
  if (!root) return;
  root->profile.safepoints.fetch_add(1, std::memory_order_relaxed);
  if (tier_policy() == TierPolicy::automatic && is_hot(*root)) ask(*root, true);
}

}  // namespace

void set_tier_policy(TierPolicy p) {
  policy.store(p, std::memory_order_relaxed);
}
TierPolicy tier_policy() {
  return policy.load(std::memory_order_relaxed);
}

void start_tiering() {
  interp::safepoint_hook().store(at_safepoint, std::memory_order_release);
}

OutermostCall::OutermostCall(Specialisation& spec) : before_(outermost) {
  outermost = &spec;
}
OutermostCall::~OutermostCall() {
  outermost = before_;
}

void on_entry(Specialisation& spec) {
  if (spec.asked.load(std::memory_order_relaxed) >= 2) return;
  switch (tier_policy()) {
    case TierPolicy::interpreter:
      return;
    case TierPolicy::native:
      return void(ask(spec, true));
    case TierPolicy::automatic:
      if (is_hot(spec)) return void(ask(spec, true));
      if (Compiler* c = ask(spec, false)) c->wait_cache(spec, cache_patience);
      return;
  }
}

}  // namespace px::jit
