#include "bridge/class_texts.h"

namespace px::bridge {

const std::string* ClassTexts::text_of(PyObject* type) const {
  auto found = texts_.find(type);
  return found == texts_.end() ? nullptr : &found->second;
}

const std::string& ClassTexts::add(PyObject* type, const std::string& plain) {
  std::string text = plain;
  for (int number = 2; !classes_.try_emplace(text, type).second; ++number) text = plain + "#" + std::to_string(number);
  Py_INCREF(type);
  return texts_[type] = text;
}

PyObject* ClassTexts::class_of(std::string_view text) const {
  auto found = classes_.find(text);
  return found == classes_.end() ? nullptr : found->second;
}

}  // namespace px::bridge
