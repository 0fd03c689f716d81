// Complex numbers: the operators, `complex`, `abs` and the cmath module, with Numba's algorithms, operation for operation.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

// How `entry` works where an argument is a complex number; no result where that needs no rule of its own or there is none.
Resolution resolve_complex(std::span<const Argument> arguments, const Builtin& entry);

// NumPy's functions of complex numbers (complex_ufuncs.cpp): the operator or function that one is, "" if it is none; the rule of the
// others.
std::string_view operator_of_ufunc(std::string_view numpy);
Resolution resolve_complex_ufunc(std::string_view numpy, const Type* type, size_t count);
std::span<const Builtin> complex_ufunc_builtins();
// NumPy has two loops of complex numbers. Any integer fits either, as in Numba's ufunc_can_cast: complex64 with int64 is complex64,
// where two such scalars are complex128.
const Type* complex_loop(std::span<const Argument> elements);
// A run-time function of `count` complex numbers, both parts of each, that gives one of their type.
Resolution call_complex(const Type* type, size_t count, const char* symbol, typed::RuntimeFunction wide, typed::RuntimeFunction narrow);
// np.sum, prod, mean, any and all of an array of complex numbers, whole or along an axis (complex_reductions.cpp).
Resolution reduce_complex(std::span<const Argument> arguments, const Builtin& entry);

// z.real and z.imag, also of real numbers; no result for another attribute.
Resolution resolve_part(const Type* number, std::string_view attribute);

// The elements of an array of complex numbers as an array of their parts, with an axis of two more at the end: in a fresh run of slots, of
// the type that is returned.
const Type* emit_parts(Emitter&, const Type* array, typed::Slot value, typed::Slot& parts);

// The element at these indices, which are known to be in bounds: both parts of a complex one.
void emit_element(Emitter&, const Type* array, typed::Slot value, std::vector<typed::Slot> index, typed::Slot d);

}  // namespace px::jit
