#include "bridge/call_task.h"

#include "bridge/lasting.h"
#include "bridge/promote.h"
#include "bridge/run.h"
#include "jit/native/reclaim.h"

namespace px::bridge {
namespace {

using runtime::Context;

constexpr size_t most_spare = 1024;

// Never destroyed, as the queue is.
std::vector<std::unique_ptr<CallTask>>& spare = *new std::vector<std::unique_ptr<CallTask>>;

void call(CallTask& task, Context& context) {
  const jit::BatchStreams streams(task.random_seed);
  streams.begin(0);
  const jit::native::Inside inside;
  const jit::OutermostCall outermost(*task.spec);
  number(context);
  context.family = &task.family;
  task.tier = jit::chosen_entry(*task.spec) ? jit::chosen_tier(*task.spec) : jit::Tier::interpreter;
  runtime::ExcInfo* exc = nullptr;
  task.failed = execute(*task.spec, task.slots.data(), task.result.data(), context, &exc) != 0;
  context.family = nullptr;
  task.ran = true;
  if (task.failed) {
    task.exc = std::make_unique<runtime::ExcInfo>(*exc);
  } else if (!task.lasting && holds_array(task.spec->result)) {
    task.pages = std::make_shared<runtime::PageList>(context.arena.detach());
  }
}

void run_call(runtime::Task& base, Context& context, uint64_t, uint64_t) {
  auto& task = static_cast<CallTask&>(base);
  Context::Scope scope(context);
  if (!task.lasting) return call(task, context);
  runtime::LastingHeap::Callback callback(task.lasting->heap(), context);
  call(task, context);
  if (task.failed || task.lasting->keep(task.result, callback, context)) return;
  task.failed = true;
  task.exc = std::make_unique<runtime::ExcInfo>(context.exc);
}

}  // namespace

CallTask::CallTask() {
  run = run_call;
}

CallTask* take_task() {
  if (spare.empty()) return new CallTask;
  CallTask* task = spare.back().release();
  spare.pop_back();
  task->random_seed = jit::random_batch_seed();
  return task;
}

void give_task(CallTask* task) {
  if (!task) return;
  task->lasting = nullptr;
  task->family.clear();
  task->ran = task->failed = false;
  task->exc.reset();
  task->pages.reset();
  spare.emplace_back(task);
}

void trim_tasks() {
  if (spare.size() > most_spare) spare.resize(most_spare);
}

}  // namespace px::bridge
