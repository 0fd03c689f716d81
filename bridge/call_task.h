// One queued call on a worker.
//
// Threads: the main thread takes one, fills in the upper half before the run, and reads the lower half after it (GIL held); in between the
// task is the worker's.
#pragma once

#include <memory>
#include <vector>

#include "jit/builtins/children.h"
#include "jit/builtins/random.h"
#include "jit/function.h"
#include "jit/tiering.h"
#include "runtime/exception.h"
#include "runtime/task.h"

namespace px::bridge {

class LastingContext;

struct CallTask : runtime::Task {
  CallTask();

  jit::Specialisation* spec = nullptr;
  std::vector<uint64_t> slots;
  LastingContext* lasting = nullptr;  // the context that it is a callback of, if that outlives it

  jit::Family family;                               // its child contexts
  uint64_t random_seed = jit::random_batch_seed();  // of the call's stream
  bool ran = false, failed = false;
  jit::Tier tier{};
  std::vector<uint64_t> result;
  std::unique_ptr<runtime::ExcInfo> exc;
  std::shared_ptr<runtime::PageList> pages;  // of a result that holds arrays
};

// Tasks that were given back are taken again, with the memory that they have: a million works in a row need those of a part of them.
CallTask* take_task();
void give_task(CallTask*);  // or null
void trim_tasks();          // leaves some, where many have been given back

}  // namespace px::bridge
