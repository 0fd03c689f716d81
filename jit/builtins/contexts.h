// What a callback does beside computing: child contexts (px.submit_work), calls for the main thread (px.call_from_main_thread), snapshots.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "jit/builtins/builtin.h"
#include "runtime/context.h"
#include "runtime/task.h"

namespace px::jit {

constexpr std::string_view submit_work_name = "px.work.submit_work";

// The contexts that a callback and its descendants have submitted in a run. Owned by what the main thread waits for, which outlives the
// run.
class Family {
 public:
  // Queues a call on the calling worker's pool. Any context of the family.
  void submit(Specialisation& spec, std::vector<uint64_t> slots, const runtime::HeapOptions* heap);
  // A descendant failed: the first one's exception is kept. Any thread.
  void fail(const runtime::ExcInfo& exc);

  // Main thread, after the run.
  const runtime::ExcInfo* error() const { return error_.get(); }
  bool dropped() const;  // some never ran
  size_t size() const { return children_.size(); }
  void clear();

 private:
  struct Child;
  static void run(runtime::Task&, runtime::Context&, uint64_t, uint64_t);

  std::mutex lock_;  // guards both
  std::vector<std::unique_ptr<Child, void (*)(Child*)>> children_;
  std::unique_ptr<runtime::ExcInfo> error_;
};

// Takes a call for the main thread: the Python object, the type of its arguments (a tuple) and their slots. Set once at import; any thread.
using MainCallSink = void (*)(uint64_t function, const Type* arguments, const uint64_t* slots);
std::atomic<MainCallSink>& main_call_sink();

// px.submit_work in a callback. Arguments: the specialisation, the type of the arguments given (a tuple), how many slots follow, the slots.
int32_t submit_child(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
