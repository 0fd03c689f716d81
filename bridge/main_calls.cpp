// px.call_from_main_thread: what contexts have queued for the main thread.
#include <pthread.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "bridge/process.h"
#include "bridge/promote.h"
#include "jit/builtins/contexts.h"

namespace px::bridge {
namespace {

// Python's print, borrowed: it writes to sys.stdout as that is when it is called.
PyObject* print_function() {
  return PyDict_GetItemString(PyEval_GetBuiltins(), "print");
}

// A call as its context left it; a null function: print. The function is kept by whatever the context runs for, until that takes the call
// over (`collect`).
struct Queued {
  PyObject* function;
  const jit::Type* arguments;
  std::vector<uint64_t> slots;
};

std::mutex& lock() {
  static auto& mutex = *new std::mutex;
  return mutex;
}
std::vector<Queued>& queued_calls() {  // guarded by the lock
  static auto& all = *new std::vector<Queued>;
  return all;
}
std::atomic<bool> some{false};                         // there are queued ones: written under the lock, read anywhere (relaxed)
std::atomic<bool> ready{false};                        // there are collected ones: written with the GIL held
std::vector<std::pair<Object, Object>>& collected() {  // GIL
  static auto& all = *new std::vector<std::pair<Object, Object>>;
  return all;
}

void queue_call(uint64_t function, const jit::Type* arguments, const uint64_t* slots) {
  std::lock_guard hold(lock());
  queued_calls().push_back({reinterpret_cast<PyObject*>(function), arguments, {slots, slots + arguments->slots}});
  queued_calls().back().slots.push_back(0);  // never empty
  some.store(true, std::memory_order_relaxed);
}

}  // namespace

bool main_calls_wait() {
  return some.load(std::memory_order_relaxed) || ready.load(std::memory_order_relaxed);
}

void collect_main_calls() {
  if (!some.load(std::memory_order_relaxed)) return;
  std::vector<Queued> taken;
  {
    std::lock_guard hold(lock());
    taken.swap(queued_calls());
    some.store(false, std::memory_order_relaxed);
  }
  std::vector<Object> functions;  // first of all: what is made below may run Python code
  for (const Queued& call : taken) functions.push_back(Object::borrow(call.function ? call.function : print_function()));
  Origin nowhere{{}};
  for (size_t i = 0; i < taken.size(); ++i) {
    auto arguments = Object::steal(promote(taken[i].arguments, taken[i].slots.data(), nowhere));
    if (!arguments) {
      PyErr_WriteUnraisable(functions[i].get());
      continue;
    }
    collected().emplace_back(functions[i], std::move(arguments));
    ready.store(true, std::memory_order_relaxed);
  }
}

void drop_main_calls() {
  std::lock_guard hold(lock());
  queued_calls().clear();
  some.store(false, std::memory_order_relaxed);
}

Object take_main_calls() {
  collect_main_calls();
  ready.store(false, std::memory_order_relaxed);
  std::vector<std::pair<Object, Object>> taken;
  taken.swap(collected());
  auto list = Object::steal(PyList_New(0));
  for (const auto& [function, arguments] : taken) {
    auto pair = Object::steal(PyTuple_Pack(2, function.get(), arguments.get()));
    if (!list || !pair || PyList_Append(list.get(), pair.get()) < 0) return {};
  }
  return list;
}

void serve_main_calls() {
  // A forked child finds the lock free.
  pthread_atfork([] { lock().lock(); }, [] { lock().unlock(); }, [] { lock().unlock(); });
  jit::main_call_sink().store(queue_call, std::memory_order_release);
}

}  // namespace px::bridge
