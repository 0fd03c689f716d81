#include "bridge/stats.h"

#include <mutex>

#include "bridge/callable.h"
#include "bridge/process.h"
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
  const bool native = spec.native.load(std::memory_order_acquire) != nullptr;
  const uint64_t interpreted = spec.profile.calls.load(std::memory_order_relaxed);
  const uint64_t fast = spec.profile.native_calls.load(std::memory_order_relaxed);
  return Object::steal(Py_BuildValue(
      "{s:s,s:s,s:s,s:K,s:K,s:d,s:K,s:d,s:d,s:d,s:O,s:s}", "signature", spec.signature().c_str(), "tier", native ? "numba" : "interpreter",
      "state", name_of_state(spec.state.load()), "calls", static_cast<unsigned long long>(interpreted + fast), "native_calls",
      static_cast<unsigned long long>(fast), "interpreter_s",
      static_cast<double>(spec.profile.interpreter_ticks.load(std::memory_order_relaxed)) /
          static_cast<double>(runtime::ticks_in(1'000'000'000)),
      "first_run_ns", static_cast<unsigned long long>(spec.profile.first_run.load(std::memory_order_relaxed)), "compile_s", compile,
      "link_s", link, "swapped_after_s", swapped, "from_cache", cached ? Py_True : Py_False, "reason", reason.c_str()));
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
      calls += spec->profile.calls.load(std::memory_order_relaxed) + spec->profile.native_calls.load(std::memory_order_relaxed);
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
      Py_BuildValue("{s:I,s:s,s:n,s:K,s:K,s:K,s:K,s:K,s:K,s:K}", "workers", pool ? pool->workers() : 0, "port", port, "queued",
                    static_cast<Py_ssize_t>(queued()), "contexts", static_cast<unsigned long long>(counters.contexts), "chunks",
                    static_cast<unsigned long long>(counters.chunks), "wakeups", static_cast<unsigned long long>(counters.wakeups),
                    "sleeps", static_cast<unsigned long long>(counters.sleeps), "steals", static_cast<unsigned long long>(counters.steals),
                    "pages", static_cast<unsigned long long>(use.pages), "bytes", static_cast<unsigned long long>(use.bytes)));
}

}  // namespace px::bridge
