// Classes of the user's, each with a text of its own: a class of a name that another one has (made in a function, or a module read again)
// gets a number. Kept for ever, since types, specialisations and compiled code name them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/object.h"

namespace px::bridge {

// All under the GIL.
class ClassTexts {
 public:
  // The text of a class that was added, or null.
  const std::string* text_of(PyObject* type) const;
  // `plain`, or `plain` with "#2", "#3", …
  const std::string& add(PyObject* type, const std::string& plain);
  // Borrowed; null where there is none.
  PyObject* class_of(std::string_view text) const;

 private:
  std::unordered_map<PyObject*, std::string> texts_;
  std::map<std::string, PyObject*, std::less<>> classes_;
};

}  // namespace px::bridge
