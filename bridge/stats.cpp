#include "bridge/stats.h"

#include <mutex>

#include "bridge/callable.h"
#include "bridge/process.h"
#include "bridge/run.h"
#include "bridge/work.h"
#include "runtime/clock.h"
#include "runtime/page_cache.h"

namespace px::bridge {
namespace {

using jit::CompileState;

const char* name_of_state(CompileState state) {
  switch (state) {
    case CompileState::none:
      return "not asked for";
    case CompileState::queued:
      return "queued";
    case CompileState::compiling:
      return "compiling";
    case CompileState::linked:
      return "linked";
    case CompileState::refused:
      return "refused";
  }
  return "";
}

unsigned long long read(const std::atomic<uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

double in_seconds(const std::atomic<uint64_t>& ticks) {
  return static_cast<double>(read(ticks)) / static_cast<double>(runtime::ticks_in(1'000'000'000));
}

unsigned long long all_calls(const jit::Profile& profile) {
  return read(profile.calls) + read(profile.baseline_calls) + read(profile.native_calls);
}

Object baseline_stats_of(const jit::Specialisation& spec) {
  std::string reason;
  double generate = 0, link = 0;
  {
    std::lock_guard lock(spec.function->mutex());
    reason = spec.baseline_refusal;
    generate = spec.generate_seconds;
    link = spec.baseline_link_seconds;
  }
  const uint64_t decided = read(spec.profile.baseline_decided), began = read(spec.profile.baseline_began);
  const double first = decided > 0 && began > decided ? static_cast<double>(began - decided) * 1e-9 : 0;
  return Object::steal(Py_BuildValue("{s:s,s:d,s:d,s:d,s:s}", "state", name_of_state(spec.baseline_state.load()), "generate_s", generate,
                                     "link_s", link, "decided_to_first_s", first, "reason", reason.c_str()));
}

Object specialisation_stats(const jit::Specialisation& spec) {
  std::string reason;
  double compile = 0, link = 0, swapped = 0;
  bool cached = false;
  {
    std::lock_guard lock(spec.function->mutex());
    reason = spec.refusal;
    compile = spec.compile_seconds;
    link = spec.link_seconds;
    swapped = spec.swapped_after_seconds;
    cached = spec.from_cache;
  }
  const jit::Profile& profile = spec.profile;
  auto baseline = baseline_stats_of(spec);
  if (!baseline) return {};
  return Object::steal(Py_BuildValue(
      "{s:s,s:s,s:s,s:K,s:K,s:K,s:K,s:K,s:d,s:d,s:K,s:d,s:d,s:d,s:O,s:s,s:O}", "signature", spec.signature().c_str(), "tier",
      name_of_tier(spec.tier.load(std::memory_order_relaxed)), "state", name_of_state(spec.state.load()), "calls", all_calls(profile),
      "interpreter_calls", read(profile.calls), "baseline_calls", read(profile.baseline_calls), "native_calls", read(profile.native_calls),
      "moves", read(profile.moves), "interpreter_s", in_seconds(profile.interpreter_ticks), "native_s", in_seconds(profile.native_ticks),
      "first_run_ns", read(profile.first_run), "compile_s", compile, "link_s", link, "swapped_after_s", swapped, "from_cache",
      cached ? Py_True : Py_False, "reason", reason.c_str(), "baseline", baseline.get()));
}

}  // namespace

Object function_stats(PyObject* function) {
  Callable* callable = as_callable(function);
  if (!callable) {
    PyErr_Format(PyExc_TypeError, "a px function was expected, not a %s", Py_TYPE(function)->tp_name);
    return {};
  }
  auto list = Object::steal(PyList_New(0));
  unsigned long long calls = 0;
  if (list && callable->state) {
    for (const auto* spec : callable->state->function->specialisations()) {
      calls += all_calls(spec->profile);
      auto row = specialisation_stats(*spec);
      if (!row || PyList_Append(list.get(), row.get()) < 0) return {};
    }
  }
  auto name = Object::steal(PyObject_GetAttrString(callable->function, "__qualname__"));
  if (!list || !name) return {};
  return Object::steal(Py_BuildValue("{s:O,s:K,s:O}", "name", name.get(), "calls", calls, "specialisations", list.get()));
}

Object process_stats() {
  const runtime::Pool* pool = existing_pool();
  const auto counters = pool ? pool->counters() : runtime::Pool::Counters{};
  const auto use = runtime::page_use();
  const char* port = pool ? pool->port() == runtime::PortKind::uring ? "io_uring" : "epoll" : "";
  return Object::steal(
      Py_BuildValue("{s:I,s:s,s:n,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:{s:K,s:K,s:K}}", "workers", pool ? pool->workers() : 0, "port", port,
                    "queued", static_cast<Py_ssize_t>(queued()), "contexts", static_cast<unsigned long long>(counters.contexts), "chunks",
                    static_cast<unsigned long long>(counters.chunks), "wakeups", static_cast<unsigned long long>(counters.wakeups),
                    "sleeps", static_cast<unsigned long long>(counters.sleeps), "steals", static_cast<unsigned long long>(counters.steals),
                    "pages", static_cast<unsigned long long>(use.pages), "bytes", static_cast<unsigned long long>(use.bytes), "huge_pages",
                    "pool", static_cast<unsigned long long>(use.pool), "transparent", static_cast<unsigned long long>(use.transparent),
                    "refused", static_cast<unsigned long long>(use.refused)));
}

}  // namespace px::bridge
