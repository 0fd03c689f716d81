#include "bridge/process.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "bridge/direct.h"
#include "bridge/errors.h"
#include "bridge/gil.h"
#include "jit/builtins/parallel.h"
#include "jit/forget.h"
#include "jit/infer/races.h"
#include "jit/native/reclaim.h"

namespace px::bridge {
namespace {

runtime::PoolOptions options;
std::unique_ptr<runtime::Pool> the_pool;  // GIL
uint32_t pool_generation = 0;             // GIL; that the pool was made in
std::atomic<bool> closed{false};          // at exit; written under the GIL

std::atomic<uint32_t> generation{0};  // written by the fork handler alone, where there is one thread

// Held by the thread whose run is on. In a forked child it may be held by a thread that is not there: it is made anew then.
std::mutex* turn = new std::mutex;
std::atomic<pthread_t> turn_owner{};
uint32_t turn_generation = 0;  // GIL

// A thread that a run has brought to the interpreter's end stays where it is: Python would end it where it asks for the GIL, and C++ cannot
// be unwound from there.
void stay_at_exit() {
  while (closed.load()) pause();
}

void note_fork() {
  generation.fetch_add(1, std::memory_order_relaxed);
}

// In a child, puts aside what belongs to the parent's threads.
void check_fork() {
  const uint32_t now = process_generation();
  if (turn_generation != now) {
    turn = new std::mutex;  // the old one is left as it is
    turn_owner = pthread_t{};
    turn_generation = now;
  }
  if (pool_generation != now) {
    if (the_pool) runtime::Pool::abandon(std::move(the_pool));
    pool_generation = now;
  }
}

}  // namespace

uint32_t process_generation() {
  static const bool registered = pthread_atfork(nullptr, nullptr, note_fork) == 0;
  (void)registered;
  return generation.load(std::memory_order_relaxed);
}

void set_pool_options(const runtime::PoolOptions& given) {
  options = given;
}

runtime::Pool* existing_pool() {
  check_fork();
  return the_pool.get();
}

runtime::Pool* pool() {
  check_fork();
  if (closed) {
    PyErr_SetString(PyExc_RuntimeError, "px: the interpreter is shutting down, no more contexts can run");
    return nullptr;
  }
  if (!the_pool) {
    auto made = std::make_unique<runtime::Pool>(options);
    if (!made->error().empty()) {
      PyErr_Format(PyExc_RuntimeError, "px: the workers cannot be started: %s", made->error().c_str());
      return nullptr;
    }
    the_pool = std::move(made);
  }
  return the_pool.get();
}

Run::Run() : generation_(process_generation()) {
  if (!pool()) return;
  if (turn_owner.load() == pthread_self()) {
    PyErr_SetString(PyExc_RuntimeError,
                    "px: contexts are running already: a signal handler or finaliser cannot start others in the same thread");
    return;
  }
  if (!turn->try_lock()) {
    std::mutex& mine = *turn;
    Unlocked unlocked;
    mine.lock();
  }
  turn_owner = pthread_self();
  const runtime::Pool* workers = pool();  // null: the interpreter has begun to shut down meanwhile
  ok_ = workers != nullptr;
  if (ok_) workers_ = workers->workers();
  if (!ok_) {
    turn_owner = pthread_t{};
    turn->unlock();
  }
}

Run::~Run() {
  if (!ok_) return;
  if (forked()) {
    check_fork();
    return;
  }
  turn_owner = pthread_t{};
  turn->unlock();
  forget_gone();
}

std::vector<jit::Function*>& gone_functions() {
  static auto& all = *new std::vector<jit::Function*>;
  return all;
}

void forget_gone() {
  constexpr size_t many = 64;  // worth a look at who is inside, where no compile thread looks
  static size_t waiting = 0;
  if (gone_functions().empty() || turn_owner.load() != pthread_t{}) return;
  for (jit::Function* function : gone_functions()) jit::forget_later(*function);
  waiting += gone_functions().size();
  gone_functions() = {};
  if (waiting < many || (jit::native::detail::mine && jit::native::detail::mine->depth > 0)) return;
  waiting = 0;
  jit::native::collect();
}

namespace {

// For a child whose parent's contexts run on.
Object forked_error() {
  PyErr_SetString(PyExc_RuntimeError, "px: a signal handler forked while contexts ran: they run in the parent only");
  return take_exception();
}

}  // namespace

bool Run::operator()(std::span<runtime::Task* const> tasks) {
  runtime::Pool* workers = pool();
  if (!workers) return false;
  Object raised;
  if (jit::race_check().load(std::memory_order_relaxed)) jit::forget_touched();
  workers->submit(tasks);
  workers->start();
  for (;;) {
    runtime::Wait wait;
    {
      Unlocked unlocked;
      wait = workers->wait();
      stay_at_exit();
    }
    if (wait == runtime::Wait::drained) break;
    if (PyErr_CheckSignals() < 0) {
      if (raised) {
        PyErr_Clear();  // asked to stop a second time
      } else {
        raised = take_exception();
      }
      if (!forked()) workers->cancel();
    }
    if (forked()) {
      drop_main_calls();
      raise_object(raised ? std::move(raised) : forked_error());
      return false;
    }
  }
  collect_main_calls();
  if (!raised) return true;
  raise_object(std::move(raised));
  return false;
}

namespace {

// A loop of a direct call on the workers. The calling thread may hold the GIL or have given it away. False: it runs the loop by itself.
bool run_region(runtime::Task& task, runtime::Context& caller) {
  if (caller.worker != runtime::Context::direct_call || closed.load()) return false;
  Direct::Held call;
  if (!call || turn_owner.load() == pthread_self()) return false;
  {
    std::mutex& mine = *turn;
    Unlocked unlocked;
    mine.lock();
  }
  // Asked for now: the interpreter may have begun to shut down while this thread waited, and the pool may be gone.
  runtime::Pool* workers = pool();
  if (!workers) {
    PyErr_Clear();
    turn->unlock();
    return false;
  }
  turn_owner = pthread_self();
  runtime::Task* one = &task;
  workers->submit({&one, 1});
  workers->start();
  for (bool cancelled = false;;) {
    runtime::Wait wait;
    {
      Unlocked unlocked;
      wait = workers->wait();
      stay_at_exit();
    }
    if (wait == runtime::Wait::drained) break;
    if (cancelled) continue;
    const uint32_t before = process_generation();
    const bool interrupted = call.interrupted();
    if (process_generation() != before) {  // in the child of a handler that forked: the workers are the parent's
      check_fork();
      if (!interrupted) call.stop(forked_error());
      task.dropped.store(true, std::memory_order_relaxed);
      return true;
    }
    if (!interrupted) continue;
    cancelled = true;
    workers->cancel();
  }
  turn_owner = pthread_t{};
  turn->unlock();
  return true;
}

}  // namespace

void serve_regions() {
  jit::region_runner().store(run_region, std::memory_order_release);
}

void shut_down() {
  if (closed) return;
  closed = true;
  note_interpreter_ends();
  check_fork();
  if (!the_pool) return;
  // Of a thread that is in a run or about to begin one: it goes on using the pool, which stays, told to stop.
  static runtime::Pool* kept = nullptr;
  kept = the_pool.release();
  Unlocked unlocked;
  // The turn is not given back: nobody begins a run from here on.
  if (turn_owner.load() != pthread_self() && turn->try_lock()) {
    delete std::exchange(kept, nullptr);
    return;
  }
  kept->cancel();
  for (int k = 0; k < 1000 && kept->running(); ++k) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace px::bridge
