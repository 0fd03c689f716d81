#include "bridge/errors.h"

#include <frameobject.h>

#include <cstdarg>
#include <memory>
#include <string>
#include <vector>

#include "bridge/names.h"
#include "bridge/promote.h"
#include "jit/library.h"

namespace px::bridge {
namespace {

using runtime::ExcInfo;

// The exception's arguments as a tuple; null with a Python exception set.
Object arguments_of(const ExcInfo& exc) {
  if (exc.has_message) return Object::steal(Py_BuildValue("(s)", exc.message));
  if (!exc.argument_types) return Object::steal(PyTuple_New(0));
  const auto& types = *static_cast<const std::vector<const jit::Type*>*>(exc.argument_types);
  auto arguments = Object::steal(PyTuple_New(static_cast<Py_ssize_t>(types.size())));
  const uint64_t* slots = exc.arguments;
  Origin nowhere{{}};
  for (size_t i = 0; arguments && i < types.size(); ++i) {
    PyObject* value = promote(types[i], slots, nowhere);
    if (!value) return {};
    PyTuple_SET_ITEM(arguments.get(), static_cast<Py_ssize_t>(i), value);
    slots += types[i]->slots;
  }
  return arguments;
}

// Puts a frame of `function` at `line` (relative to its def) in front of the current exception's traceback.
void add_frame(const jit::Function& function, int line) {
  static PyObject* globals = PyDict_New();
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const auto& code = function.code();
  const int absolute = code.first_line + line;
  PyCodeObject* empty = PyCode_NewEmpty(code.file.c_str(), code.name.c_str(), absolute);
  PyFrameObject* frame = empty ? PyFrame_New(PyThreadState_Get(), empty, globals, nullptr) : nullptr;
  PyErr_Restore(type, value, traceback);
  if (frame) PyTraceBack_Here(frame);
  Py_XDECREF(frame);
  Py_XDECREF(empty);
}

}  // namespace

PyObject* raise_px(const char* name, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  auto message = Object::steal(PyUnicode_FromFormatV(format, arguments));
  va_end(arguments);
  auto module = Object::steal(message ? PyImport_ImportModule("px.errors") : nullptr);
  auto type = Object::steal(module ? PyObject_GetAttrString(module.get(), name) : nullptr);
  if (type) PyErr_SetObject(type.get(), message.get());
  return nullptr;
}

Object exception_class(runtime::ExcKind kind) {
  if (static_cast<size_t>(kind) >= runtime::exception_table().size()) {
    PyObject* own = exception_class_named(runtime::exception_name(kind));
    if (!own) PyErr_Format(PyExc_SystemError, "px: an exception of unknown kind %d", static_cast<int>(kind));
    return Object::borrow(own);
  }
  const auto& row = runtime::exception_table()[static_cast<size_t>(kind)];
  const std::string module_name = row.module == "px" ? "px.errors" : std::string(row.module);
  auto module = Object::steal(PyImport_ImportModule(module_name.c_str()));
  if (!module) return {};
  return Object::steal(PyObject_GetAttrString(module.get(), std::string(row.name).c_str()));
}

void raise(const ExcInfo& in_flight) {
  const auto copy = std::make_unique<ExcInfo>(in_flight);  // Python code may run below, and a px function in it reuses the context
  auto type = exception_class(copy->kind);
  if (!type) return;
  auto arguments = arguments_of(*copy);
  if (!arguments) return;
  auto value = Object::steal(PyObject_Call(type.get(), arguments.get(), nullptr));
  if (!value) return;
  PyErr_SetObject(type.get(), value.get());
  for (uint32_t i = 0; i < copy->trace_count && i < ExcInfo::max_trace; ++i) {
    const auto* function = static_cast<const jit::Function*>(copy->trace[i].function);
    if (function && !jit::is_library(*function)) add_frame(*function, copy->trace[i].line);  // library code shows its caller's line
  }
}

void raise(const jit::CompileError& error) {
  auto type = exception_class(error.kind);
  if (!type) return;
  auto text = Object::steal(PyUnicode_DecodeUTF8(error.message.data(), static_cast<Py_ssize_t>(error.message.size()), "replace"));
  if (text) PyErr_SetObject(type.get(), text.get());
}

Object take_exception() {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  if (!type) return {};
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback) PyException_SetTraceback(value, traceback);
  Py_DECREF(type);
  Py_XDECREF(traceback);
  return Object::steal(value);
}

void raise_object(Object exception) {
  PyObject* value = exception.release();
  PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(value))), value, PyException_GetTraceback(value));
}

}  // namespace px::bridge
