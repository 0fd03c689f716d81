// NumPy's loops: in which type an element-wise function is computed for arguments of given types, as Numba chooses it.
#pragma once

#include <optional>
#include <span>

#include "jit/builtins/builtin.h"

// Entries of the tables of element-wise functions, of one and of two arguments.
#define PX_UFUNC1(py, rule, data, doc) {"numpy." py, rule, doc, "np." py "(x)", {}, 0, data, 1, 1, "numpy." py}
#define PX_UFUNC2(py, rule, data, doc) {"numpy." py, rule, doc, "np." py "(x, y); np." py "(x, 2)", {}, 0, data, 2, 2, "numpy." py}

namespace px::jit::loops {

inline constexpr Scalar floats[] = {Scalar::f32, Scalar::f64};
inline constexpr Scalar integers[] = {Scalar::i8, Scalar::u8, Scalar::i16, Scalar::u16, Scalar::i32, Scalar::u32, Scalar::i64, Scalar::u64};
inline constexpr Scalar bits[] = {Scalar::boolean, Scalar::i8,  Scalar::u8,  Scalar::i16, Scalar::u16,
                                  Scalar::i32,     Scalar::u32, Scalar::i64, Scalar::u64};
inline constexpr Scalar numbers[] = {Scalar::i8,  Scalar::u8,  Scalar::i16, Scalar::u16, Scalar::i32,
                                     Scalar::u32, Scalar::i64, Scalar::u64, Scalar::f32, Scalar::f64};
inline constexpr Scalar all[] = {Scalar::boolean, Scalar::i8,  Scalar::u8,  Scalar::i16, Scalar::u16, Scalar::i32,
                                 Scalar::u32,     Scalar::i64, Scalar::u64, Scalar::f32, Scalar::f64};

// The first of the loops that takes all arguments; nothing if none does, or an argument is no scalar.
std::optional<Scalar> choose(std::span<const Scalar> loops, std::span<const Argument> arguments);

// NumPy's promotion of two element types: the first that holds both.
Scalar holds(Scalar a, Scalar b);

// Runs `compute` in the register kind of `t`, then narrows to `t`: arithmetic in an element's own width.
void in_own_width(Emitter& e, const Type* t, typed::Slot d, const std::function<void(Scalar kind, typed::Slot d)>& compute);

// A call computed in one loop: arguments of the loop's type, the result in it or boolean.
Resolution in_loop(Scalar loop, size_t arguments, bool boolean_result,
                   std::function<void(Emitter&, std::span<const typed::Slot>, typed::Slot)> lower);

// A function of floats in double and in single precision, of one argument or of two.
struct Pair {
  void *real, *single;
};
// The call of one of them, in the first of the loops (of floats) that takes all arguments; no result if none does.
Resolution call_pair(std::span<const Scalar> loops, std::span<const Argument> arguments, const Pair& pair);

// Those of NumPy's functions of numbers that are calls, a part of number_ufunc_builtins (ufuncs_called.cpp).
std::span<const Builtin> called_ufuncs();

}  // namespace px::jit::loops
