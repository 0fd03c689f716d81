#include "bridge/globals.h"

#include <algorithm>
#include <cstring>

#include "bridge/bind.h"
#include "bridge/callable.h"
#include "bridge/code.h"
#include "bridge/errors.h"
#include "bridge/interlocked.h"
#include "bridge/names.h"
#include "bridge/numpy.h"

namespace px::bridge {
namespace {

using jit::GlobalValue;

// The closure cell that `name` lives in; borrowed, null if it is no free variable.
PyObject* cell_of(PyFunctionObject* function, PyObject* name) {
  if (!function->func_closure) return nullptr;
  auto names = Object::steal(PyCode_GetFreevars(reinterpret_cast<PyCodeObject*>(function->func_code)));
  for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names.get()); ++i) {
    if (PyUnicode_Compare(PyTuple_GET_ITEM(names.get(), i), name) == 0) return PyTuple_GET_ITEM(function->func_closure, i);
  }
  return nullptr;
}

// What a name means that the front end made; borrowed, null if it is none.
PyObject* child_of(const State& state, PyObject* name) {
  for (const auto& [own, value] : state.children) {
    if (PyUnicode_Compare(own.get(), name) == 0) return value.get();
  }
  return nullptr;
}

// An Enum class, or a member of one: its attributes are constants (the front end says which).
bool is_enumeration(PyObject* value) {
  PyObject* type = PyType_Check(value) ? value : reinterpret_cast<PyObject*>(Py_TYPE(value));
  return PyObject_HasAttrString(type, "__members__") != 0;
}

// The object at a path, as Python would find it: closure, globals, built-ins, then attributes of modules. Null without an exception where
// there is none.
Object look_up(const State& state, const std::vector<Object>& path) {
  auto* function = python_function(state.callable);
  Object value;
  if (PyObject* child = child_of(state, path[0].get())) return Object::borrow(child);
  if (PyObject* cell = cell_of(function, path[0].get())) {
    value = Object::borrow(PyCell_GET(cell));
  } else {
    value = Object::borrow(PyDict_GetItemWithError(function->func_globals, path[0].get()));
    if (!value) value = Object::borrow(PyDict_GetItemWithError(function->func_builtins, path[0].get()));
  }
  for (size_t i = 1; value && i < path.size(); ++i) {
    // An object that was a module when the function was read and is none now has no attributes for px.
    value =
        PyModule_Check(value.get()) || is_enumeration(value.get()) ? Object::steal(PyObject_GetAttr(value.get(), path[i].get())) : Object();
  }
  PyErr_Clear();
  return value;
}

bool set_constant(PyObject* value, GlobalValue& out, size_t& values, int depth = 0) {
  if (++values > largest_tuple) return false;
  jit::NamedValue named;
  if (name_of(value, named)) {
    out.constant.value = std::move(named);
    return true;
  }
  if (numpy::ready() && PyArray_IsScalar(value, Generic) && !PyFloat_Check(value)) return false;
  if (PyTuple_CheckExact(value)) {
    if (depth >= deepest_tuple) return false;
    auto items = std::make_shared<jit::ConstantTuple>();
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
      GlobalValue item;
      if (!set_constant(PyTuple_GET_ITEM(value, i), item, values, depth + 1)) return false;
      items->push_back(std::move(item.constant));
    }
    out.constant.value = std::shared_ptr<const jit::ConstantTuple>(std::move(items));
    return true;
  }
  if (to_constant(value, out.constant)) return true;
  PyErr_Clear();
  return false;
}
bool set_constant(PyObject* value, GlobalValue& out) {
  size_t values = 0;
  return set_constant(value, out, values);
}

bool of_numbers(const jit::Type* type) {
  if (type->is_tuple()) return std::ranges::all_of(type->elements, of_numbers);
  return type->is_number() || type->is_none() || type->kind == jit::TypeKind::function;
}

// The px functions in a tuple.
void add_callees(const jit::Type* type, std::vector<State*>& out) {
  if (type->kind == jit::TypeKind::function) out.push_back(state_of(type->function));
  if (type->is_tuple()) std::ranges::for_each(type->elements, [&](const jit::Type* element) { add_callees(element, out); });
}

// The type of a number of NumPy's, a tuple with such or with px functions in it, or a record: read at each run, as arrays are. Null
// without an exception for what is none.
const jit::Type* number_type(PyObject* value) {
  if (!numpy::ready() || !(PyArray_IsScalar(value, Generic) || PyTuple_Check(value))) return nullptr;
  const jit::Type* type = type_of(value);
  if (!type) PyErr_Clear();
  if (type && type->is_record()) return jit::types::record(type->text, false);
  return type && of_numbers(type) ? type : nullptr;
}

// What `value` means to px; `held` is what must stay alive for it. False with a Python exception set.
bool to_global(Object& held, GlobalValue& out) {
  PyObject* value = held.get();
  if (!value) {
    out.kind = GlobalValue::Kind::unresolved;
    out.what = "is not defined";
    return true;
  }
  auto callable = as_px_function(value);
  if (!callable && PyErr_Occurred()) return false;
  if (callable) {
    jit::Function* function = function_of(as_callable(callable.get()));
    if (!function) return false;
    out.kind = GlobalValue::Kind::function;
    out.function = function;
    held = callable;
    return true;
  }
  if (numpy::ready() && numpy::is_array(value)) {
    out.array = global_array_type(value);
    if (out.array) {
      out.kind = GlobalValue::Kind::array;
      return true;
    }
    PyErr_Clear();
  } else if (set_constant(value, out)) {
    out.kind = GlobalValue::Kind::constant;
    return true;
  }
  const jit::Type* type = interlocked_type(value);
  if (!type) type = number_type(value);
  if (type) {
    out.array = type;
    out.kind = GlobalValue::Kind::array;
    return true;
  }
  if (PyFunction_Check(value) || PyCFunction_Check(value) || PyMethod_Check(value)) {
    out.array = jit::types::python();
    out.kind = GlobalValue::Kind::array;
    return true;
  }
  out.kind = GlobalValue::Kind::unsupported;
  out.what = PyFunction_Check(value) ? "an ordinary Python function: mark it with @px.jit" : std::string("a ") + Py_TYPE(value)->tp_name;
  return true;
}

// Looks a function's names up again. 1: something changed, or is another object, 0: nothing, -1: a Python exception is set.
int resolve(State& state) {
  if (!state.callable) return 0;
  std::vector<Object> values;
  values.reserve(state.paths.size());
  for (const auto& path : state.paths) values.push_back(look_up(state, path));
  std::vector<Object> seen = values;
  jit::Globals globals(state.paths.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (!to_global(values[i], globals[i])) return -1;
  }
  auto before = state.function->globals();
  const bool changed = !state.resolved || !before || *before != globals;
  bool replaced = false;  // an array or the like: inline caches refer to the old one
  for (size_t i = 0; i < globals.size() && i < state.values.size(); ++i) {
    replaced = replaced || (globals[i].kind == GlobalValue::Kind::array && values[i].get() != state.values[i].get());
  }
  state.seen = std::move(seen);
  state.values = std::move(values);
  if (!changed) return replaced;
  state.callees.clear();
  for (const auto& global : globals) {
    if (global.function) state.callees.push_back(state_of(global.function));
    if (global.array) add_callees(global.array, state.callees);
  }
  state.function->set_globals(std::move(globals));
  state.resolved = true;
  return 1;
}

}  // namespace

Object as_px_function(PyObject* value) {
  if (as_callable(value)) return Object::borrow(value);
  const std::string_view type = Py_TYPE(value)->tp_name;
  const bool dispatcher = type == "CPUDispatcher" || type == "DUFunc", intrinsic = type == "_Intrinsic";
  const bool told = PyFunction_Check(value) && PyDict_GetItemString(PyImport_GetModuleDict(), "numba.core.typing.templates");
  if (!dispatcher && !intrinsic && !told) return {};
  if (jit::NamedValue known; intrinsic && name_of(value, known)) return {};  // one of Numba's own that px has
  auto module = Object::steal(PyImport_ImportModule("px.dispatchers"));
  auto found = Object::steal(module ? PyObject_CallMethod(module.get(),
                                                          dispatcher  ? "adopt"
                                                          : intrinsic ? "adopt_intrinsic"
                                                                      : "registered",
                                                          "O", value)
                                    : nullptr);
  return found.get() == Py_None ? Object() : std::move(found);
}

bool Watch::renew(State& root) {
  states_.clear();
  dicts_.clear();
  cells_.clear();
  arrays_.clear();
  states_.push_back(&root);
  for (size_t i = 0; i < states_.size(); ++i) {
    const int changed = resolve(*states_[i]);
    if (changed < 0) {
      states_.clear();
      root.resolved = false;  // looked at again before the next call
      return false;
    }
    if (changed) ++generation_;
    for (State* callee : states_[i]->callees) {
      if (std::ranges::find(states_, callee) == states_.end()) states_.push_back(callee);
    }
  }
  for (State* state : states_) watch(*state);
  return true;
}

void Watch::watch(State& state) {
  if (!state.callable) return;
  auto* function = python_function(state.callable);
  for (size_t i = 0; i < state.paths.size(); ++i) {
    const auto& path = state.paths[i];
    if (child_of(state, path[0].get())) continue;
    PyObject* value = nullptr;
    if (PyObject* cell = cell_of(function, path[0].get())) {
      value = PyCell_GET(cell);
      cells_.push_back({cell, value});
    } else {
      watch_dict(function->func_globals);
      value = PyDict_GetItemWithError(function->func_globals, path[0].get());
      if (!value) {
        watch_dict(function->func_builtins);
        value = PyDict_GetItemWithError(function->func_builtins, path[0].get());
      }
    }
    for (size_t k = 1; value && k < path.size() && PyModule_Check(value); ++k) {
      PyObject* dict = PyModule_GetDict(value);
      watch_dict(dict);
      value = PyDict_GetItemWithError(dict, path[k].get());
    }
    PyErr_Clear();
    PyObject* held = state.values[i].get();
    if (held && numpy::ready() && numpy::is_array(held)) {
      auto* array = reinterpret_cast<PyArrayObject*>(held);
      arrays_.push_back({held, PyArray_DESCR(array), PyArray_NDIM(array), PyArray_FLAGS(array)});
    }
  }
}

void Watch::watch_dict(PyObject* dict) {
#if PY_VERSION_HEX < 0x030D0000
  if (std::ranges::none_of(dicts_, [dict](const Dict& d) { return d.dict == dict; })) {
    dicts_.push_back({dict, version_of(dict)});
  }
#else
  (void)dict;  // no version tags any more: values_unchanged looks the names up
#endif
}

bool Watch::arrays_unchanged() const {
  return std::ranges::all_of(arrays_, [](const Array& a) {
    auto* array = reinterpret_cast<PyArrayObject*>(a.array);
    return PyArray_DESCR(array) == a.descr && PyArray_NDIM(array) == a.ndim && PyArray_FLAGS(array) == a.flags;
  });
}

bool Watch::values_unchanged() const {
  for (const State* state : states_) {
    if (!state->callable) continue;
    for (size_t i = 0; i < state->paths.size(); ++i) {
      if (look_up(*state, state->paths[i]).get() != state->seen[i].get()) return false;
    }
  }
  return true;
}

PyObject* hidden_value(const jit::HiddenArgument& hidden) {
  return state_of(hidden.owner)->values[hidden.global].get();
}

}  // namespace px::bridge
