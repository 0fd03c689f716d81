#include "jit/builtins/children.h"

#include <algorithm>
#include <string>
#include <thread>

#include "jit/builtins/contexts.h"
#include "jit/function.h"
#include "jit/infer/infer.h"
#include "jit/infer/races.h"
#include "jit/native/reclaim.h"
#include "jit/tiering.h"
#include "runtime/platform.h"
#include "runtime/pool.h"

namespace px::jit {

using runtime::Context;
using runtime::ExcKind;
using typed::Slot;

namespace {

// Values of Child::state. Who turns `queued` into `taken` runs the child.
enum : uint8_t { queued, taken, done, failed };

}  // namespace

struct Family::Child : runtime::Task {
  Family* family = nullptr;
  Specialisation* spec = nullptr;
  std::vector<uint64_t> slots;
  bool wanted = false;
  // queued to taken by whoever comes first (CAS), the rest by that thread: with release once `result` or `exc` is there, read with acquire
  // by who waits.
  std::atomic<uint8_t> state{queued};
  std::vector<uint64_t> result;
  std::unique_ptr<runtime::ExcInfo> exc;
  bool told = false;               // the parent has seen `exc`; its worker writes it, the main thread reads it after the run
  uint64_t number = 0, ended = 0;  // PX_CHECK=races: the context's number when it begins and when it has ended
};

void Family::run_in(Child& child, Context& context) {
  const native::Inside inside;
  const OutermostCall outermost(*child.spec);
  if (!chosen_entry(*child.spec)) on_entry(*child.spec);
  const uint64_t number = std::exchange(context.number, child.number);
  std::vector<uint64_t> ret(child.spec->result->slots + 1);
  runtime::ExcInfo* exc = &context.exc;
  const bool wrong = call(*child.spec, child.slots.data(), ret.data(), &exc) != 0;
  child.ended = std::exchange(context.number, number);
  if (!wrong) {
    if (child.wanted) child.result = std::move(ret);
  } else if (child.wanted) {
    child.exc = std::make_unique<runtime::ExcInfo>(*exc);
  } else {
    child.family->fail(*exc);
  }
  child.state.store(wrong ? failed : done, std::memory_order_release);
}

void Family::run(runtime::Task& task, Context& context, uint64_t, uint64_t) {
  auto& child = static_cast<Child&>(task);
  uint8_t expected = queued;
  if (!child.state.compare_exchange_strong(expected, taken, std::memory_order_acq_rel)) return;  // its parent was faster
  Context::Scope scope(context);
  context.family = child.family;
  run_in(child, context);
  context.family = nullptr;
}

Family::Child& Family::add(Specialisation& spec, std::vector<uint64_t> slots, bool wanted) {
  std::unique_ptr<Child, void (*)(Child*)> made(new Child, [](Child* c) { delete c; });
  Child& child = *made;
  child.run = run;
  child.family = this;
  child.spec = &spec;
  child.slots = std::move(slots);
  child.wanted = wanted;
  std::lock_guard hold(lock_);
  children_.push_back(std::move(made));
  return child;
}

Family::Child& Family::submit(Specialisation& spec, std::vector<uint64_t> slots, const runtime::HeapOptions* heap, bool wanted) {
  Child& child = add(spec, std::move(slots), wanted);
  child.heap = heap;
  if (race_check().load(std::memory_order_relaxed)) child.number = fork_number(*Context::current());
  runtime::Pool::submit_child(child);
  return child;
}

Family::Child& Family::run_now(Specialisation& spec, std::vector<uint64_t> slots, Context& context) {
  Child& child = add(spec, std::move(slots), true);
  child.number = context.number;
  child.state.store(taken, std::memory_order_relaxed);
  const auto mark = context.arena.mark();
  run_in(child, context);
  context.arena.release(mark);
  return child;
}

void Family::fail(const runtime::ExcInfo& exc) {
  std::lock_guard hold(lock_);
  if (!error_) error_ = std::make_unique<runtime::ExcInfo>(exc);
}

const runtime::ExcInfo* Family::error() const {
  if (error_) return error_.get();
  for (const auto& child : children_)
    if (child->exc && !child->told) return child->exc.get();
  return nullptr;
}

bool Family::dropped() const {
  return std::ranges::any_of(children_, [](const auto& child) {
    return child->dropped.load(std::memory_order_relaxed) && child->state.load(std::memory_order_relaxed) == queued;
  });
}

void Family::clear() {
  children_.clear();
  error_.reset();
}

namespace {

// Whether the machine stack has no room for another context's run in this one; sets the exception.
bool stack_is_full(Context& context) {
  if (static_cast<char*>(__builtin_frame_address(0)) > context.stack_limit) return false;
  context.exc.set(ExcKind::RecursionError, "maximum recursion depth exceeded");
  return true;
}

}  // namespace

int32_t Family::wait(Child& child, Context& context, uint64_t* result) {
  uint8_t state = queued;
  if (child.state.compare_exchange_strong(state, taken, std::memory_order_acq_rel)) {
    if (stack_is_full(context)) {
      child.exc = std::make_unique<runtime::ExcInfo>(context.exc);
      child.state.store(failed, std::memory_order_release);
    } else {
      const auto mark = context.arena.mark();
      run_in(child, context);
      context.arena.release(mark);
    }
  }
  for (unsigned turns = 0; (state = child.state.load(std::memory_order_acquire)) == taken; ++turns) {
    if (turns < 64) {
      runtime::platform::relax();
    } else {
      std::this_thread::yield();
    }
  }
  if (race_check().load(std::memory_order_relaxed)) join_number(context, child.ended);
  if (state == failed) {
    child.told = true;
    context.exc = *child.exc;
    return 1;
  }
  std::copy_n(child.result.begin(), child.spec->result->slots, result);
  return 0;
}

int32_t submit_child(const uint64_t* x, uint64_t* result) {
  auto& context = *Context::current();
  auto& spec = *reinterpret_cast<Specialisation*>(x[0]);
  const bool wanted = x[2] != 0;
  const uint64_t* slots = x + 4;
  if (const uint64_t* at = slots; holds_own_memory(context, reinterpret_cast<const Type*>(x[1]), at))
    return context.exc.set(ExcKind::PersistenceError,
                           "an array of a context's own, handed to a child context, would not live as long as the child: hand over an "
                           "array that the context was given"),
           1;
  std::vector<uint64_t> own(slots, slots + x[3]);
  own.push_back(0);  // never empty
  const bool direct = context.worker == Context::direct_call;
  if (auto* family = static_cast<Family*>(context.family); family && !direct) {
    *result = reinterpret_cast<uint64_t>(&family->submit(spec, std::move(own), context.heap(), wanted));
    return 0;
  }
  // On no worker (a direct call), or in a prange loop, the child is run here and now.
  if (stack_is_full(context)) return 1;
  if (!wanted) {
    std::vector<uint64_t> ret(spec.result->slots + 1);
    runtime::ExcInfo* exc = &context.exc;
    const auto mark = context.arena.mark();
    const int32_t wrong = call(spec, own.data(), ret.data(), &exc);
    if (wrong && exc != &context.exc) context.exc = *exc;
    if (!wrong) context.arena.release(mark);
    return wrong;
  }
  if (!context.children) context.children = std::make_shared<Family>();
  Family::Child& child = static_cast<Family*>(context.children.get())->run_now(spec, std::move(own), context);
  *result = reinterpret_cast<uint64_t>(&child);
  // In a direct call who waits is told; in a prange loop it is told at once, since nobody looks at the loop's children afterwards.
  if (!child.exc || direct) return 0;
  child.told = true;
  context.exc = *child.exc;
  return 1;
}

std::unique_ptr<runtime::ExcInfo> end_children(Context& context) {
  std::unique_ptr<runtime::ExcInfo> untold;
  if (const auto* exc = static_cast<Family*>(context.children.get())->error()) untold = std::make_unique<runtime::ExcInfo>(*exc);
  context.children.reset();
  return untold;
}

namespace {

int32_t await_child(const uint64_t* x, uint64_t* result) {
  return Family::wait(*reinterpret_cast<Family::Child*>(x[0]), *Context::current(), result);
}

Resolution result_of(std::span<const Argument> arguments, const Builtin&) {
  const Type* result = arguments[0].type->elements[0];
  if (!consists_of_numbers(result))
    throw InferenceError{ExcKind::PersistenceError, to_string(result) +
                                                        " as the result of a child context would outlive it: hand the child an array to "
                                                        "write to, or return numbers, booleans, None or tuples of them"};
  return {.result = result,
          .literal = {},
          .parameters = {},
          .lower =
              [result](Emitter& e, std::span<const Slot> a, Slot d) {
                const uint32_t count = result->slots;
                e.call_runtime("px_await_child", await_child, {a[0]}, count ? d : e.temporary(types::int64()), count ? count : 1);
              },
          .advice = {}};
}

const Builtin methods[] = {{"result", result_of, "waits for a child context; what it returned", "", {}, 0, nullptr, 1, 1}};

}  // namespace

const Builtin* find_work_method(std::string_view name) {
  auto place = std::ranges::find(methods, name, &Builtin::name);
  return place == std::end(methods) ? nullptr : &*place;
}

}  // namespace px::jit
