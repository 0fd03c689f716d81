// `in` of tuples, lists, ranges and arrays, and the truth of an array, which `in` asks for where what is looked for is one.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// The rule of `in`, and with `data` of `not in`.
Resolution membership(std::span<const Argument> arguments, const Builtin& self);

// That of an array's only element; ValueError where it has not exactly one.
Resolution truth_of_array(const Type* array, bool negated);

}  // namespace px::jit
