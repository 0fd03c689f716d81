// What the process has one of: the pool of workers and the run that is on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bridge/object.h"
#include "jit/function.h"
#include "runtime/pool.h"

namespace px::bridge {

// Before the pool's first use; the GIL held.
void set_pool_options(const runtime::PoolOptions& options);

// The pool, started if there is none; null with a Python exception set. GIL held.
runtime::Pool* pool();
// The same if it has been started, or else null. No exception.
runtime::Pool* existing_pool();

// Counts up in a forked child: what an older generation queued never runs here.
uint32_t process_generation();

// Runs `tasks` to the end: the GIL released, signals handled. One run at a time: a second Python thread waits for the first one's to end.
// `start` is called with the GIL held when no other run is on, just before the tasks are submitted; false from it ends the run.
// False with a Python exception set: what `start` or a signal handler raised; in the second case tasks were dropped.
class Run {
 public:
  Run();  // waits for its turn; `ok` is false with a Python exception set where that is impossible
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  bool ok() const { return ok_; }
  unsigned workers() const { return workers_; }  // also where the pool is gone meanwhile, the interpreter being about to end
  // False with a Python exception set if a signal handler raised; then what had not begun was dropped, the rest was told to stop. Also in
  // the child of a handler that forked.
  bool operator()(std::span<runtime::Task* const> tasks);
  // This process is such a child: the tasks' threads are the parent's, and the tasks are as these have left them.
  bool forked() const { return generation_ != process_generation(); }

 private:
  bool ok_ = false;
  unsigned workers_ = 0;
  uint32_t generation_;
};

// The calls that contexts have queued for the main thread, as a list of (function, arguments), and none of them any more. GIL held.
Object take_main_calls();
// Takes over what contexts have queued, while what keeps their functions is still there. GIL held.
void collect_main_calls();
void drop_main_calls();   // what contexts have queued and is not taken over
void serve_main_calls();  // once, at import
// Whether there are some. Any thread.
bool main_calls_wait();

// Lets px functions run prange loops on the workers. Once, at import.
void serve_regions();

// Functions whose Python objects are gone; while a run is on they are kept, since it may have calls of theirs queued. GIL held.
std::vector<jit::Function*>& gone_functions();
void forget_gone();

// Stops the workers, waiting a second at most. What is queued is dropped; later runs raise RuntimeError.
void shut_down();

}  // namespace px::bridge
