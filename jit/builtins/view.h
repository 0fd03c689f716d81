// Run-time functions that take views of arrays and assign into them, by basic indexing.
#pragma once

#include <cstdint>

#include "jit/infer/emitter.h"
#include "jit/types/type.h"

namespace px::jit {

// One index of `a[…]` in four bits of an index word, the first lowest: an integer, a new axis, or a slice with which of its three bounds
// are given. An ellipsis is written out as whole slices.
constexpr int view_integer = 0, view_new_axis = 1, view_slice = 8, view_start = 1, view_stop = 2, view_step = 4;
constexpr int max_view_indices = 15;

// a[…] as a view. Arguments: whether integers are checked, the array's dimensions, how many indices (each axis has one), the index word,
// the indices' slots (integer 1, new axis 0, slice 3), the array's slots. Result: the view's slots. IndexError, ValueError for a step of 0.
int32_t array_view(const uint64_t* arguments, uint64_t* result);

// An element of a tuple of values of one type. Arguments: count, slots of each, index, elements. IndexError.
int32_t tuple_element(const uint64_t* arguments, uint64_t* result);

// to[...] = from, broadcast. Arguments: the scalars (`to` + `from` · 16), to's dimensions, from's, to's slots, from's. Where the two share
// memory, as if `from` had been copied first. ValueError where the shapes do not fit.
int32_t array_assign(const uint64_t* arguments, uint64_t* result);
// Emits a call of it: `to` and `from` hold arrays of these types.
void emit_assign(Emitter&, const Type* to_type, typed::Slot to, const Type* from_type, typed::Slot from);
// to[...] = a number. Arguments: to's scalar, its dimensions, the value in its register form (of a complex number both parts), to's slots.
int32_t array_fill(const uint64_t* arguments, uint64_t* result);
// Emits a call of it: `array` holds an array of type `type`, `value` an element.
void emit_fill(Emitter&, const Type* type, typed::Slot array, typed::Slot value);

// A new C-ordered array with the elements of another, converted. Arguments: the scalars (new + old · 16), the dimensions, the array's
// slots. Result: the new array's slots. MemoryError.
int32_t array_convert(const uint64_t* arguments, uint64_t* result);
// Other dimensions for the elements of a C-ordered array, without a copy. Arguments: the item's size, the number of new dimensions, the old
// number, the new dimensions (one may be negative: what is left), the array's slots. Result: the view's slots. ValueError.
int32_t array_reshape(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
