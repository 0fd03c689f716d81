// Named tuples among constants: tuples with one element more at their end, which no program can write: a module by the name
// "namedtuple:CLASS", CLASS being the text of types::tuple_class.
#pragma once

#include <optional>
#include <string_view>

#include "jit/code/code.h"

namespace px::jit {

Constant named_tuple_mark(std::string_view text);
// The class of a tuple that has the mark. Its values are the elements before it.
std::optional<std::string_view> named_tuple_of(const ConstantTuple&);

}  // namespace px::jit
