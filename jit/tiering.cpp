#include "jit/tiering.h"

#include <algorithm>
#include <vector>

#include "jit/baseline/compiler.h"
#include "jit/baseline/cost.h"
#include "jit/client/compiler.h"
#include "jit/interp/hooks.h"
#include "runtime/clock.h"

namespace px::jit {

namespace detail {
std::atomic<TierPolicy> policy{TierPolicy::automatic};
}

using interp::Program;
using interp::ProgramLoop;
using interp::Safepoint;

namespace {

// A function whose code is on disk is native from its first call: the first one waits for the cache's yes or no, some 0.2 ms, and for the
// link, 1 ms and the loading of LLVM. The limit is for a disk that does not answer.
constexpr double cache_patience = 0.05;
// From request to Numba's code, seconds: the service's start, once, and a function's compilation. Both as measured on the bench kernels.
constexpr double service_start = 1.0, service_compile = 0.25;
// How long a frame in an inner loop may take to meet the header of the loop around it that code has come for, seconds. Code for an outer
// loop is worth waiting for: it keeps the loops in it as they were written.
constexpr double header_patience = 0.005;
constexpr uint64_t calls_between_looks = 64;
// LLVM is made ready where so much of what that takes is left to do.
constexpr double load_at = 0.2;

thread_local OutermostCall* outermost = nullptr;

double seconds(uint64_t ticks) {
  static const double in_a_second = static_cast<double>(runtime::ticks_in(1'000'000'000));
  return static_cast<double>(ticks) / in_a_second;
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

uint64_t ticks_so_far(const Specialisation& spec) {
  return spec.profile.interpreter_ticks.load(std::memory_order_relaxed) + spec.profile.native_ticks.load(std::memory_order_relaxed);
}

// Whether Numba's answer would come before the work is over.
bool worth_the_service(double left) {
  static std::atomic<bool> started{false};
  bool worth = left > service_compile + (started.load(std::memory_order_relaxed) ? 0 : service_start);
  if (worth) started.store(true, std::memory_order_relaxed);
  return worth;
}

// Asks the service, once, where the work that is left is worth it.
void consider_service(Specialisation& spec, double left) {
  if (spec.asked.load(std::memory_order_relaxed) < 2 && worth_the_service(left)) ask(spec, true);
}

// Gets LLVM ready while it is not yet known whether a unit pays: that is half of what the first one takes, and once it is done, shorter
// work is worth compiling. It costs another core a few milliseconds.
void consider_llvm(double left) {
  double load = baseline::cost_model().load();
  if (load == 0 || left < load_at * load) return;
  if (baseline::Compiler* compiler = baseline::compiler().load(std::memory_order_acquire)) compiler->prepare();
}

void note_decision(Specialisation& spec) {
  uint64_t never = 0;
  spec.profile.baseline_decided.compare_exchange_strong(never, runtime::nanoseconds(), std::memory_order_relaxed);
}

// Asks for code for calls of `spec`, once. False where it has been asked for.
bool request_entry(baseline::Compiler& compiler, Specialisation& spec) {
  CompileState none = CompileState::none;
  if (!spec.baseline_state.compare_exchange_strong(none, CompileState::queued, std::memory_order_relaxed)) return false;
  note_decision(spec);
  compiler.request({.root = &spec, .frames = {}, .entry = true});
  return true;
}

size_t graph_size(const Specialisation& spec) {
  size_t size = spec.typed->code.size();
  for (const Specialisation* callee : spec.callees) size += callee->typed->code.size();
  return size;
}

// A loop that one of a call's frames is in.
struct Running {
  const Program* program;
  const ProgramLoop* loop;
  const uint64_t* slots;

  uint64_t rounds_left() const { return flow::rounds_left(slots + loop->iterator, loop->unit); }
  bool is_range() const { return loop->iterator != typed::no_slot; }
  // Whether its header will be met again: not a range in its last round.
  bool goes_on() const { return !is_range() || rounds_left() > 0; }
};

}  // namespace

// One look at a running call, at a safepoint.
class Decision {
 public:
  Decision(OutermostCall& call, const Safepoint& at) : call_(call), at_(at), spec_(call.spec_), now_(runtime::ticks()) {
    call_.back_edge_ = seconds(now_ - std::exchange(call_.looked_, now_)) / static_cast<double>(interp::safepoint_interval);
  }

  int64_t automatic() {
    consider_service(spec_, left());
    consider_llvm(left());
    return at_.program ? move() : interp::safepoint_interval;
  }

  // Tests: this frame's code for this very loop, now.
  int64_t force() {
    baseline::Compiler* compiler = baseline::compiler().load(std::memory_order_acquire);
    const ProgramLoop* loop = at_.program ? at_.program->header_at(at_.pc) : nullptr;
    if (compiler && loop && !loop->asked.exchange(true, std::memory_order_relaxed)) {
      note_decision(*at_.owner);
      compiler->request({.root = &spec_, .frames = {{at_.owner, loop->header}}});
      compiler->wait_idle(-1);
    }
    return interp::first_safepoint().load(std::memory_order_relaxed);
  }

 private:
  OutermostCall& call_;
  const Safepoint& at_;
  Specialisation& spec_;
  const uint64_t now_;
  bool looked_ = false;  // at the loops
  bool asked_ = false;   // code for the next call, or for a loop that one of the frames is in, be it in its last round
  double in_call_ = -1;

  // The loops of all frames, innermost first, that go on; the innermost one in any case.
  const std::vector<Running>& loops() {
    thread_local std::vector<Running> found;
    if (std::exchange(looked_, true)) return found;
    found.clear();
    asked_ = spec_.baseline_state.load(std::memory_order_relaxed) != CompileState::none;
    if (!at_.program) return found;
    interp::for_each_frame(at_, [&](const Program& program, const uint64_t* slots, const uint64_t* pc) {
      for (uint32_t index = program.start_of(pc).loop; index != flow::no_loop; index = program.loops[index].outer) {
        Running loop{&program, &program.loops[index], slots};
        asked_ |= loop.loop->asked.load(std::memory_order_relaxed);
        if (found.empty() || loop.goes_on()) found.push_back(loop);
      }
    });
    return found;
  }

  // Seconds that this call goes on for, as far as its ranges tell; 0 until they do.
  double left_in_call() {
    if (in_call_ >= 0) return in_call_;
    in_call_ = 0;
    auto outermost = std::ranges::find_if(loops().rbegin(), loops().rend(), &Running::is_range);
    if (outermost == loops().rend()) return 0;
    uint64_t rounds = outermost->rounds_left();
    if (outermost->slots != call_.loop_frame_ || outermost->loop != call_.loop_ || rounds > call_.loop_rounds_) {
      call_.loop_frame_ = outermost->slots;
      call_.loop_ = outermost->loop;
      call_.loop_rounds_ = rounds;
      call_.loop_start_ = now_;
      return 0;
    }
    // A round that has not ended yet takes at least as long as it has run.
    double a_round = seconds(now_ - call_.loop_start_) / static_cast<double>(std::max<uint64_t>(call_.loop_rounds_ - rounds, 1));
    return in_call_ = a_round * static_cast<double>(rounds);
  }

  // Seconds of work that is left, as far as can be told.
  double left() { return std::max(seconds(now_ - call_.start_ + ticks_so_far(spec_)), left_in_call()); }

  // Seconds for which code for a loop of this call would serve. Calls to come have theirs where it has been asked for: then a range that is
  // about to end is not worth it, however long it has been.
  double left_for_loops() {
    double in_call = left_in_call();
    bool about_to_end = asked_ && !loops().empty() && loops().back().is_range();
    return about_to_end ? in_call : left();
  }

  // Whether the innermost loop has so many rounds left that the loops around it will not be met for a while.
  bool stays_inside() {
    const Running& innermost = loops().front();
    return innermost.is_range() && call_.back_edge_ * static_cast<double>(innermost.rounds_left()) > header_patience;
  }

  // Asks for code that this call's frames can go on in; the number of back-edges until the next look.
  int64_t move() {
    baseline::Compiler* compiler = baseline::compiler().load(std::memory_order_acquire);
    if (!compiler || spec_.baseline_state.load(std::memory_order_relaxed) == CompileState::refused) return interp::safepoint_interval;
    // Calls all the way down; or a recursion that may be long, however short the rounds of the loop that began it.
    Specialisation& callee = *at_.owner;
    if (loops().empty() || (callee.recursive && loops().front().program != at_.program)) {
      bool asked = callee.baseline_state.load(std::memory_order_relaxed) != CompileState::none;
      if (!asked && left() >= baseline::cost_model().predict(graph_size(callee))) request_entry(*compiler, callee);
      if (loops().empty()) return interp::safepoint_interval;
    }
    // The outermost loop first: its code keeps the loops in it, callees' too, as they were written.
    auto first_asked = std::ranges::find_if(loops(), [](const Running& r) { return r.loop->asked.load(std::memory_order_relaxed); });
    if (first_asked == loops().end()) {
      const Running& wanted = stays_inside() ? loops().front() : loops().back();
      if (left_for_loops() >= baseline::cost_model().predict(graph_size(*wanted.program->owner))) request(*compiler, wanted);
      return interp::safepoint_interval;
    }
    // Where its code has come and its header is not reached for a while, the frame is in a long round: the next loop inwards.
    if (first_asked == loops().begin() || !first_asked->loop->move.load(std::memory_order_relaxed)) return interp::safepoint_interval;
    if (call_.waiting_for_ != first_asked->loop) {
      call_.waiting_for_ = first_asked->loop;
      call_.waiting_since_ = now_;
    } else if (seconds(now_ - call_.waiting_since_) > header_patience) {
      request(*compiler, first_asked[-1]);
    }
    return interp::safepoint_interval;
  }

  void request(baseline::Compiler& compiler, const Running& at) {
    if (at.loop->asked.exchange(true, std::memory_order_relaxed)) return;  // another thread was faster
    note_decision(*at.program->owner);
    compiler.request({.root = &spec_, .frames = {{at.program->owner, at.loop->header}}});
  }
};

namespace {

// A callee's loops are its callers' time: what gets compiled is what was called from outside.
int64_t at_safepoint(const Safepoint& at) {
  if (!outermost) return interp::safepoint_interval;
  Decision decision(*outermost, at);
  switch (tier_policy()) {
    case TierPolicy::automatic:
      return decision.automatic();
    case TierPolicy::moves:
      return decision.force();
    case TierPolicy::interpreter:
    case TierPolicy::baseline:
    case TierPolicy::native:
      break;
  }
  return interp::safepoint_interval;
}

}  // namespace

void set_tier_policy(TierPolicy p) {
  detail::policy.store(p, std::memory_order_relaxed);
}

void start_tiering() {
  interp::safepoint_hook().store(at_safepoint, std::memory_order_release);
}

OutermostCall::OutermostCall(Specialisation& spec)
    : spec_(spec), before_(std::exchange(outermost, this)), start_(runtime::ticks()), looked_(start_) {}
OutermostCall::~OutermostCall() {
  outermost = before_;
}

void on_entry(Specialisation& spec) {
  switch (tier_policy()) {
    case TierPolicy::native:
      ask(spec, true);
      return;
    case TierPolicy::automatic:
      break;
    default:
      return;
  }
  if (spec.asked.load(std::memory_order_relaxed) == 0) {
    if (Compiler* c = ask(spec, false)) c->wait_cache(spec, cache_patience);
    return;
  }
  // A call whose loops move is asked about each time: it was long before.
  const Profile& profile = spec.profile;
  bool moved = profile.moves.load(std::memory_order_relaxed) > 0;
  if (!moved && profile.calls.load(std::memory_order_relaxed) % calls_between_looks != 0) return;
  double left = seconds(ticks_so_far(spec));
  consider_service(spec, left);
  consider_llvm(left);
  baseline::Compiler* compiler = baseline::compiler().load(std::memory_order_acquire);
  if (compiler && left > baseline::cost_model().predict(graph_size(spec))) request_entry(*compiler, spec);
}

void on_native_time(Specialisation& spec, uint64_t ticks) {
  spec.profile.native_ticks.fetch_add(ticks, std::memory_order_relaxed);
  if (tier_policy() != TierPolicy::automatic || spec.tier.load(std::memory_order_relaxed) != Tier::baseline) return;
  consider_service(spec, seconds(ticks_so_far(spec)));
}

bool demand_baseline(Specialisation& spec, std::string& why) {
  if (spec.baseline.load(std::memory_order_acquire)) return true;
  baseline::Compiler* compiler = baseline::compiler().load(std::memory_order_acquire);
  if (!compiler) {
    why = "there is no baseline compiler in this process";
    return false;
  }
  while (!spec.baseline.load(std::memory_order_acquire)) {
    CompileState state = spec.baseline_state.load(std::memory_order_acquire);
    if (state == CompileState::refused) break;
    request_entry(*compiler, spec);
    if (!compiler->wait_idle(0.1)) continue;
  }
  if (spec.baseline.load(std::memory_order_acquire)) return true;
  std::scoped_lock lock(spec.function->mutex());
  why = spec.baseline_refusal;
  return false;
}

}  // namespace px::jit
