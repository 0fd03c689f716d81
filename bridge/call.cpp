#include "bridge/call.h"

#include <array>
#include <bit>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridge/bind.h"
#include "bridge/callable.h"
#include "bridge/direct.h"
#include "bridge/errors.h"
#include "bridge/globals.h"
#include "bridge/heap.h"
#include "bridge/library.h"
#include "bridge/native.h"
#include "bridge/numpy.h"
#include "bridge/process.h"
#include "bridge/promote.h"
#include "bridge/reflected.h"
#include "bridge/run.h"
#include "jit/builtins/children.h"
#include "jit/native/reclaim.h"
#include "runtime/clock.h"
#include "runtime/context.h"

namespace px::bridge {

namespace {

using jit::Scalar;
using jit::Specialisation;
using runtime::Context;
using runtime::ExcInfo;

constexpr uint64_t brief_ns = 50'000;  // calls known to be shorter keep the GIL
constexpr uint64_t tiny_ns = 1'000;    // of calls shorter than this, one in sixteen is timed
constexpr uint8_t untimed_calls = 15;
constexpr uint32_t inline_result_slots = 16;
constexpr int array_flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS | NPY_ARRAY_ALIGNED | NPY_ARRAY_WRITEABLE;

// --- A call that fits a shape.

// Reads `value` if it is what the guard says; the slot after its own, null if it is not.
inline uint64_t* load(const Guard& guard, PyObject* value, uint64_t* out) {
  if (Py_TYPE(value) != guard.type) return nullptr;
  switch (guard.load) {
    case Guard::Load::float64:
      *out = std::bit_cast<uint64_t>(PyFloat_AS_DOUBLE(value));
      return out + 1;
    case Guard::Load::integer: {
      int overflow = 0;
      *out = static_cast<uint64_t>(PyLong_AsLongLongAndOverflow(value, &overflow));
      return overflow ? nullptr : out + 1;
    }
    case Guard::Load::boolean:
      *out = value == Py_True;
      return out + 1;
    case Guard::Load::none:
      return out;
    case Guard::Load::array: {
      auto* array = reinterpret_cast<PyArrayObject*>(value);
      if (PyArray_DESCR(array) != guard.descr || PyArray_NDIM(array) != guard.ndim || (PyArray_FLAGS(array) & array_flags) != guard.flags) {
        return nullptr;
      }
      store_array(value, guard.ndim, out);
      return out + 2 + 2 * guard.ndim;
    }
    case Guard::Load::other:
      store(value, guard.px, out);
      return out + guard.px->slots;
  }
  return nullptr;
}

inline bool load(const Shape& shape, PyObject* const* args, uint64_t* out) {
  for (const Guard& guard : shape.guards) {
    out = load(guard, *args++, out);
    if (!out) return false;
  }
  for (size_t i = 0; i < shape.hidden.size(); ++i) {
    store(shape.hidden[i], shape.hidden_types[i], out);
    out += shape.hidden_types[i]->slots;
  }
  return true;
}

bool make_guard(PyObject* value, const jit::Type* type, Guard& out) {
  out = {Guard::Load::other, Py_TYPE(value), nullptr, 0, 0, type};
  if (type->is_none()) {
    out.load = Guard::Load::none;
  } else if (type->is_array()) {
    auto* array = reinterpret_cast<PyArrayObject*>(value);
    out.load = Guard::Load::array;
    out.descr = PyArray_DESCR(array);
    out.ndim = type->ndim;
    out.flags = PyArray_FLAGS(array) & array_flags;
  } else if (!type->is_scalar()) {
    return false;
  } else if (PyFloat_CheckExact(value)) {
    out.load = Guard::Load::float64;
  } else if (PyBool_Check(value)) {
    out.load = Guard::Load::boolean;
  } else if (PyLong_CheckExact(value)) {
    if (type->scalar != Scalar::i64) return false;
    out.load = Guard::Load::integer;
  } else if (PyLong_Check(value)) {
    return false;  // a subclass may be too large next time
  }
  return true;
}

// --- Running.

void learn(Timing& timing, uint64_t elapsed) {
  timing.length = elapsed < runtime::ticks_in(brief_ns) ? Timing::Length::brief : Timing::Length::long_;
  timing.untimed = timing.period = elapsed < runtime::ticks_in(tiny_ns) ? untimed_calls : 0;
}

// The context's result as a Python object; gives the arena back as it was at `mark`.
PyObject* finish(Context& context, bool outermost, const runtime::Arena::Mark& mark, const jit::Type* type, const uint64_t* ret,
                 std::span<PyObject* const> values, const ReflectedLists* lists) {
  struct Detacher {
    Context& context;
    bool detached = false;
  } detacher{context};
  auto detach = [](void* user) {
    auto& self = *static_cast<Detacher*>(user);
    self.detached = true;
    return std::make_shared<runtime::PageList>(self.context.arena.detach());
  };
  // A call inside another one's promotion (a finaliser that the collector ran) must leave that one's pages alone.
  Origin origin = outermost ? Origin(values, detach, &detacher) : Origin(values);
  origin.set_lists(lists);
  PyObject* result = promote(type, ret, origin);
  if (!detacher.detached) context.arena.release(mark);
  return result;
}

// The thread's context, or, for a call by a signal handler that interrupted another call of this thread, one of its own.
class CallContext {
 public:
  CallContext() : context_(&Context::of_thread()) {
    if (!context_->user) [[likely]]
      return;
    nested_ = std::make_unique<Nested>();
    context_ = &nested_->context;
  }
  Context& operator*() const { return *context_; }

 private:
  struct Nested {
    runtime::PageCache cache;
    Context context{cache};
  };
  Context* context_;
  std::unique_ptr<Nested> nested_;
};

// What a brief call uses. Other threads may drop the shape, or a global array, once it has given the GIL away.
class BriefCall final : public Brief {
 public:
  BriefCall(Context& context, const std::shared_ptr<Shape>& cached) : Brief(context), cached_(cached) {}

 private:
  void hold() override {
    keep_ = cached_;
    for (PyObject* array : keep_->hidden) held_.push_back(Object::borrow(array));
  }
  const std::shared_ptr<Shape>& cached_;
  std::shared_ptr<Shape> keep_;
  std::vector<Object> held_;
};

// Calls what the context has queued for the main thread, after its result is known. Null with a Python exception set where one raised.
PyObject* with_main_calls(PyObject* result) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  auto module = Object::steal(PyImport_ImportModule("px.work"));
  auto make = Object::steal(module ? PyObject_GetAttrString(module.get(), "_make_main_calls") : nullptr);
  auto made = Object::steal(make ? PyObject_CallNoArgs(make.get()) : nullptr);
  if (type) {
    if (!made) PyErr_WriteUnraisable(nullptr);
    PyErr_Restore(type, value, traceback);
    return nullptr;
  }
  if (!made) Py_CLEAR(result);
  return result;
}

PyObject* run_context(const std::shared_ptr<Shape>& cached, const uint64_t* slots, PyObject* const* args, size_t nargs,
                      ReflectedLists* lists) {
  Shape& shape = *cached;
  Specialisation& spec = *shape.spec;
  CallContext own;
  Context& context = *own;
  const bool outermost = Context::current() == nullptr;
  Context::Scope scope(context);
  if (outermost) context.use(current_heap());
  const jit::native::Inside inside;
  const auto mark = context.arena.mark();
  std::array<uint64_t, inline_result_slots> inline_result;
  std::vector<uint64_t> large_result;
  const jit::Type* result = spec.result;
  uint64_t* ret = inline_result.data();
  if (result->slots > inline_result_slots) {
    large_result.resize(result->slots);
    ret = large_result.data();
  }

  ExcInfo* exc = &context.exc;
  int32_t failed = 0;
  // A call within another one (of a finaliser, at a safepoint) leaves that one's children alone.
  auto with_children = [&](int32_t status) -> int32_t {
    if (!context.children || !outermost) [[likely]]
      return status;
    auto untold = jit::end_children(context);
    if (status || !untold) return status;
    context.exc = *untold;
    exc = &context.exc;
    return 1;
  };
  const bool brief = shape.timing.length == Timing::Length::brief;
  const bool native = jit::chosen_entry(spec) != nullptr;
  std::optional<BriefCall> short_call;
  if (native && brief) {
    short_call.emplace(context, cached);
    const bool timed = shape.timing.untimed == 0;
    const uint64_t start = timed ? runtime::ticks() : 0;
    failed = with_children(execute(spec, slots, ret, context, &exc));
    const uint64_t elapsed = timed ? runtime::ticks() - start : 0;
    if (timed) jit::on_native_time(spec, elapsed * (1 + uint64_t{shape.timing.period}));
    if (!short_call->end()) {
      context.arena.release(mark);
      return nullptr;
    }
    if (lists && !lists->reflect(std::span(args, nargs))) {
      context.arena.release(mark);
      return nullptr;
    }
    if (timed) {
      learn(shape.timing, elapsed);
    } else if (short_call->became_direct()) {
      shape.timing.untimed = 0;
    } else {
      --shape.timing.untimed;
    }
  } else {
    // Other threads may run meanwhile and drop the shape, or a global array.
    const std::shared_ptr<Shape> keep = cached;
    std::vector<Object> held;
    for (PyObject* array : shape.hidden) held.push_back(Object::borrow(array));
    const uint64_t start = runtime::ticks();
    Direct direct(context, brief);
    {
      const jit::OutermostCall outermost_call(spec);
      failed = with_children(execute(spec, slots, ret, context, &exc));
    }
    const uint64_t elapsed = runtime::ticks() - start;
    if (native) jit::on_native_time(spec, elapsed);
    if (!direct.end()) {
      context.arena.release(mark);
      return nullptr;
    }
    learn(keep->timing, elapsed);
    if (main_calls_wait()) collect_main_calls();
    if (lists && !lists->reflect(std::span(args, nargs))) {
      context.arena.release(mark);
      return nullptr;
    }
    if (!failed && !result->is_scalar()) {
      std::vector<PyObject*> values(args, args + nargs);
      for (const auto& array : held) values.push_back(array.get());
      return finish(context, outermost, mark, result, ret, values, lists);
    }
  }
  if (main_calls_wait()) [[unlikely]]
    collect_main_calls();
  if (failed) {
    raise(*exc);
    context.snapshots.clear();
    context.arena.release(mark);
    return nullptr;
  }
  if (result->is_scalar()) {
    const uint64_t slot = ret[0];
    context.arena.release(mark);
    return promote_scalar(result, slot);
  }
  std::vector<PyObject*> values(args, args + nargs);
  values.insert(values.end(), shape.hidden.begin(), shape.hidden.end());
  return finish(context, outermost, mark, result, ret, values, lists);
}

PyObject* run(const std::shared_ptr<Shape>& cached, const uint64_t* slots, PyObject* const* args, size_t nargs,
              ReflectedLists* lists = nullptr) {
  PyObject* result = run_context(cached, slots, args, nargs, lists);
  if (main_calls_wait() && !Context::current()) [[unlikely]]
    return with_main_calls(result);
  return result;
}

// --- A call that fits no shape yet.

PyObject* call_slowly(Callable* self, PyObject* const* args, size_t positional, PyObject* kwnames) {
  State* state = ready_state(self);
  if (!state) return nullptr;
  Bound bound;
  ReflectedLists lists;
  if (!match(*state, args, positional, kwnames, bound.values) || !bind_types(*state, bound)) return nullptr;
  // From here on what it calls stays, whoever takes whose place while this thread waits for code.
  const jit::native::Inside inside;
  jit::CompileError error;
  Specialisation* spec = specialise(*state->function, bound.types, error);
  if (!spec) {
    raise(error);
    return nullptr;
  }
  if (!demand_native(*spec)) return nullptr;

  auto shape = std::make_shared<Shape>();
  shape->spec = spec;
  shape->generation = Watch::generation();
  const size_t declared = bound.values.size();
  std::vector<Object> keep;  // demand_native may have let others run, who changed the globals that hold these
  for (PyObject* value : bound.values) keep.push_back(Object::borrow(value));
  bind_slots(*spec, bound);
  for (size_t i = declared; i < bound.values.size(); ++i) {
    shape->hidden.push_back(bound.values[i]);
    shape->hidden_types.push_back(spec->hidden[i - declared].type);
  }
  shape->slots = static_cast<uint32_t>(bound.slots.size());

  bool cacheable = positional == declared && !kwnames && shape->slots <= Inline::max_slots;
  shape->guards.resize(declared);
  for (size_t i = 0; cacheable && i < declared; ++i) cacheable = make_guard(bound.values[i], bound.types[i], shape->guards[i]);
  if (cacheable && self->inline_cache) {
    auto& shapes = self->inline_cache->shapes;
    for (const auto& old : shapes) {
      if (old->spec == spec) shape->timing = old->timing;
    }
    std::erase_if(shapes, [](const auto& old) { return old->generation != Watch::generation(); });
    if (shapes.size() >= Inline::max_shapes) shapes.pop_back();
    shapes.insert(shapes.begin(), shape);
  }
  return run(shape, bound.slots.data(), bound.values.data(), declared, lists.empty() ? nullptr : &lists);
}

}  // namespace

namespace {

PyObject* call_matched(Callable* self, PyObject* const* args, size_t positional, PyObject* kwnames) {
  if (!kwnames && self->watch && self->watch->unchanged()) {
    auto& shapes = self->inline_cache->shapes;
    for (size_t i = 0; i < shapes.size(); ++i) {
      const Shape& shape = *shapes[i];
      if (shape.guards.size() != positional || shape.generation != Watch::generation()) continue;
      uint64_t slots[Inline::max_slots];
      if (!load(shape, args, slots)) continue;
      if (jit::forces_native() && !jit::chosen_entry(*shape.spec)) break;
      if (i > 0) std::swap(shapes[i], shapes[0]);
      return run(shapes[0], slots, args, positional);
    }
  }
  return call_slowly(self, args, positional, kwnames);
}

PyObject* call_packed(Callable* self, PyObject* const* args, size_t positional, PyObject* kwnames) {
  const size_t keywords = kwnames ? static_cast<size_t>(PyTuple_GET_SIZE(kwnames)) : 0;
  std::vector<PyObject*> packed(args, args + positional + keywords);
  Object rest;
  return pack_rest(*self, packed, positional, rest) ? call_matched(self, packed.data(), positional, kwnames) : nullptr;
}

}  // namespace

PyObject* call_vector(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* kwnames) {
  auto* self = reinterpret_cast<Callable*>(callable);
  const size_t positional = static_cast<size_t>(PyVectorcall_NARGS(nargsf));
  if (self->most_positional >= 0 && positional > static_cast<size_t>(self->most_positional)) [[unlikely]]
    return call_packed(self, args, positional, kwnames);
  return call_matched(self, args, positional, kwnames);
}

bool pack_rest(const Callable& callable, std::vector<PyObject*>& args, size_t& positional, Object& rest) {
  const auto named = static_cast<size_t>(callable.most_positional);
  if (callable.most_positional < 0 || positional <= named) return true;
  rest = Object::steal(PyTuple_New(static_cast<Py_ssize_t>(positional - named)));
  if (!rest) return false;
  for (size_t k = named; k < positional; ++k) PyTuple_SET_ITEM(rest.get(), static_cast<Py_ssize_t>(k - named), Py_NewRef(args[k]));
  args[named] = rest.get();
  args.erase(args.begin() + static_cast<ptrdiff_t>(named) + 1, args.begin() + static_cast<ptrdiff_t>(positional));
  positional = named + 1;
  return true;
}

bool match(State& state, PyObject* const* args, size_t positional, PyObject* kwnames, std::vector<PyObject*>& out) {
  const auto& parameters = state.function->code().parameters;
  if (!kwnames && positional == parameters.size() && state.function->code().keyword_only == 0) {
    out.assign(args, args + positional);
    return true;
  }
  std::vector<std::string_view> keywords;
  for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); ++i) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(kwnames, i), &size);
    if (!text) return false;
    keywords.emplace_back(text, static_cast<size_t>(size));
  }
  std::vector<int> sources;
  const std::string problem = state.function->match_arguments(positional, keywords, sources);
  if (!problem.empty()) {
    PyErr_SetString(PyExc_TypeError, problem.c_str());
    return false;
  }
  for (size_t i = 0; i < sources.size(); ++i) out.push_back(sources[i] < 0 ? state.defaults[i].get() : args[sources[i]]);
  return true;
}

bool ready_functions(PyObject* value, const jit::Type* type) {
  if (type->kind == jit::TypeKind::function) {
    auto callable = as_px_function(value);
    return callable && ready_state(as_callable(callable.get()));
  }
  if (!type->is_tuple() && !type->is_list()) return true;
  for (size_t i = 0; i < type->elements.size(); ++i) {
    const jit::Type* element = type->elements[i];
    if (type->is_list()) {
      for (Py_ssize_t k = 0; k < PyList_GET_SIZE(value); ++k)
        if (!ready_functions(PyList_GET_ITEM(value, k), element)) return false;
    } else if (!ready_functions(PyTuple_GET_ITEM(value, static_cast<Py_ssize_t>(i)), element)) {
      return false;
    }
  }
  return true;
}

bool bind_types(const State& state, Bound& bound) {
  const auto& code = state.function->code();
  for (size_t i = 0; i < bound.values.size(); ++i) {
    const jit::Type* type = type_of(bound.values[i]);
    if (!type) {
      auto exception = take_exception();
      auto text = Object::steal(PyObject_Str(exception.get()));
      if (text && code.parameters.size() > i) {
        PyErr_Format(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())), "%s(), argument '%s': %U", code.name.c_str(),
                     code.parameters[i].name.c_str(), text.get());
      }
      return false;
    }
    if (!ready_functions(bound.values[i], type)) return false;
    bound.types.push_back(type);
  }
  return true;
}

void bind_slots(const Specialisation& spec, Bound& bound, std::span<const uint64_t> first) {
  size_t total = 0;
  for (const auto* type : bound.types) total += type->slots;
  for (const auto& hidden : spec.hidden) total += hidden.type->slots;
  bound.slots.resize(total + 1);  // one more than needed: never an empty run
  uint64_t* out = bound.slots.data();
  for (size_t i = 0; i < bound.types.size(); ++i) {
    if (i == 0 && !first.empty()) {
      std::copy_n(first.begin(), bound.types[i]->slots, out);
    } else {
      store(bound.values[i], bound.types[i], out);
    }
    out += bound.types[i]->slots;
  }
  for (const auto& hidden : spec.hidden) {
    PyObject* value = hidden_value(hidden);
    store(value, hidden.type, out);
    bound.values.push_back(value);
    out += hidden.type->slots;
  }
  bound.slots.resize(total == 0 ? 1 : total);
}

}  // namespace px::bridge
