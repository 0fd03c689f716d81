// The table that drives the language: one entry for each operator and built-in function.
//
// An entry has its full Python name, its typing rule with the lowering to typed code, a documentation line and test expressions. Inference,
// the interpreter, the baseline compiler (through the typed code), the documentation and the conformance tests all read it. To add a
// built-in, add one entry to the table of the file where it belongs (operators.cpp, math.cpp, python.cpp, numpy.cpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jit/infer/conversion.h"
#include "jit/infer/emitter.h"

namespace px::jit {

// What a call does with the elements of its arguments that are arrays.
enum class Touch : uint8_t { nothing, reads, writes };  // writes: the first argument's; the others' are read

// How one call of a built-in with given argument types works.
struct Resolution {
  const Type* result = nullptr;         // null: no rule for these types
  std::optional<Constant> literal;      // the result, where it is the same every time
  std::vector<const Type*> parameters;  // what the arguments are converted to before `lower`; empty: taken as they are
  // Emits typed code: argument slot runs in, `d` the result's run.
  std::function<void(Emitter&, std::span<const typed::Slot> arguments, typed::Slot d)> lower;
  // Converts the arguments, which have `types`, and lowers the call.
  void emit(Emitter&, std::span<const Type* const> types, std::span<const typed::Slot> arguments, typed::Slot d) const;
  std::string advice;  // what to do instead: where `result` is null, or only says which type another entry's loops give
  Touch touch = Touch::nothing;
  bool callable() const { return result && advice.empty(); }
};

struct Builtin {
  std::string_view name;  // "math.sqrt", "operator.add", "numpy.empty", "abs"
  Resolution (*resolve)(std::span<const Argument> arguments, const Builtin& self);
  std::string_view doc;
  std::string_view tests;                         // expressions to compare across tiers, Numba and CPython, separated by ';'
  std::vector<std::string_view> parameters = {};  // names, for keyword arguments; empty: positional only
  size_t required = 0;                            // of `parameters`
  const void* data = nullptr;                     // for the rule: the entry's own operation
  size_t least = 1, most = 255;                   // how many arguments a call may have
  // Works on arrays element by element: the NumPy function whose loops say what comes out, which of a NumPy function is itself.
  std::string_view ufunc = {};
  bool complex = false;  // takes arrays of complex numbers
};

std::span<const Builtin* const> all_builtins();
const Builtin* find_builtin(std::string_view full_name);
const Builtin& operator_builtin(Operator);
// What `array.name(…)` calls with the array as first argument, null if arrays have no such method here.
const Builtin* find_method(std::string_view name);

const Builtin* find_list_method(std::string_view name);  // the same of lists

// For the tables: each file's entries.
std::span<const Builtin> operator_builtins();
std::span<const Builtin> math_builtins();
std::span<const Builtin> python_builtins();
std::span<const Builtin> python_value_builtins();
std::span<const Builtin> numpy_builtins();
std::span<const Builtin> reduction_builtins();
std::span<const Builtin> iterable_builtins();
std::span<const Builtin> ufunc_builtins();
std::span<const Builtin> list_method_builtins();  // "list.append" …: not among all_builtins
std::span<const Builtin> list_builtins();         // functions that make lists
std::span<const Builtin> interlocked_builtins();
std::span<const Builtin> parallel_builtins();
std::span<const Builtin> context_builtins();
std::span<const Builtin> number_ufunc_builtins();
std::span<const Builtin> array_builtins();
std::span<const Builtin> complex_builtins();
std::span<const Builtin> cmath_builtins();
std::span<const Builtin> random_builtins();
std::span<const Builtin> intrinsic_builtins();

// What a `dtype` argument says: float64 for None, nothing where it is no element type.
std::optional<Scalar> element_of_dtype(const Argument& dtype);

// Converting a scalar to another scalar type: int(x), float(x), np.int32(x).
Resolution resolve_cast(const Argument& from, Scalar to);

}  // namespace px::jit
