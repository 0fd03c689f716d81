#include "bridge/work.h"

#include <structmember.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <new>

#include "bridge/bind.h"
#include "bridge/call_task.h"
#include "bridge/callable.h"
#include "bridge/errors.h"
#include "bridge/heap.h"
#include "bridge/lasting.h"
#include "bridge/library.h"
#include "bridge/process.h"
#include "bridge/promote.h"
#include "bridge/run.h"

namespace px::bridge {
namespace {

enum class Phase : uint8_t { queued, running, done, failed };

// The Python object. The GIL guards all of it; `task` belongs to a worker while the phase is `running`.
struct Work {
  PyObject_HEAD PyObject* weak;
  PyObject* callable;   // the px function
  PyObject* callback;   // or null
  PyObject* errback;    // or null
  PyObject* lasting;    // the context that outlives the call, or null; null once done
  PyObject* outcome;    // done: the result; failed: the exception
  CallTask* task;       // null once done
  uint32_t generation;  // of the process that queued it
  Phase phase;
  const runtime::HeapOptions* heap;
  jit::Tier tier;  // that it began in
  bool asked;      // somebody has seen the exception
  bool has_bound;  // until it is done
  alignas(Bound) std::byte bound_bytes[sizeof(Bound)];

  // The arguments, each held; null once done.
  Bound* bound() { return has_bound ? std::launder(reinterpret_cast<Bound*>(bound_bytes)) : nullptr; }
  void set_bound(Bound&& bound) {
    new (bound_bytes) Bound(std::move(bound));
    has_bound = true;
  }
};

PyTypeObject* work_type = nullptr;
std::deque<Object>& queue = *new std::deque<Object>;  // never destroyed: no Python object can be when the process's statics go

Work* self_of(PyObject* self) {
  return reinterpret_cast<Work*>(self);
}

void drop_arguments(Work* work) {
  if (Bound* bound = work->bound()) {
    work->has_bound = false;
    for (PyObject* value : bound->values) Py_DECREF(value);
    std::destroy_at(bound);
  }
  give_task(std::exchange(work->task, nullptr));
  Py_CLEAR(work->lasting);
}

// The collector looks at a work that somebody holds and that is done. Before, the queue holds it: a million of them are not gone through
// again and again for cycles that cannot be broken.
void finish(Work* work, Phase phase, Object outcome) {
  work->phase = phase;
  if (work->task && work->task->lasting) work->task->lasting->end(phase == Phase::done ? outcome.get() : nullptr);
  Py_XSETREF(work->outcome, outcome.release());
  drop_arguments(work);
  auto* object = reinterpret_cast<PyObject*>(work);
  const bool held = Py_REFCNT(object) > 1 || work->callback || work->errback;
  if (held && !PyObject_GC_IsTracked(object)) PyObject_GC_Track(object);
}

void fail(Work* work) {
  finish(work, Phase::failed, take_exception());
}

void fail_cancelled(Work* work, const char* text) {
  auto module = Object::steal(PyImport_ImportModule("concurrent.futures"));
  auto type = Object::steal(module ? PyObject_GetAttrString(module.get(), "CancelledError") : nullptr);
  if (type) PyErr_SetString(type.get(), text);
  fail(work);
  work->asked = true;  // the interruption itself is what the user sees
}

// The specialisation for a work, with globals and arrays as they are now; null with a Python exception set.
jit::Specialisation* specialisation_of(Work* work) {
  State* state = ready_state(as_callable(work->callable));
  if (!state) return nullptr;
  Bound& bound = *work->bound();
  for (size_t i = work->lasting ? 1 : 0; i < bound.types.size(); ++i) {
    if (!ready_functions(bound.values[i], bound.types[i])) return nullptr;
    if (!bound.types[i]->is_array() && !bound.types[i]->is_records()) continue;
    const jit::Type* now = type_of(bound.values[i]);
    if (!now) return nullptr;
    if (now != bound.types[i]) {
      PyErr_Format(PyExc_RuntimeError, "argument '%s' of %s was %s when it was submitted and is %s now",
                   state->function->code().parameters[i].name.c_str(), state->function->code().name.c_str(),
                   jit::to_string(bound.types[i]).c_str(), jit::to_string(now).c_str());
      return nullptr;
    }
  }
  jit::CompileError error;
  jit::Specialisation* spec = specialise(*state->function, bound.types, error);
  if (!spec) {
    raise(error);
    return nullptr;
  }
  return demand_native(*spec) ? spec : nullptr;
}

// Makes a work ready for a worker. `before`: the one that was made ready just before it, without Python code in between, or null; with the
// same function and types this one runs the same code. False with a Python exception set.
bool prepare(Work* work, Work* before) {
  Bound& bound = *work->bound();
  const bool same = before && work->callable == before->callable && bound.types == before->bound()->types &&
                    std::ranges::none_of(bound.types, holds_array);
  jit::Specialisation* spec = same ? before->task->spec : specialisation_of(work);
  if (!spec) return false;
  LastingContext* lasting = work->lasting ? LastingContext::of(work->lasting) : nullptr;
  if (lasting && !lasting->begin(*spec)) return false;
  const size_t declared = bound.values.size();
  bind_slots(*spec, bound, lasting ? lasting->slots() : std::span<const uint64_t>());
  for (size_t i = declared; i < bound.values.size(); ++i) Py_INCREF(bound.values[i]);
  CallTask& task = *(work->task = take_task());
  task.spec = spec;
  task.heap = work->heap;
  task.lasting = lasting;
  task.slots = bound.slots;
  task.result.assign(spec->result->slots + 1, 0);
  return true;
}

// Takes over what the worker left.
void complete(Work* work, bool interrupted) {
  CallTask& task = *work->task;
  work->tier = task.tier;
  if (!task.ran) return fail_cancelled(work, "dropped: px.run() was interrupted before this work began");
  if (task.failed) {
    if (interrupted && task.exc->kind == runtime::ExcKind::KeyboardInterrupt) {
      return fail_cancelled(work, "stopped: px.run() was interrupted while this work ran");
    }
    raise(*task.exc);
    return fail(work);
  }
  if (task.family.error() || task.family.dropped()) {
    if (interrupted) return fail_cancelled(work, "stopped: px.run() was interrupted while this work's child contexts ran");
    raise(*task.family.error());
    return fail(work);
  }
  auto pages = [](void* user) { return *static_cast<std::shared_ptr<runtime::PageList>*>(user); };
  const auto& values = work->bound()->values;
  Origin origin = task.lasting ? Origin(values) : Origin(values, pages, &task.pages);
  auto result = Object::steal(promote(task.lasting ? task.lasting->type() : task.spec->result, task.result.data(), origin));
  if (!result) return fail(work);
  finish(work, Phase::done, std::move(result));
}

// --- The Python type.

int traverse(PyObject* object, visitproc visit, void* arg) {
  Work* self = self_of(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->callable);
  Py_VISIT(self->callback);
  Py_VISIT(self->errback);
  Py_VISIT(self->outcome);
  Py_VISIT(self->lasting);
  if (Bound* bound = self->bound()) {
    for (PyObject* value : bound->values) Py_VISIT(value);
  }
  return 0;
}

int clear(PyObject* object) {
  Work* self = self_of(object);
  drop_arguments(self);
  Py_CLEAR(self->callback);
  Py_CLEAR(self->errback);
  Py_CLEAR(self->outcome);
  return 0;
}

// An error that nobody has seen is told to sys.unraisablehook.
void finalise(PyObject* object) {
  Work* self = self_of(object);
  if (self->phase != Phase::failed || self->asked || self->errback || !self->outcome) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  raise_object(Object::borrow(self->outcome));
  PyErr_WriteUnraisable(self->callable);
  PyErr_Restore(type, value, traceback);
}

void deallocate(PyObject* object) {
  Work* self = self_of(object);
  PyTypeObject* type = Py_TYPE(object);
  if (PyObject_CallFinalizerFromDealloc(object) < 0) return;
  PyObject_GC_UnTrack(object);
  if (self->weak) PyObject_ClearWeakRefs(object);
  clear(object);
  Py_CLEAR(self->callable);
  type->tp_free(object);
  Py_DECREF(type);
}

// Runs the queue until this work is done. False with a Python exception set.
bool settle(Work* self) {
  if (self->phase == Phase::done || self->phase == Phase::failed) return true;
  if (self->generation != process_generation()) {
    PyErr_SetString(PyExc_RuntimeError, "this work was queued before the process forked: it runs in the parent only");
    return false;
  }
  auto module = Object::steal(PyImport_ImportModule("px.work"));
  auto run = Object::steal(module ? PyObject_GetAttrString(module.get(), "run") : nullptr);
  auto nothing = Object::steal(run ? PyObject_CallNoArgs(run.get()) : nullptr);
  if (!nothing && self->phase != Phase::done && self->phase != Phase::failed) return false;
  if (!nothing) return false;
  if (self->phase == Phase::done || self->phase == Phase::failed) return true;
  PyErr_SetString(PyExc_RuntimeError, "this work is running now, in another thread's px.run(): its result is there when that returns");
  return false;
}

PyObject* result(PyObject* object, PyObject*) {
  Work* self = self_of(object);
  if (!settle(self)) return nullptr;
  if (self->phase == Phase::done) return Py_NewRef(self->outcome);
  self->asked = true;
  raise_object(Object::borrow(self->outcome));
  return nullptr;
}

PyObject* exception(PyObject* object, PyObject*) {
  Work* self = self_of(object);
  if (!settle(self)) return nullptr;
  if (self->phase == Phase::done) Py_RETURN_NONE;
  self->asked = true;
  return Py_NewRef(self->outcome);
}

PyObject* done(PyObject* object, PyObject*) {
  return PyBool_FromLong(self_of(object)->phase == Phase::done || self_of(object)->phase == Phase::failed);
}

PyObject* get_tier(PyObject* object, void*) {
  Work* self = self_of(object);
  if (self->phase == Phase::queued || self->phase == Phase::running) Py_RETURN_NONE;
  return PyUnicode_FromString(name_of_tier(self->tier));
}

// What callback and errback get: (succeeded, result or exception). Marks an exception as seen where there is an errback.
PyObject* outcome(PyObject* object, PyObject*) {
  Work* self = self_of(object);
  return Py_BuildValue("(OO)", self->phase == Phase::done ? Py_True : Py_False, self->outcome ? self->outcome : Py_None);
}

PyMethodDef methods[] = {
    {"result", result, METH_NOARGS, "The result; runs the queue (px.run) if this work has not run. Raises what the work raised."},
    {"exception", exception, METH_NOARGS, "What the work raised, or None; runs the queue (px.run) if this work has not run."},
    {"done", done, METH_NOARGS, "True once the work has run or was dropped."},
    {"_outcome", outcome, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef attributes[] = {
    {"tier", get_tier, nullptr, "The tier that the work began in: 'interpreter', 'baseline' or 'numba'; None before it has run.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMemberDef members[] = {
    {"function", T_OBJECT, offsetof(Work, callable), READONLY, "The px function."},
    {"callback", T_OBJECT, offsetof(Work, callback), READONLY, nullptr},
    {"errback", T_OBJECT, offsetof(Work, errback), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Work, weak), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_finalize, reinterpret_cast<void*>(finalise)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_members, members},
    {Py_tp_doc, const_cast<char*>("A queued call of a px function: made by px.submit_work.")},
    {0, nullptr},
};

PyType_Spec spec = {"px.Work", sizeof(Work), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

// Works that a parent process queued fail here.
void forget_inherited() {
  for (size_t i = 0; i < queue.size();) {
    Work* work = self_of(queue[i].get());
    if (work->generation == process_generation()) {
      ++i;
      continue;
    }
    Object keep = std::move(queue[i]);
    queue.erase(queue.begin() + static_cast<ptrdiff_t>(i));
    PyErr_SetString(PyExc_RuntimeError, "this work was queued before the process forked: it runs in the parent only");
    fail(work);
    work->asked = true;  // the parent has it
  }
}

}  // namespace

bool make_work_type(PyObject* module) {
  work_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return work_type && PyModule_AddObjectRef(module, "Work", reinterpret_cast<PyObject*>(work_type)) == 0;
}

Object submit(PyObject* function, PyObject* args, PyObject* keywords, PyObject* callback, PyObject* errback, PyObject* lasting) {
  Callable* callable = as_callable(function);
  State* state = ready_state(callable);
  if (!state) return {};
  std::vector<PyObject*> all(&PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 0) + PyTuple_GET_SIZE(args));
  if (lasting && callable->most_positional == 0) {
    PyErr_Format(PyExc_TypeError, "%s() has no parameter for the state but *rest", state->function->code().name.c_str());
    return {};
  }
  if (lasting) all.insert(all.begin(), Py_None);  // stands for the state
  size_t positional = all.size();
  Object names;
  if (keywords && PyDict_GET_SIZE(keywords) > 0) {
    names = Object::steal(PyTuple_New(PyDict_GET_SIZE(keywords)));
    if (!names) return {};
    Py_ssize_t position = 0, i = 0;
    PyObject *name, *value;
    while (PyDict_Next(keywords, &position, &name, &value)) {
      PyTuple_SET_ITEM(names.get(), i++, Py_NewRef(name));
      all.push_back(value);
    }
  }
  Bound bound;
  Object rest;
  if (!pack_rest(*callable, all, positional, rest)) return {};
  if (!match(*state, all.data(), positional, names.get(), bound.values)) return {};
  if (!bind_types(*state, bound)) return {};
  if (lasting) bound.types[0] = LastingContext::of(lasting)->type();
  auto object = Object::steal(work_type->tp_alloc(work_type, 0));
  if (!object) return {};
  PyObject_GC_UnTrack(object.get());  // until it is done
  Work* work = self_of(object.get());
  for (PyObject* value : bound.values) Py_INCREF(value);
  work->set_bound(std::move(bound));
  work->callable = Py_NewRef(function);
  work->callback = callback == Py_None ? nullptr : Py_XNewRef(callback);
  work->errback = errback == Py_None ? nullptr : Py_XNewRef(errback);
  work->lasting = Py_XNewRef(lasting);
  work->generation = process_generation();
  work->heap = current_heap();
  queue.push_back(object);
  return object;
}

namespace {

// Works that are made ready and run together: many enough to keep workers busy, few enough that a million of them use the same memory
// again.
constexpr size_t slice = size_t{1} << 14;

// Runs the first works of the queue, at most `most`; appends those with callbacks to `list`. How many there were, or -1 with a Python
// exception set: then a signal handler raised, and the rest of the queue has been dropped.
Py_ssize_t drain_slice(Run& run, size_t most, PyObject* list) {
  std::vector<Object> works;
  while (!queue.empty() && works.size() < most) {
    works.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  std::vector<runtime::Task*> tasks;
  tasks.reserve(works.size());
  Work* before = nullptr;
  for (const auto& object : works) {
    Work* work = self_of(object.get());
    if (prepare(work, before)) {
      before = work;
      work->phase = Phase::running;
      tasks.push_back(work->task);
    } else {
      before = nullptr;
      fail(work);
    }
  }
  Object interrupted;
  if (!tasks.empty() && !run(tasks)) interrupted = take_exception();
  for (const auto& object : works) {
    Work* work = self_of(object.get());
    if (work->phase == Phase::running && run.forked()) {
      work->task = nullptr;  // a thread of the parent's may have been inside
      fail_cancelled(work, "dropped: this process was forked while the work ran in its parent");
    } else if (work->phase == Phase::running) {
      complete(work, static_cast<bool>(interrupted));
    }
    if ((work->callback || work->errback) && PyList_Append(list, object.get()) < 0) return -1;
  }
  if (!interrupted) return static_cast<Py_ssize_t>(works.size());
  while (!queue.empty()) {  // whatever a signal handler or another thread queued meanwhile is dropped as well
    Object object = std::move(queue.front());
    queue.pop_front();
    fail_cancelled(self_of(object.get()), "dropped: px.run() was interrupted before this work began");
  }
  raise_object(std::move(interrupted));
  return -1;
}

}  // namespace

Object drain(Py_ssize_t limit) {
  forget_inherited();
  auto list = Object::steal(PyList_New(0));
  Py_ssize_t total = 0;
  if (!list) return {};
  if (!queue.empty()) {
    Run run;
    if (!run.ok()) return {};
    // What is queued now: a finaliser that queues more does not keep this going.
    size_t left = limit < 0 ? queue.size() : std::min(queue.size(), static_cast<size_t>(limit));
    while (left > 0 && !queue.empty()) {
      const Py_ssize_t done = drain_slice(run, std::min(left, slice), list.get());
      if (done < 0) return {};
      total += done;
      left -= static_cast<size_t>(done);
    }
    trim_tasks();
  }
  return Object::steal(Py_BuildValue("(nO)", total, list.get()));
}

size_t queued() {
  return queue.size();
}

void forget_queue() {
  queue.clear();
}

}  // namespace px::bridge
