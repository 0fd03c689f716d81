#include "bridge/batch.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bridge/bind.h"
#include "bridge/call.h"
#include "bridge/callable.h"
#include "bridge/direct.h"
#include "bridge/errors.h"
#include "bridge/heap.h"
#include "bridge/library.h"
#include "bridge/process.h"
#include "bridge/promote.h"
#include "bridge/run.h"
#include "jit/builtins/children.h"
#include "jit/builtins/random.h"
#include "jit/native/reclaim.h"
#include "runtime/clock.h"

namespace px::bridge {
namespace {

using jit::Specialisation;
using runtime::Context;

// Calls one specialisation again and again on one worker, with the newest code at each call.
class Caller {
 public:
  Caller(Specialisation& spec, Context& context) : spec_(spec), context_(context), outermost_(spec), start_(runtime::ticks()) {}
  // Counts and time go to the profile once: workers that shared a counter would slow each other down.
  ~Caller() {
    if (native_calls_ == 0) return;
    spec_.profile.count_native(jit::chosen_tier(spec_), native_calls_);
    jit::on_native_time(spec_, runtime::ticks() - start_);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  uint64_t ticks() const { return runtime::ticks() - start_; }

  int32_t operator()(const uint64_t* slots, uint64_t* ret) {
    if (const jit::Entry native = jit::chosen_entry(spec_)) {
      ++native_calls_;
      exc = &context_.exc;
      return native(slots, ret, &exc);
    }
    return execute(spec_, slots, ret, context_, &exc);
  }

  runtime::ExcInfo* exc = nullptr;

 private:
  Specialisation& spec_;
  Context& context_;
  const jit::native::Inside inside_;
  const jit::OutermostCall outermost_;
  const uint64_t start_;
  uint64_t native_calls_ = 0;
};

// What every shared task has: the error of the lowest index. Indices above a failed one may be left out.
struct Batch : runtime::Task {
  jit::Family family;                              // the child contexts of all calls
  std::atomic<uint64_t> failed_index{UINT64_MAX};  // lowered under `error_lock`, read relaxed: seeing it late costs work, nothing else
  std::mutex error_lock;
  std::unique_ptr<runtime::ExcInfo> error;
  const uint64_t random_seed = jit::random_batch_seed();  // of the indices' streams

  bool over(uint64_t index, const Context& context) const {
    return index > failed_index.load(std::memory_order_relaxed) || context.stop->load(std::memory_order_relaxed);
  }
  void fail(uint64_t index, const runtime::ExcInfo& exc) {
    std::lock_guard lock(error_lock);
    if (index >= failed_index.load(std::memory_order_relaxed)) return;
    failed_index.store(index, std::memory_order_relaxed);
    error = std::make_unique<runtime::ExcInfo>(exc);
  }
};

// What the context submits while this lives belongs to the batch.
class InFamily {
 public:
  InFamily(Context& context, jit::Family& family) : context_(context) { context.family = &family; }
  ~InFamily() { context_.family = nullptr; }
  InFamily(const InFamily&) = delete;
  InFamily& operator=(const InFamily&) = delete;

 private:
  Context& context_;
};

// What an index of a parallel_for takes, in ticks; 0: not measured yet. GIL.
uint64_t& cost_of(const Specialisation& spec) {
  static auto& all = *new std::unordered_map<const Specialisation*, uint64_t>;
  return all[&spec];
}

// Functions of which some cost is known: the others are not even bound before it is their turn. GIL.
std::unordered_set<const PyObject*>& measured() {
  static auto& all = *new std::unordered_set<const PyObject*>;
  return all;
}

constexpr uint64_t least_chunk_ns = 5'000, longest_chunk_ns = 1'000'000;
// A loop that is over before a worker would be awake is run by the calling thread.
constexpr uint64_t small_loop_ns = 5'000;

// Chunks small enough that the last one ends soon after the others, and that later ones find native code; where the cost of an index is
// known, long enough to be worth taking, and none so long that the others wait for it.
uint64_t choose_chunk(uint64_t count, Py_ssize_t asked, unsigned workers, uint64_t cost = 0) {
  constexpr uint64_t chunks_a_worker = 16;
  if (asked > 0) return static_cast<uint64_t>(asked);
  const uint64_t usual = std::max<uint64_t>(1, count / (chunks_a_worker * workers));
  if (cost == 0) return usual;
  const uint64_t share = std::max<uint64_t>(1, count / (2 * workers));
  const uint64_t least = std::min(runtime::ticks_in(least_chunk_ns) / cost, share);
  const uint64_t most = std::max<uint64_t>(1, runtime::ticks_in(longest_chunk_ns) / cost);
  return std::clamp(usual, std::max<uint64_t>(1, std::min(least, most)), most);
}

// Raises what a batch failed with. False with a Python exception set.
bool told(const Batch& batch) {
  if (!batch.error && !batch.family.error()) return true;
  raise(batch.error ? *batch.error : *batch.family.error());
  return false;
}

// False with a Python exception set.
bool run_batch(Run& run, Batch& batch) {
  runtime::Task* task = &batch;
  batch.heap = current_heap();
  return run({&task, 1}) && told(batch);
}
// Arguments of one call in `bound`, and the specialisation for them; null with a Python exception set.
Specialisation* specialise(Callable* callable, State& state, std::span<PyObject* const> args, Bound& bound) {
  bound = {};
  if (!match(state, args.data(), args.size(), nullptr, bound.values) || !bind_types(state, bound)) return nullptr;
  jit::CompileError error;
  Specialisation* spec = bridge::specialise(*state.function, bound.types, error);
  if (!spec) {
    raise(error);
    return nullptr;
  }
  (void)callable;
  return demand_native(*spec) ? spec : nullptr;
}

std::vector<Object> hold(std::span<PyObject* const> values) {
  std::vector<Object> held;
  for (PyObject* value : values) held.push_back(Object::borrow(value));
  return held;
}

// --- map

struct MapItem {
  Specialisation* spec;
  size_t slots, result;  // where they begin
  std::shared_ptr<runtime::PageList> pages;
};

struct MapTask : Batch {
  std::vector<MapItem> items;
  std::vector<uint64_t> slots, results;
};

void run_map(runtime::Task& base, Context& context, uint64_t begin, uint64_t end) {
  auto& task = static_cast<MapTask&>(base);
  Context::Scope scope(context);
  const InFamily in_family(context, task.family);
  const jit::BatchStreams streams(task.random_seed);
  while (begin < end) {
    Specialisation& spec = *task.items[begin].spec;
    const bool keeps_memory = holds_array(spec.result);
    Caller call(spec, context);
    for (; begin < end && task.items[begin].spec == &spec; ++begin) {
      if (task.over(begin, context)) return;
      MapItem& item = task.items[begin];
      const auto mark = context.arena.mark();
      number(context);
      streams.begin(begin);
      if (call(&task.slots[item.slots], &task.results[item.result])) return task.fail(begin, *call.exc);
      if (keeps_memory) {
        item.pages = std::make_shared<runtime::PageList>(context.arena.detach());
      } else {
        context.arena.release(mark);
      }
    }
  }
}

// --- parallel_for

struct ForTask : Batch {
  Specialisation* spec = nullptr;
  int64_t start = 0, step = 1;
  std::vector<uint64_t> slots;     // the first is the index's
  uint64_t until = 0;              // when the calling thread stops (ticks); 0: never
  uint64_t reached = 0;            // where it stopped, if it did
  std::atomic<uint64_t> ticks{0};  // of all chunks: added by workers (relaxed), read after the run
};

// So many slots, on the stack where they are few: a chunk may be one index.
class Words {
 public:
  explicit Words(size_t count) : many_(count > few ? std::make_unique<uint64_t[]>(count) : nullptr) {}
  uint64_t* data() { return many_ ? many_.get() : few_; }
  uint64_t& operator[](size_t i) { return data()[i]; }

 private:
  static constexpr size_t few = 24;
  uint64_t few_[few];
  std::unique_ptr<uint64_t[]> many_;
};

void run_for(runtime::Task& base, Context& context, uint64_t begin, uint64_t end) {
  auto& task = static_cast<ForTask&>(base);
  Context::Scope scope(context);
  const InFamily in_family(context, task.family);
  const jit::BatchStreams streams(task.random_seed);
  Caller call(*task.spec, context);
  Words slots(task.slots.size()), ret(task.spec->result->slots + 1);
  std::copy(task.slots.begin(), task.slots.end(), slots.data());
  const auto mark = context.arena.mark();
  for (uint64_t i = begin; i < end; ++i) {
    if (task.over(i, context)) return;
    if (task.until && runtime::ticks() > task.until) [[unlikely]] {
      task.reached = i;
      return;
    }
    slots[0] = static_cast<uint64_t>(task.start) + i * static_cast<uint64_t>(task.step);
    number(context);
    streams.begin(i);
    if (call(slots.data(), ret.data())) return task.fail(i, *call.exc);
    context.arena.release(mark);
  }
  task.ticks.fetch_add(call.ticks(), std::memory_order_relaxed);
}

// What the indices cost, now that they have run.
void note_cost(PyObject* function, const ForTask& task) {
  uint64_t& cost = cost_of(*task.spec);
  const uint64_t now = std::max<uint64_t>(1, task.ticks.load(std::memory_order_relaxed) / task.count);
  if (cost == 0) measured().insert(function);
  cost = cost == 0 || now < cost ? now : (7 * cost + now) / 8;  // code gets faster; what disturbs a run once is no news
}

// A loop that should be small, by the calling thread: all of it, or as much as it does in ten times the time that it should take. How far
// it came; nothing where a Python exception is set.
std::optional<uint64_t> run_here(ForTask& task) {
  const uint64_t cost = cost_of(*task.spec);
  if (cost == 0 || task.count > runtime::ticks_in(small_loop_ns) / cost) return 0;
  if (Context::current() || jit::race_check().load(std::memory_order_relaxed)) return 0;
  Context& context = Context::of_thread();
  if (context.user) return 0;  // a signal handler inside of a direct call
  context.use(current_heap());
  task.until = runtime::ticks() + runtime::ticks_in(10 * small_loop_ns);
  task.reached = task.count;
  Direct direct(context, true);  // an index may take longer than ever before: then others get the GIL, and signals are heard
  run_for(task, context, 0, task.count);
  task.until = 0;
  const bool heard = direct.end();
  context.reset();
  if (!heard || !told(task)) return {};
  return task.reached;
}

// --- reduce

struct ReduceTask : ForTask {
  Specialisation* op = nullptr;
  uint64_t block = 1, total = 0;  // indices in a block, in all
  size_t width = 1;               // slots of a value
  std::vector<uint64_t> blocks;   // the blocks' values
};

void run_reduce(runtime::Task& base, Context& context, uint64_t begin, uint64_t end) {
  auto& task = static_cast<ReduceTask&>(base);
  Context::Scope scope(context);
  const InFamily in_family(context, task.family);
  const jit::BatchStreams streams(task.random_seed);
  Caller call(*task.spec, context), combine(*task.op, context);
  std::vector<uint64_t> slots = task.slots, pair(2 * task.width + 1), next(task.width + 1);
  const auto mark = context.arena.mark();
  for (uint64_t b = begin; b < end; ++b) {
    uint64_t* value = &task.blocks[b * task.width];
    const uint64_t first = b * task.block, last = std::min(task.total, first + task.block);
    for (uint64_t i = first; i < last; ++i) {
      if (task.over(b, context)) return;
      slots[0] = static_cast<uint64_t>(task.start) + i * static_cast<uint64_t>(task.step);
      number(context);
      streams.begin(i);
      if (call(slots.data(), next.data())) return task.fail(b, *call.exc);
      if (i == first) {
        std::copy_n(next.data(), task.width, value);
      } else {
        std::copy_n(value, task.width, pair.data());
        std::copy_n(next.data(), task.width, pair.data() + task.width);
        if (combine(pair.data(), value)) return task.fail(b, *combine.exc);
      }
      context.arena.release(mark);
    }
  }
}

uint64_t range_length(int64_t start, int64_t stop, int64_t step) {
  if (step > 0)
    return start < stop ? (static_cast<uint64_t>(stop) - static_cast<uint64_t>(start) - 1) / static_cast<uint64_t>(step) + 1 : 0;
  return start > stop ? (static_cast<uint64_t>(start) - static_cast<uint64_t>(stop) - 1) / (uint64_t{0} - static_cast<uint64_t>(step)) + 1
                      : 0;
}

// Fills in what parallel_for and reduce share; `bound` and `held` keep the arguments. False with a Python exception set.
bool prepare_for(ForTask& task, PyObject* function, int64_t start, int64_t step, PyObject* args, Bound& bound, std::vector<Object>& held) {
  Callable* callable = as_callable(function);
  State* state = ready_state(callable);
  auto index = Object::steal(PyLong_FromLongLong(start));
  if (!state || !index) return false;
  std::vector<PyObject*> all{index.get()};
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) all.push_back(PyTuple_GET_ITEM(args, i));
  size_t positional = all.size();
  Object rest;
  if (!pack_rest(*callable, all, positional, rest)) return false;
  task.spec = specialise(callable, *state, all, bound);
  if (!task.spec) return false;
  bind_slots(*task.spec, bound);
  held = hold(bound.values);
  task.slots = bound.slots;
  task.start = start;
  task.step = step;
  return true;
}

}  // namespace

Object map(PyObject* function, PyObject* list, Py_ssize_t chunk) {
  Callable* callable = as_callable(function);
  const auto count = static_cast<size_t>(PyList_GET_SIZE(list));
  auto results = Object::steal(PyList_New(0));
  if (!results || count == 0) return results;
  Run run;
  if (!run.ok()) return {};
  State* state = ready_state(callable);
  if (!state) return {};
  auto items = Object::steal(PyList_GetSlice(list, 0, PyList_GET_SIZE(list)));  // ours: nobody else can change it
  if (!items) return {};

  MapTask task;
  task.run = run_map;
  task.count = count;
  task.chunk = choose_chunk(count, chunk, run.workers());
  task.items.reserve(count);
  std::vector<Object> hidden;
  Bound bound;
  std::vector<PyObject*> args;
  std::vector<const jit::Type*> types;  // of the item before
  size_t result_slots = 0;
  for (size_t i = 0; i < count; ++i) {
    PyObject* item = PyList_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i));
    args.assign(&PyTuple_GET_ITEM(item, 0), &PyTuple_GET_ITEM(item, 0) + PyTuple_GET_SIZE(item));
    size_t positional = args.size();
    Object rest;  // what is in it is the item's
    if (!pack_rest(*callable, args, positional, rest)) return {};
    bound.values.clear();
    bound.types.clear();
    if (!match(*state, args.data(), args.size(), nullptr, bound.values) || !bind_types(*state, bound)) return {};
    Specialisation* spec = i > 0 && bound.types == types ? task.items.back().spec : specialise(callable, *state, args, bound);
    if (!spec) return {};
    types = bound.types;
    const size_t declared = bound.values.size();
    bind_slots(*spec, bound);
    if (i == 0 || spec != task.items.back().spec) {
      for (size_t k = declared; k < bound.values.size(); ++k) hidden.push_back(Object::borrow(bound.values[k]));
    }
    task.items.push_back({spec, task.slots.size(), result_slots, nullptr});
    task.slots.insert(task.slots.end(), bound.slots.begin(), bound.slots.end());
    result_slots += spec->result->slots + 1;
  }
  task.results.resize(result_slots);
  if (!run_batch(run, task)) return {};

  for (size_t i = 0; i < count; ++i) {
    MapItem& item = task.items[i];
    PyObject* args = PyList_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i));
    std::vector<PyObject*> values;
    if (item.pages) {
      values.assign(&PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 0) + PyTuple_GET_SIZE(args));
      for (const auto& array : hidden) values.push_back(array.get());
    }
    auto pages = [](void* user) { return *static_cast<std::shared_ptr<runtime::PageList>*>(user); };
    Origin origin(values, pages, &item.pages);
    auto value = Object::steal(promote(item.spec->result, &task.results[item.result], origin));
    item.pages.reset();
    if (!value || PyList_Append(results.get(), value.get()) < 0) return {};
  }
  return results;
}

Object parallel_for(PyObject* function, int64_t start, int64_t stop, int64_t step, PyObject* args, Py_ssize_t chunk) {
  const uint64_t count = range_length(start, stop, step);
  ForTask task;
  Bound bound;
  std::vector<Object> held;
  task.run = run_for;
  task.count = count;
  if (chunk == 0 && count > 0 && measured().contains(function)) {
    if (!prepare_for(task, function, start, step, args, bound, held)) return {};
    const auto done = run_here(task);
    if (!done) return {};
    if (*done == count) {
      note_cost(function, task);
      return Object::borrow(Py_None);
    }
    start = static_cast<int64_t>(static_cast<uint64_t>(start) + *done * static_cast<uint64_t>(step));
    task.count = count - *done;
    held.clear();
  }
  Run run;
  if (!run.ok()) return {};
  if (!prepare_for(task, function, start, step, args, bound, held)) return {};  // as things are when its turn has come
  if (count == 0) return Object::borrow(Py_None);
  task.chunk = choose_chunk(task.count, chunk, run.workers(), cost_of(*task.spec));
  if (!run_batch(run, task)) return {};
  note_cost(function, task);
  return Object::borrow(Py_None);
}

Object reduce(PyObject* op, PyObject* function, int64_t start, int64_t stop, int64_t step, PyObject* args, PyObject* init) {
  constexpr uint64_t most_blocks = 1024;
  Run run;
  if (!run.ok()) return {};
  ReduceTask task;
  Bound bound;
  std::vector<Object> held;
  if (!prepare_for(task, function, start, step, args, bound, held)) return {};
  task.total = range_length(start, stop, step);
  if (task.total == 0) {
    if (!init) PyErr_SetString(PyExc_ValueError, "px.reduce of an empty range needs init=");
    return Object::borrow(init);
  }
  const jit::Type* type = task.spec->result;
  State* op_state = ready_state(as_callable(op));
  if (!op_state) return {};
  jit::CompileError error;
  const std::vector<const jit::Type*> both{type, type};
  task.op = bridge::specialise(*op_state->function, both, error);
  if (!task.op) {
    raise(error);
    return {};
  }
  if (task.op->result != type || holds_array(type) || !task.op->hidden.empty()) {
    raise_px("TypingError",
             "px.reduce: the function gives %s and the operation on two of them %s: both must be the same type, without arrays",
             jit::to_string(type).c_str(), jit::to_string(task.op->result).c_str());
    return {};
  }
  if (!demand_native(*task.op)) return {};
  task.run = run_reduce;
  task.block = (task.total + most_blocks - 1) / most_blocks;
  task.count = (task.total + task.block - 1) / task.block;
  task.chunk = choose_chunk(task.count, 0, run.workers());
  task.width = type->slots;
  task.blocks.resize(task.count * task.width + 1);
  if (!run_batch(run, task)) return {};

  // The blocks in order: Python calls of `op`, a thousand at most.
  Object total = Object::borrow(init);
  Origin nowhere{{}};
  for (uint64_t b = 0; b < task.count; ++b) {
    auto value = Object::steal(promote(type, &task.blocks[b * task.width], nowhere));
    if (!value) return {};
    total = total ? Object::steal(PyObject_CallFunctionObjArgs(op, total.get(), value.get(), nullptr)) : value;
    if (!total) return {};
  }
  return total;
}

}  // namespace px::bridge
