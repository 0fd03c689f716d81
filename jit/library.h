// px functions that stand for functions of NumPy's (python/px/library): what a call means that no entry of the table of built-ins takes.
// Numba's code never sees them: it has its own.
//
// So are implementations of functions that other packages have taught Numba (numba.extending.overload): one for each tuple of argument
// types, under the name "overload:KEY(TYPES)", where a type given by name is NAME=TYPE.
//
// They are made when inference first wants one. Making one takes Python: inference says no and notes what it wants, and the bridge makes
// that and asks again.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace px::jit {

class Function;
struct Type;

// What there is. Names are as a table's entry has them, "numpy.tri"; "array.clip" is a method of arrays, "number.item" one of numbers.
// Main thread, once.
void declare_library(std::span<const std::string> names);
// The function lives for ever. Main thread.
void register_library(std::string_view name, Function& function);
// The function registered under a name, or null; a name that is declared and not registered is noted as wanted. Any thread.
Function* find_library(std::string_view name);
// Calls of this function mean the implementation for the types that they are given. Once a function; main thread. The key: "ID:NAME".
void note_overloaded(const Function& function, std::string_view key);
// The name, for people; "" where the function is not overloaded. Any thread.
std::string overloaded_name(const Function& function);
// What a call of an overloaded function means: `names` are those of the last arguments. Null where that is not known yet, which is noted
// as wanted. Any thread.
Function* find_overload(const Function& function, std::span<const Type* const> types, std::span<const std::string_view> names);
// The implementations of an overloaded function that there are: their argument types, as in the names, and they. Any thread.
std::vector<std::pair<std::string, const Function*>> overloads_of(const Function& function);
// What was wanted since the last call. Any thread.
std::vector<std::string> take_wanted_library();
// Whether a function is one of those, or a part of one. Any thread.
bool is_library(const Function& function);

}  // namespace px::jit
