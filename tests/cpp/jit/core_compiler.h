// A compiler that does what a test says: it notes what it is asked for, and code arrives when the test delivers it.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "jit/client/compiler.h"
#include "jit/function.h"
#include "jit/interp/hooks.h"
#include "jit/tiering.h"

namespace px::jit::test {

// The process's compiler and tier policy while it lives.
class StubCompiler final : public Compiler {
 public:
  explicit StubCompiler(TierPolicy policy = TierPolicy::automatic) {
    set_tier_policy(policy);
    start_tiering();
    compiler().store(this, std::memory_order_release);
  }
  ~StubCompiler() override {
    compiler().store(nullptr, std::memory_order_release);
    interp::safepoint_hook().store(nullptr, std::memory_order_release);
    set_tier_policy(TierPolicy::automatic);
  }

  void request(Specialisation& spec, bool hot) override {
    {
      std::scoped_lock lock(mutex_);
      requests_.emplace_back(&spec, hot);
    }
    if (on_request) on_request(spec, hot);
  }
  bool wait_idle(double) override { return true; }

  // As the compile client does, from any thread. Null takes the code away again.
  static void deliver(Specialisation& spec, Entry entry) {
    entry ? void(install(spec, Tier::numba, entry, nullptr)) : uninstall(spec, Tier::numba);
    spec.state.store(entry ? CompileState::linked : CompileState::none, std::memory_order_release);
  }
  static void refuse(Specialisation& spec) { spec.state.store(CompileState::refused, std::memory_order_release); }

  using Requests = std::vector<std::pair<Specialisation*, bool>>;
  Requests requests() {
    std::scoped_lock lock(mutex_);
    return requests_;
  }

  std::function<void(Specialisation&, bool hot)> on_request;  // on the asking thread; set before anything runs

 private:
  std::mutex mutex_;
  Requests requests_;
};

}  // namespace px::jit::test
