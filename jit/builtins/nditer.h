// np.nditer: the elements of arrays, one after another, as arrays in no dimensions that are views of them.
//
// As in Numba: all arrays have the shape of the one with the most dimensions, or that of its last ones. They are gone through in index
// order, or from the first index to the last where more of them are in Fortran order than in C order.
#pragma once

#include "jit/builtins/builtin.h"

namespace px::jit {

Resolution nditer(std::span<const Argument> arguments, const Builtin& self);  // of an array or a tuple of arrays

// Of an iterator that it makes: what a step yields, and the step (iterable.h).
const Type* nditer_item(const Type* iterator);
void next_nditer(Emitter&, const Type* iterator, typed::Slot at, typed::Slot d, uint32_t done);

const Builtin& item_method_builtin();  // a.item(): the number in an array of one

}  // namespace px::jit
