// Named tuple classes by the text that px's types carry: "Point(x,y)", with a number where another class came first that reads the same.
#pragma once

#include <string>
#include <string_view>

#include "bridge/object.h"

namespace px::bridge {

// The text of a named tuple's class, null if `type` is none. The class is kept for ever.
const std::string* named_tuple_text(PyObject* type);
// Its class; borrowed, null if there is none.
PyObject* named_tuple_class(std::string_view text);

}  // namespace px::bridge
