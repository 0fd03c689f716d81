// Members of an Enum in px functions (TypeKind::enum_member): what may be done with them, by Numba's rules and Python's.
//
// A member is handed around, returned, compared with members of its class, and asked for its value. One of an IntEnum is its number
// wherever a number is asked for.
#pragma once

#include <optional>
#include <string_view>

#include "jit/builtins/builtin.h"
#include "jit/code/code.h"
#include "jit/infer/plan.h"

namespace px::jit {

class Inference;

// Of the text in the mark of a constant (jit/code/named_tuple.h).
bool is_enum_text(std::string_view text);
bool is_int_enum(const Type* type);

// The same value, in which members of an IntEnum, also those in tuples, are numbers.
Argument with_numbers(Argument);

// `a == b`, `a is b` and their negations where one is a member of an Enum and the other is not None; nothing for other operands.
std::optional<Plan> compare_members(Inference&, Operator, const Argument& a, const Argument& b);

// The member's value; nothing where its class has values of several types, which have no common slots.
std::optional<Argument> enum_value(const Argument& member);

}  // namespace px::jit
