#include "bridge/compiler.h"

#include <pthread.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "bridge/gil.h"
#include "bridge/process.h"
#include "jit/baseline/compile_thread.h"
#include "jit/client/client.h"
#include "jit/client/environment.h"
#include "jit/native/budget.h"
#include "jit/native/linker.h"
#include "jit/native/reclaim.h"

namespace px::bridge {
namespace {

using jit::client::CompileClient;

std::optional<CompilerSettings> settings;  // GIL

// Never destroyed: workers may be inside its code, and a process that ends leaves LLVM be. Written with the GIL held and by the fork
// handler.
std::atomic<CompileClient*> client{nullptr};
// As `client`; its thread starts with the first request.
std::atomic<jit::baseline::CompileThread*> baseline{nullptr};
bool stopped = false;                    // GIL
constexpr double signals_seconds = 0.1;  // between two looks for Ctrl-C

// Texts on their way from the client's thread to the main thread.
std::mutex warnings_lock;
std::vector<std::string> warnings;

int deliver_warnings(void*) {
  std::vector<std::string> texts;
  {
    std::lock_guard lock(warnings_lock);
    texts.swap(warnings);
  }
  for (const auto& text : texts) {
    auto message = Object::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
    auto nothing = Object::steal(message ? PyObject_CallOneArg(settings->warn, message.get()) : nullptr);
    if (!nothing) return -1;  // a filter turned the warning into an error: raised where the main thread is
  }
  return 0;
}

void warn(const std::string& text) {
  {
    std::lock_guard lock(warnings_lock);
    warnings.push_back(text);
  }
  Py_AddPendingCall(deliver_warnings, nullptr);
}

void make_baseline() {
  jit::baseline::ThreadOptions options;
  options.directory = settings->llvm_directory;
  options.warn = warn;
  baseline = new jit::baseline::CompileThread(std::move(options));
  jit::baseline::compiler().store(baseline.load(), std::memory_order_release);
}

void before_fork() {
  if (auto* b = baseline.load()) b->before_fork();
  if (auto* c = client.load()) c->before_fork();
  jit::native::lock_shared_linkers_for_fork();  // after whatever threads link
  jit::native::lock_reclaim_for_fork();
}
void after_fork_in_parent() {
  jit::native::unlock_reclaim_in_parent();
  jit::native::unlock_shared_linkers_after_fork();
  if (auto* c = client.load()) c->after_fork_in_parent();
  if (auto* b = baseline.load()) b->after_fork_in_parent();
}
void after_fork_in_child() {
  jit::native::unlock_reclaim_in_child();
  jit::native::unlock_shared_linkers_after_fork();
  if (auto* c = client.exchange(nullptr)) {
    c->forget_after_fork();
    jit::compiler().store(nullptr, std::memory_order_release);
  }
  if (auto* b = baseline.exchange(nullptr)) {
    b->forget_after_fork();
    make_baseline();
  }
}

// What `sys.path` says now.
std::vector<std::string> import_folders() {
  std::vector<std::string> folders;
  PyObject* path = PySys_GetObject("path");  // borrowed
  for (Py_ssize_t i = 0; path && PyList_Check(path) && i < PyList_GET_SIZE(path); ++i) {
    PyObject* folder = PyList_GET_ITEM(path, i);
    const char* text = PyUnicode_Check(folder) ? PyUnicode_AsUTF8(folder) : nullptr;
    if (text) folders.emplace_back(text);
  }
  PyErr_Clear();  // a folder whose name is no UTF-8
  return folders;
}

void register_fork_handlers() {
  static const bool registered = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
  (void)registered;
}

}  // namespace

void set_compiler(const CompilerSettings& given) {
  settings = given;
  Py_XINCREF(given.warn);
  register_fork_handlers();
  make_baseline();
}

namespace {

void ensure_client() {
  if (client.load() || stopped || !settings || (settings->python.empty() && settings->cache_directory.empty())) return;
  jit::client::ClientOptions options;
  auto environment = jit::client::copy_environment();
  options.service = !settings->python.empty();
  options.environment = std::string("python ") + Py_GetVersion() + "\n";
  options.describe = [folders = import_folders(), environment, script = settings->script] {
    return jit::client::distributions(folders) + jit::client::machine_environment(environment) + jit::client::service_environment(script);
  };
  options.supervisor.command.arguments = {settings->python, settings->script};
  options.supervisor.command.environment = std::move(environment);
  options.supervisor.command.log = settings->log;
  options.cache_directory = settings->cache_directory;
  options.llvm_directory = settings->llvm_directory;
  options.warn = warn;
  client = new CompileClient(std::move(options));
  if (settings->functions) jit::compiler().store(client.load(), std::memory_order_release);
}

}  // namespace

void ensure_compiler() {
  if (settings && settings->functions) ensure_client();
}

bool compile_intrinsic(const jit::IntrinsicCall& call) {
  ensure_client();
  CompileClient* c = client.load();
  if (!c) {
    jit::IntrinsicCode none;
    none.refusal = "it is off (PX_SERVICE=0)";
    none.lasting = false;
    jit::settle(call, std::move(none));
    return true;
  }
  auto demand = c->request(call);
  for (;;) {
    const jit::IntrinsicCode* code;
    {
      Unlocked unlocked;
      code = c->wait(*demand, signals_seconds);
    }
    if (code) {
      jit::settle(call, *code);
      return true;
    }
    if (PyErr_CheckSignals() < 0) return false;
  }
}

void stop_compiler() {
  stopped = true;
  jit::compiler().store(nullptr, std::memory_order_release);
  jit::baseline::compiler().store(nullptr, std::memory_order_release);
  Unlocked unlocked;
  if (auto* c = client.load()) c->stop();
  if (auto* b = baseline.load()) b->abandon();
}

Object compiler_stats() {
  auto* c = client.load();
  const auto s = c ? c->statistics() : jit::client::Statistics{};
  const auto reclaimed = jit::native::reclaim_counters();
  const auto budget = jit::native::budget_counters();
  auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  return Object::steal(Py_BuildValue(
      "{s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:{s:K,s:K},s:i}", "requests", number(s.requests), "compiled",
      number(s.compiled), "refusals", number(s.refused), "dropped", number(s.dropped), "swaps", number(s.swaps), "pending",
      number(s.pending), "code_bytes", number(jit::native::shared_code_bytes()), "retired", number(reclaimed.waiting), "freed",
      number(reclaimed.freed), "evicted", number(budget.evicted), "cache_hits", number(s.cache.hits), "cache_misses",
      number(s.cache.misses), "cache_bad", number(s.cache.bad), "service_starts", number(s.service.starts), "service_crashes",
      number(s.service.crashes), "service_timeouts", number(s.service.timeouts), "tiers", "baseline", number(budget.baseline), "numba",
      number(budget.numba), "service_pid", c ? static_cast<int>(c->service_pid()) : -1));
}

Object baseline_stats() {
  auto* b = baseline.load();
  const auto s = b ? b->statistics() : jit::baseline::ThreadStatistics{};
  auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  return Object::steal(Py_BuildValue("{s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:d,s:d,s:d,s:K}", "requests", number(s.requests), "units",
                                     number(s.units), "functions", number(s.functions), "moves", number(s.moves), "refused",
                                     number(s.refused), "dropped", number(s.dropped), "pending", number(s.pending), "generate_s",
                                     s.generate_seconds, "link_s", s.link_seconds, "load_s", s.load_seconds, "object_bytes",
                                     number(s.object_bytes)));
}

}  // namespace px::bridge
