#include "bridge/named.h"

#include <map>
#include <unordered_map>

namespace px::bridge {
namespace {

struct Classes {
  std::unordered_map<PyObject*, std::string> texts;
  std::map<std::string, PyObject*, std::less<>> by_text;
};

Classes& classes() {
  static auto& all = *new Classes;
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
  auto& all = classes();
  if (auto found = all.texts.find(type); found != all.texts.end()) return &found->second;
  const std::string plain = describe(type);
  if (plain.empty()) return nullptr;
  std::string text = plain;
  for (int number = 2; !all.by_text.try_emplace(text, type).second; ++number) text = plain + "#" + std::to_string(number);
  Py_INCREF(type);
  return &(all.texts[type] = text);
}

PyObject* named_tuple_class(std::string_view text) {
  auto found = classes().by_text.find(text);
  return found == classes().by_text.end() ? nullptr : found->second;
}

}  // namespace px::bridge
