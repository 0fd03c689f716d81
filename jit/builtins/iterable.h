// What a `for` loop can go over, and how: ranges, arrays, tuples, and `enumerate` and `zip` of them.
#pragma once

#include "jit/infer/emitter.h"

namespace px::jit {

// The type of an iterator over a `type`, null if it cannot be iterated over; an iterator is its own.
const Type* iterator_of(const Type* type);
// What one step of an iterator yields.
const Type* yielded(const Type* iterator);
// Makes the iterator in `d` from a value of type `from`.
void emit_iter(Emitter&, const Type* from, typed::Slot value, typed::Slot d);
// Puts the next value in `d`, or goes to the label `done` and leaves `d` as it was.
void emit_next(Emitter&, const Type* iterator, typed::Slot at, typed::Slot d, uint32_t done);

// An iterator that iter() has made: its state is in the context's memory, so that everyone who has it sees it advance. One slot.
const Type* shared_iterator(const Type* inner);
void emit_shared_iterator(Emitter&, const Type* from, typed::Slot value, typed::Slot d);
// The slots of its state as they are now.
typed::Slot emit_shared_state(Emitter&, const Type* shared, typed::Slot at);

// An element of a tuple whose elements have one type; IndexError.
void emit_tuple_element(Emitter&, const Type* tuple, typed::Slot from, typed::Slot index, typed::Slot d);

// The elements of an array in index order: `a.flat`, np.ndenumerate(a) (with their indices); np.ndindex(shape): the indices alone. A type
// by these names goes over an array, or a tuple of sizes.
const Type* index_iterator(std::string_view name, const Type* over);
// Makes one from the array or the tuple.
void emit_index_iterator(Emitter&, const Type* iterator, typed::Slot value, typed::Slot d);

}  // namespace px::jit
