// `px.Work`: one queued call, and the queue.
#pragma once

#include <memory>
#include <vector>

#include "bridge/call.h"
#include "bridge/object.h"
#include "bridge/run.h"
#include "jit/builtins/children.h"
#include "jit/builtins/random.h"
#include "runtime/task.h"

namespace px::bridge {

class LastingContext;

// One call on a worker. The main thread fills in the upper half before the run and reads the lower half after it.
struct CallTask : runtime::Task {
  CallTask();

  jit::Specialisation* spec = nullptr;
  std::vector<uint64_t> slots;
  LastingContext* lasting = nullptr;  // the context that it is a callback of, if that outlives it

  jit::Family family;                                     // its child contexts
  const uint64_t random_seed = jit::random_batch_seed();  // of the call's stream
  bool ran = false, failed = false;
  jit::Tier tier{};
  std::vector<uint64_t> result;
  std::unique_ptr<runtime::ExcInfo> exc;
  std::shared_ptr<runtime::PageList> pages;  // of a result that holds arrays
};

bool make_work_type(PyObject* module);

// Queues a call: a new Work, null with a Python exception set where the arguments do not fit. Runs nothing. `lasting`: null, or the Python
// object of a LastingContext, whose state comes before the arguments and is replaced by the result.
Object submit(PyObject* function, PyObject* args, PyObject* keywords, PyObject* callback, PyObject* errback, PyObject* lasting);

// Runs up to `limit` queued works (negative: all); returns how many, and a list of those with a callback or errback, done, in the order of
// submission. What a signal handler raised comes after the works have been told that they were dropped.
Object drain(Py_ssize_t limit);

size_t queued();
void forget_queue();  // at exit

}  // namespace px::bridge
