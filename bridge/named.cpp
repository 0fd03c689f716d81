#include "bridge/named.h"

#include "bridge/class_texts.h"

namespace px::bridge {
namespace {

ClassTexts& classes() {
  static auto& all = *new ClassTexts;
  return all;
}

// "Point(x,y)", or "" for a class that is no named tuple's.
std::string describe(PyObject* type) {
  if (!PyType_Check(type) || !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), &PyTuple_Type)) return "";
  auto fields = Object::steal(PyObject_GetAttrString(type, "_fields"));
  if (!fields || !PyTuple_Check(fields.get())) {
    PyErr_Clear();
    return "";
  }
  std::string text = reinterpret_cast<PyTypeObject*>(type)->tp_name;
  text = text.substr(text.rfind('.') + 1) + "(";
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(fields.get()); ++i) {
    const char* name = PyUnicode_Check(PyTuple_GET_ITEM(fields.get(), i)) ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(fields.get(), i)) : nullptr;
    if (!name) {
      PyErr_Clear();
      return "";
    }
    text += (i ? "," : "") + std::string(name);
  }
  return text + ")";
}

}  // namespace

const std::string* named_tuple_text(PyObject* type) {
  if (const std::string* known = classes().text_of(type)) return known;
  const std::string plain = describe(type);
  return plain.empty() ? nullptr : &classes().add(type, plain);
}

PyObject* named_tuple_class(std::string_view text) {
  return classes().class_of(text);
}

}  // namespace px::bridge
