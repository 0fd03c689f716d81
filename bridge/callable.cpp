#include "bridge/callable.h"

#include <structmember.h>

#include <cstddef>
#include <string>

#include "bridge/code.h"
#include "bridge/compiler.h"
#include "bridge/errors.h"
#include "bridge/process.h"
#include "jit/forget.h"
#include "jit/native/reclaim.h"

namespace px::bridge {
namespace {

PyTypeObject* callable_type = nullptr;

Callable* self_of(PyObject* self) {
  return reinterpret_cast<Callable*>(self);
}

// Attributes of the Python function that the px function shows as its own, as functools.wraps does.
bool copy_attributes(PyObject* function, PyObject* dict) {
  for (const char* name : {"__module__", "__name__", "__qualname__", "__doc__", "__annotations__"}) {
    auto value = Object::steal(PyObject_GetAttrString(function, name));
    if (!value) return false;
    if (PyDict_SetItemString(dict, name, value.get()) < 0) return false;
  }
  auto own = Object::steal(PyObject_GetAttrString(function, "__dict__"));
  return own && PyDict_Update(dict, own.get()) == 0 && PyDict_SetItemString(dict, "__wrapped__", function) == 0;
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  Callable* self = self_of(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->function);
  Py_VISIT(self->source);
  Py_VISIT(self->dict);
  if (self->state) {
    for (const auto& value : self->state->values) Py_VISIT(value.get());
    for (const auto& value : self->state->seen) Py_VISIT(value.get());
  }
  return 0;
}

int clear(PyObject* object) {
  Callable* self = self_of(object);
  Py_CLEAR(self->dict);
  Py_CLEAR(self->source);
  if (self->state) {
    self->state->values = {};
    self->state->seen = {};
    delete std::exchange(self->watch, nullptr);
    self->inline_cache->shapes.clear();
  }
  return 0;
}

// Nobody can call it from outside again: all but its place in tracebacks goes, once nobody is inside it.
void let_go(State& state) {
  state.defaults = {};
  state.paths = {};
  state.children = {};
  state.callees = {};
  jit::set_gone(*state.function);
  for (auto* spec : state.function->specialisations()) {
    jit::uninstall(*spec, jit::Tier::numba);
    jit::uninstall(*spec, jit::Tier::baseline);
  }
  gone_functions().push_back(state.function);
  forget_gone();
}

void deallocate(PyObject* object) {
  Callable* self = self_of(object);
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  if (self->weak) PyObject_ClearWeakRefs(object);
  if (self->state) {
    self->state->callable = nullptr;
    let_go(*self->state);
  }
  clear(object);
  Py_CLEAR(self->function);
  delete self->watch;
  delete self->inline_cache;
  self->options.~Options();
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* repr(PyObject* object) {
  auto name = Object::steal(PyObject_GetAttrString(self_of(object)->function, "__qualname__"));
  return name ? PyUnicode_FromFormat("<px function %U at %p>", name.get(), object) : nullptr;
}

PyObject* reduce(PyObject* object, PyObject*) {
  return PyObject_GetAttrString(object, "__qualname__");
}

PyObject* get_function(PyObject* object, void*) {
  return Py_NewRef(self_of(object)->function);
}

PyObject* get_signatures(PyObject* object, void*) {
  auto list = Object::steal(PyList_New(0));
  const State* state = self_of(object)->state;
  if (!list || !state) return list.release();
  for (const jit::Specialisation* spec : state->function->specialisations()) {
    auto text = Object::steal(PyUnicode_FromString(spec->signature().c_str()));
    if (!text || PyList_Append(list.get(), text.get()) < 0) return nullptr;
  }
  return list.release();
}

// (signature, [(line relative to def, variable, type)], typed code) for every specialisation: what inspect_types prints.
PyObject* get_typings(PyObject* object, void*) {
  auto list = Object::steal(PyList_New(0));
  const State* state = self_of(object)->state;
  if (!list || !state) return list.release();
  for (const jit::Specialisation* spec : state->function->specialisations()) {
    auto definitions = Object::steal(PyList_New(0));
    if (spec->typed) {
      for (const auto& d : spec->typed->definitions) {
        auto row = Object::steal(Py_BuildValue("(iss)", d.line, d.variable.c_str(), jit::to_string(d.type).c_str()));
        if (!row || PyList_Append(definitions.get(), row.get()) < 0) return nullptr;
      }
    }
    const std::string code = spec->typed ? jit::typed::disassemble(*spec->typed) : std::string();
    auto row = Object::steal(Py_BuildValue("(sOs)", spec->signature().c_str(), definitions.get(), code.c_str()));
    if (!row || PyList_Append(list.get(), row.get()) < 0) return nullptr;
  }
  return list.release();
}

PyObject* inspect_types(PyObject* object, PyObject* args, PyObject* keywords) {
  auto module = Object::steal(PyImport_ImportModule("px.jit"));
  auto print = Object::steal(module ? PyObject_GetAttrString(module.get(), "inspect_types") : nullptr);
  if (!print) return nullptr;
  auto all = Object::steal(PyTuple_Pack(1, object));
  all = Object::steal(all ? PySequence_Concat(all.get(), args) : nullptr);
  return all ? PyObject_Call(print.get(), all.get(), keywords) : nullptr;
}

// A px function in a class is not bound to instances: say so instead of passing the wrong arguments.
PyObject* get_descriptor(PyObject* object, PyObject* instance, PyObject*) {
  if (!instance || instance == Py_None) return Py_NewRef(object);
  raise_px("UnsupportedError", "%R is a method: px compiles functions, not methods. Move it out of the class, or make it a @staticmethod",
           object);
  return nullptr;
}

PyMethodDef methods[] = {
    {"inspect_types", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(inspect_types)), METH_VARARGS | METH_KEYWORDS,
     "inspect_types(file=None): prints the source of the function with the types that inference gave its variables."},
    {"__reduce__", reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef attributes[] = {
    {"py_func", get_function, nullptr, "The Python function itself.", nullptr},
    {"signatures", get_signatures, nullptr, "Signatures that the function has been specialised for, as str.", nullptr},
    {"_typings", get_typings, nullptr, nullptr, nullptr},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Callable, vectorcall), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(Callable, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Callable, weak), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
    {Py_tp_descr_get, reinterpret_cast<void*>(get_descriptor)},
    {Py_tp_repr, reinterpret_cast<void*>(repr)},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_members, members},
    {Py_tp_doc, const_cast<char*>("A Python function that px runs: made by px.jit.")},
    {0, nullptr},
};

PyType_Spec spec = {"px.Function", sizeof(Callable), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

// Objects that the front end made for names of its own: Python functions, which are marked like the one that they are a part of, and
// built-ins. False with a Python exception set.
bool take_children(PyObject* code, Callable* callable, State& state) {
  auto children = Object::steal(PyObject_GetAttrString(code, "children"));
  if (!children || !PyDict_Check(children.get())) return false;
  jit::Options options = callable->options;
  options.parallel = false;
  options.signatures.clear();  // the whole function's
  Py_ssize_t position = 0;
  PyObject *name, *value;
  while (PyDict_Next(children.get(), &position, &name, &value)) {
    const bool outlined = PyFunction_Check(value) && PyObject_HasAttrString(value, "__px_found__");
    auto meant = outlined ? make_callable(value, Py_None, options) : Object::borrow(value);
    if (!meant) return false;
    state.children.emplace_back(Object::borrow(name), std::move(meant));
  }
  return true;
}

// While it lives Python does not collect garbage. A syntax tree is thousands of objects, which set off collections that find nothing.
class CollectorPause {
 public:
  CollectorPause() : was_on_(PyGC_Disable()) {}
  ~CollectorPause() {
    if (was_on_) PyGC_Enable();
  }
  CollectorPause(const CollectorPause&) = delete;
  CollectorPause& operator=(const CollectorPause&) = delete;

 private:
  bool was_on_;
};

// Runs the front end over the function and verifies what it made. Null with a Python exception set.
std::unique_ptr<State> make_state(Callable* callable) {
  CollectorPause pause;
  auto module = Object::steal(PyImport_ImportModule("px.frontend"));
  auto compile = Object::steal(module ? PyObject_GetAttrString(module.get(), "compile_function") : nullptr);
  if (!compile) return nullptr;
  auto source = callable->source ? Object::borrow(callable->source) : Object::borrow(Py_None);
  auto python_code = Object::steal(PyObject_CallFunctionObjArgs(compile.get(), callable->function, source.get(),
                                                                callable->options.parallel ? Py_True : Py_False, nullptr));
  jit::CodeObject code;
  if (!python_code || !to_code(python_code.get(), code)) return nullptr;
  if (auto problem = jit::verify(code)) {
    PyErr_Format(PyExc_SystemError, "px: the front end made bad code of %s: %s", code.qualified_name.c_str(), problem->c_str());
    return nullptr;
  }
  auto state = std::make_unique<State>();
  auto parameters = Object::steal(PyObject_GetAttrString(python_code.get(), "parameters"));
  for (size_t i = 0; parameters && i < code.parameters.size(); ++i) {
    auto row = Object::steal(PySequence_GetItem(parameters.get(), static_cast<Py_ssize_t>(i)));
    state->defaults.push_back(row && code.parameters[i].default_value ? Object::steal(PySequence_GetItem(row.get(), 1)) : Object());
  }
  for (const auto& global : code.globals) {
    std::vector<Object> path;
    for (size_t begin = 0; begin <= global.path.size();) {
      const size_t end = std::min(global.path.find('.', begin), global.path.size());
      path.push_back(Object::steal(PyUnicode_InternFromString(global.path.substr(begin, end - begin).c_str())));
      begin = end + 1;
    }
    state->paths.push_back(std::move(path));
  }
  if (PyErr_Occurred() || !take_children(python_code.get(), callable, *state)) return nullptr;
  state->callable = callable;
  state->function = new jit::Function(std::move(code), callable->options);
  state->function->python = state.get();
  return state;
}

}  // namespace

bool make_callable_type(PyObject* module) {
  callable_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
  return callable_type && PyModule_AddObjectRef(module, "Function", reinterpret_cast<PyObject*>(callable_type)) == 0;
}

Callable* as_callable(PyObject* value) {
  return Py_TYPE(value) == callable_type ? self_of(value) : nullptr;
}

Object make_callable(PyObject* function, PyObject* source, const jit::Options& options) {
  if (!PyFunction_Check(function)) {
    PyErr_Format(PyExc_TypeError, "px.jit takes a Python function, not a %s", Py_TYPE(function)->tp_name);
    return {};
  }
  auto dict = Object::steal(PyDict_New());
  if (!dict || !copy_attributes(function, dict.get())) return {};
  auto object = Object::steal(callable_type->tp_alloc(callable_type, 0));
  if (!object) return {};
  Callable* self = self_of(object.get());
  self->vectorcall = call_vector;
  self->function = Py_NewRef(function);
  self->source = source && source != Py_None ? Py_NewRef(source) : nullptr;
  self->dict = dict.release();
  new (&self->options) jit::Options(options);
  auto* code = reinterpret_cast<PyCodeObject*>(PyFunction_GET_CODE(function));
  self->most_positional = code->co_flags & CO_VARARGS ? code->co_argcount : -1;
  return object;
}

State* state_of(Callable* callable) {
  if (!callable->state) {
    auto state = make_state(callable);
    if (!state) return nullptr;
    if (callable->state) return callable->state;  // the front end runs Python code: another thread was faster
    callable->state = state.release();
    callable->inline_cache = new Inline();
  }
  return callable->state;
}

jit::Function* function_of(Callable* callable) {
  State* state = state_of(callable);
  return state ? state->function : nullptr;
}

// Function::python is the State, which lives as long.
State* state_of(const jit::Function* function) {
  return static_cast<State*>(function->python);
}

State* ready_state(Callable* callable) {
  ensure_compiler();  // first: it finds its feet while the front end runs
  State* state = state_of(callable);
  if (!state) return nullptr;
  if (callable->watch && callable->watch->unchanged()) return state;
  auto watch = std::make_unique<Watch>();
  if (!watch->renew(*state)) {
    delete std::exchange(callable->watch, nullptr);
    return nullptr;
  }
  delete std::exchange(callable->watch, watch.release());
  return state;
}

}  // namespace px::bridge
