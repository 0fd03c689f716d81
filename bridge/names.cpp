#include "bridge/names.h"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>

#include "bridge/class_texts.h"
#include "bridge/library.h"
#include "bridge/named.h"
#include "bridge/numpy.h"
#include "jit/builtins/builtin.h"
#include "runtime/exception.h"

namespace px::bridge {
namespace {

using jit::NamedValue;

// What Python values mean by their identity. Modules that nobody has imported are left alone (numpy.random takes 15 ms): nobody can
// mean their functions. Under the GIL.
class Names {
 public:
  const NamedValue* find(PyObject* value) {
    if (!filled_ || std::ranges::any_of(absent_, [](auto& name) { return module_named(name) != nullptr; })) fill();
    auto found = names_.find(value);
    return found == names_.end() ? nullptr : &found->second;
  }

 private:
  void fill() {
    filled_ = true;
    absent_.clear();
    for (const jit::Builtin* builtin : jit::all_builtins()) add(std::string(builtin->name), NamedValue::Kind::builtin);
    for (const std::string& name : library_names()) add(name, NamedValue::Kind::builtin);
    for (const char* name :
         {"iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "ilshift", "irshift", "iand", "ior", "ixor", "xor"})
      add(std::string("operator.") + name, NamedValue::Kind::builtin);
    add("px.jit.prange", NamedValue::Kind::builtin, "range");  // where it is no parallel loop
    for (const auto& row : runtime::exception_table()) {
      if (row.module == "builtins") add(std::string(row.name), NamedValue::Kind::exception);
    }
  }

  // Names that this Python or NumPy lacks are left out.
  void add(const std::string& name, NamedValue::Kind kind, const std::string& meaning = "") {
    const size_t dot = name.rfind('.');
    const std::string module_name = dot == std::string::npos ? "builtins" : name.substr(0, dot);
    PyObject* module = module_named(module_name);
    if (!module) {
      absent_.insert(module_name);
      return;
    }
    auto value = Object::steal(PyObject_GetAttrString(module, name.c_str() + (dot == std::string::npos ? 0 : dot + 1)));
    if (!value) {
      PyErr_Clear();
      return;
    }
    if (names_.try_emplace(value.get(), NamedValue{kind, meaning.empty() ? name : meaning}).second)
      value.release();  // kept for ever: its address is the key
  }

  // Null where it is not imported, or NumPy not yet to its end. Borrowed.
  static PyObject* module_named(const std::string& name) {
    if (name.starts_with("numpy") && !numpy::ready()) return nullptr;
    return PyDict_GetItemString(PyImport_GetModuleDict(), name.c_str());
  }

  bool filled_ = false;
  std::set<std::string> absent_;  // modules with entries that are not imported
  std::unordered_map<PyObject*, NamedValue> names_;
};

ClassTexts& exception_classes() {
  static auto& all = *new ClassTexts;
  return all;
}

// The user's exception classes: "module:Class".
const std::string* exception_text(PyObject* type) {
  if (const std::string* known = exception_classes().text_of(type)) return known;
  auto module = Object::steal(PyObject_GetAttrString(type, "__module__"));
  auto qualified = Object::steal(PyObject_GetAttrString(type, "__qualname__"));
  const char* module_text = module && PyUnicode_Check(module.get()) ? PyUnicode_AsUTF8(module.get()) : nullptr;
  const char* text = qualified && PyUnicode_Check(qualified.get()) ? PyUnicode_AsUTF8(qualified.get()) : nullptr;
  if (!module_text || !text) {
    PyErr_Clear();
    return nullptr;
  }
  const std::string& added = exception_classes().add(type, std::string(module_text) + ":" + text);
  runtime::register_exception(added);
  return &added;
}

NamedValue dtype(jit::Scalar scalar) {
  return {NamedValue::Kind::dtype, "numpy." + std::string(jit::numpy_name(scalar))};
}

// One of Numba's objects: its types are dtypes, its prange is a range. px.dispatchers says which.
bool numbas_meaning(PyObject* value, NamedValue& out) {
  PyObject* home = PyType_Check(value) ? value : reinterpret_cast<PyObject*>(Py_TYPE(value));
  auto name = Object::steal(PyObject_GetAttrString(home, "__module__"));
  const char* text = name && PyUnicode_Check(name.get()) ? PyUnicode_AsUTF8(name.get()) : nullptr;
  PyErr_Clear();
  const bool addressed = !PyType_Check(value) && PyObject_HasAttrString(value, "__wrapper_address__");
  if (!text || !(addressed || std::string_view(text).starts_with("numba."))) return false;
  auto module = Object::steal(PyImport_ImportModule("px.dispatchers"));
  auto meaning = Object::steal(module ? PyObject_CallMethod(module.get(), "meaning", "O", value) : nullptr);
  const char *kind = nullptr, *what = nullptr;
  bool found = meaning && meaning.get() != Py_None && PyArg_ParseTuple(meaning.get(), "ss", &kind, &what);
  PyErr_Clear();
  if (found) out = {std::string_view(kind) == "dtype" ? NamedValue::Kind::dtype : NamedValue::Kind::builtin, what};
  return found;
}

bool dtype_of(PyObject* value, NamedValue& out) {
  if (!numpy::ready()) return false;
  if (PyArray_DescrCheck(value)) {
    auto* descr = reinterpret_cast<PyArray_Descr*>(value);
    const auto scalar = numpy::scalar_of(descr);
    if (scalar) out = dtype(*scalar);
    const jit::Type* record = scalar ? nullptr : numpy::record_of(descr);
    if (record) out = {NamedValue::Kind::dtype, record->text};
    return scalar || record;
  }
  if (!PyType_Check(value) || !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(value), &PyGenericArrType_Type)) return false;
  auto descr = Object::steal(reinterpret_cast<PyObject*>(PyArray_DescrFromTypeObject(value)));
  if (!descr) {
    PyErr_Clear();
    return false;
  }
  const auto scalar = numpy::scalar_of(reinterpret_cast<PyArray_Descr*>(descr.get()));
  if (scalar) out = dtype(*scalar);
  return scalar.has_value();
}

}  // namespace

bool name_of(PyObject* value, NamedValue& out) {
  static Names names;
  if (dtype_of(value, out)) return true;
  if (const NamedValue* found = names.find(value)) {
    out = *found;
    return true;
  }
  if (const std::string* named = named_tuple_text(value)) {
    out = {NamedValue::Kind::builtin, "namedtuple:" + *named};
    return true;
  }
  if (PyExceptionClass_Check(value)) {
    const std::string* name = exception_text(value);
    if (name) out = {NamedValue::Kind::exception, *name};
    return name != nullptr;
  }
  if (numbas_meaning(value, out)) return true;
  if (PyModule_Check(value)) {
    const char* name = PyModule_GetName(value);
    if (!name) {
      PyErr_Clear();
      return false;
    }
    out = {NamedValue::Kind::module, name};
    return true;
  }
  return false;
}

PyObject* exception_class_named(std::string_view name) {
  return exception_classes().class_of(name);
}

}  // namespace px::bridge
