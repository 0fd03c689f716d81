#include "bridge/direct.h"

#include <unistd.h>

#include <utility>

#include "bridge/errors.h"
#include "bridge/gil.h"
#include "jit/interp/hooks.h"
#include "runtime/clock.h"

namespace px::bridge {
namespace {

constexpr uint64_t long_ns = 500'000;      // a call that was thought to be short gives the GIL away after this time
constexpr uint64_t look_ns = 200'000'000;  // between two looks for signals: each may wait for a busy Python thread

thread_local Direct* current = nullptr;
constinit thread_local Brief* brief [[gnu::tls_model("initial-exec")]] = nullptr;
jit::interp::SafepointHook next = nullptr;  // tiering's; written once, at import

// Python runs signal handlers there alone.
bool is_main_thread() {
  return gettid() == getpid();
}

}  // namespace

Direct::Direct(runtime::Context& context, bool expect_short)
    : context_(context), before_(std::exchange(current, this)), last_(runtime::ticks()) {
  if (!expect_short) saved_ = PyEval_SaveThread();
}

bool Direct::end() {
  current = before_;
  if (saved_) take_gil(saved_);
  if (!raised_) return true;
  context_.own_stop.store(false, std::memory_order_relaxed);
  raise_object(std::move(raised_));
  return false;
}

void Direct::at_safepoint() {
  const uint64_t now = runtime::ticks();
  if (!saved_) {
    if (now - last_ > runtime::ticks_in(long_ns)) saved_ = PyEval_SaveThread();
  } else if (now - last_ > runtime::ticks_in(look_ns)) {
    last_ = now;
    if (raised_ || !is_main_thread()) return;
    take_gil(saved_);
    look_for_signals();
    saved_ = PyEval_SaveThread();
  }
}

void Direct::look_for_signals() {
  // A handler is Python code and may call px functions: those must not touch this call's context. See `run` in call.cpp.
  current = nullptr;
  Brief* const interrupted = std::exchange(brief, nullptr);
  context_.user = this;
  if (PyErr_CheckSignals() < 0) {
    raised_ = take_exception();
    context_.own_stop.store(true, std::memory_order_relaxed);
  }
  context_.user = nullptr;
  brief = interrupted;
  current = this;
}

Direct::Held::Held() {
  if (!current && brief) brief->at_safepoint();
  call_ = current;
  if (!call_ || !call_->saved_) return;
  took_ = true;
  take_gil(std::exchange(call_->saved_, nullptr));
}
Direct::Held::~Held() {
  if (took_) call_->saved_ = PyEval_SaveThread();
}

bool Direct::Held::interrupted() {
  if (!call_->raised_) call_->look_for_signals();
  return static_cast<bool>(call_->raised_);
}

void Direct::Held::stop(Object exception) {
  call_->raised_ = std::move(exception);
  call_->context_.own_stop.store(true, std::memory_order_relaxed);
}

void Direct::listen() {
  next = jit::interp::safepoint_hook().load(std::memory_order_acquire);
  jit::interp::safepoint_hook().store(
      [](const jit::interp::Safepoint& at) {
        const int64_t interval = next ? next(at) : jit::interp::safepoint_interval;
        if (current) {
          current->at_safepoint();
        } else if (brief) {
          brief->at_safepoint();
        }
        return interval;
      },
      std::memory_order_release);
}

Brief::Brief(runtime::Context& context) : context_(context), before_(std::exchange(brief, this)) {}
Brief::~Brief() {
  brief = before_;
}

void Brief::at_safepoint() {
  if (direct_) return;
  hold();
  direct_.emplace(context_, true);
}

}  // namespace px::bridge
