// Child contexts: px.submit_work in a callback, and waiting for what one returned.
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
// run; of a direct call, which runs its children itself, by its context.
class Family {
 public:
  struct Child;

  // Queues a call on the calling worker's pool. Any context of the family. `wanted`: somebody may wait for the child.
  Child& submit(Specialisation& spec, std::vector<uint64_t> slots, const runtime::HeapOptions* heap, bool wanted);
  // The same, run here and now instead.
  Child& run_now(Specialisation& spec, std::vector<uint64_t> slots, runtime::Context&);
  // A descendant that nobody waits for failed: the first one's exception is kept. Any thread.
  void fail(const runtime::ExcInfo& exc);

  // Main thread, after the run. Of children that failed and whose failure nobody was told, the first.
  const runtime::ExcInfo* error() const;
  bool dropped() const;  // some never ran
  size_t size() const { return children_.size(); }
  void clear();

  // In the context of the child's parent: runs the child if nobody has begun to, else waits for who has; its result's slots. 0, or 1 with
  // the child's exception as the context's. Cannot wait for ever: parents wait for descendants alone, and those that wait run what is left.
  static int32_t wait(Child&, runtime::Context&, uint64_t* result);

 private:
  Child& add(Specialisation& spec, std::vector<uint64_t> slots, bool wanted);
  static void run(runtime::Task&, runtime::Context&, uint64_t, uint64_t);
  static void run_in(Child&, runtime::Context&);

  mutable std::mutex lock_;  // guards both
  std::vector<std::unique_ptr<Child, void (*)(Child*)>> children_;
  std::unique_ptr<runtime::ExcInfo> error_;
};

// px.submit_work in a callback. Arguments: the specialisation, the type of the arguments given (a tuple), whether somebody may wait for the
// child, how many slots follow, the slots. Result: the child's address.
int32_t submit_child(const uint64_t* arguments, uint64_t* result);

// In a direct call that is over: the exception of a child that failed without its parent being told, or null; of the context's children
// nothing is left.
std::unique_ptr<runtime::ExcInfo> end_children(runtime::Context&);

// `child.result`, as a method.
const Builtin* find_work_method(std::string_view name);

}  // namespace px::jit
