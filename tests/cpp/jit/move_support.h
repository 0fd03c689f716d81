// Baseline code in earnest for functions written as text: the compile thread with px_codegen, as the process's compiler while it lives.
#pragma once

#include "core_compiler.h"
#include "core_support.h"
#include "jit/baseline/compile_thread.h"
#include "jit/interp/program.h"
#include "jit/native/reclaim.h"
#include "sanitizers.h"
#include "tests/cpp/jit/client_support.h"

namespace px::jit::test {

class WithBaseline {
 public:
  explicit WithBaseline(TierPolicy policy, baseline::ThreadOptions options = {.directory = PX_MODULE_DIR, .warn = {}})
      : thread(std::move(options)) {
    set_tier_policy(policy);
    start_tiering();
    baseline::compiler().store(&thread, std::memory_order_release);
  }
  ~WithBaseline() {
    baseline::compiler().store(nullptr, std::memory_order_release);
    thread.stop();
    interp::safepoint_hook().store(nullptr, std::memory_order_release);
    interp::first_safepoint().store(interp::safepoint_interval, std::memory_order_relaxed);
    set_tier_policy(TierPolicy::automatic);
  }
  WithBaseline(const WithBaseline&) = delete;
  WithBaseline& operator=(const WithBaseline&) = delete;

  // Code for calls of it and for frames at each of its loops' headers, now.
  void compile(Specialisation& spec) {
    baseline::Request request{.root = &spec, .frames = {}, .entry = true};
    spec.baseline_state.store(CompileState::queued, std::memory_order_relaxed);
    for (uint32_t i = 0; i < spec.program->loop_count; ++i) request.frames.push_back({&spec, spec.program->loops[i].header});
    thread.request(std::move(request));
    thread.wait_idle(-1);
  }

  baseline::CompileThread thread;
};

// As a direct call does it: inside, in the thread's own context. "int64 7", or the error's text.
inline std::string run_inside(Specialisation& spec, const std::vector<uint64_t>& slots) {
  native::Inside inside;
  return run(spec, slots);
}

// sum(n): 0 + 1 + … by a range loop. down(n): a loop of three rounds and a call of itself. fails(n): raises in round 2.
inline const char* const looping_program = R"(def sum(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  s = inplace + s i
  jump head
done:
  ret s
def down(n)
  zero = constant 0
  s = constant 0
  c = compare <= n zero
  branch c end more
end:
  ret s
more:
  three = constant 3
  r = global range
  t0 = call r three
  it = iter t0
head:
  i = next it done
  s = inplace + s i
  jump head
done:
  one = constant 1
  k = binary - n one
  g = global down
  d = call g k
  s = inplace + s d
  ret s
def fails(n)
  two = constant 2
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  c = compare == i two
  branch c bad head
bad:
  e = global KeyError
  m = constant 'two'
  raise e m
done:
  ret n
def calls(n)
  s = constant 0
  r = global range
  t0 = call r n
  it = iter t0
head:
  i = next it done
  g = global sum
  v = call g i
  s = inplace + s v
  jump head
done:
  ret s
)";

inline std::string sum_below(int64_t n) {
  return "int64 " + std::to_string(n * (n - 1) / 2);
}

}  // namespace px::jit::test
