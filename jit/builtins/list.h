// Lists at run time: a header and its items, both in the running context's arena. A list's slot holds the header's address, so that
// everyone who has the list sees what is changed. Nothing is counted; an array that a list has outgrown stays until the context ends.
//
// The functions take a list and the number of slots of an item first, then what their comments say, and leave their result in `result`:
// 0, or 1 with the context's exception set.
#pragma once

#include <cstdint>

#include "jit/infer/emitter.h"

namespace px::jit {

struct ListHeader {
  uint64_t* items;  // an item is a run of slots
  int64_t size, capacity;
};

// A list of `size` items that are not written yet, from the running context's arena. Null with MemoryError set.
ListHeader* make_list(int64_t size, int64_t width);

int32_t list_new(const uint64_t* x, uint64_t* result);     // no list: the width, how many items, their slots. The new list
int32_t list_size(const uint64_t* x, uint64_t* result);    // no width. How many items
int32_t list_get(const uint64_t* x, uint64_t* result);     // index. The item; IndexError
int32_t list_set(const uint64_t* x, uint64_t* result);     // index, the item's slots. IndexError
int32_t list_append(const uint64_t* x, uint64_t* result);  // the item's slots
int32_t list_insert(const uint64_t* x, uint64_t* result);  // index, the item's slots
int32_t list_pop(const uint64_t* x, uint64_t* result);     // index. The item; IndexError
int32_t list_delete(const uint64_t* x, uint64_t* result);  // index. IndexError
int32_t list_clear(const uint64_t* x, uint64_t* result);
int32_t list_reverse(const uint64_t* x, uint64_t* result);
int32_t list_extend(const uint64_t* x, uint64_t* result);        // another list
int32_t list_joined(const uint64_t* x, uint64_t* result);        // another list. Both in a new one
int32_t list_repeated(const uint64_t* x, uint64_t* result);      // how many times. A new list
int32_t list_slice(const uint64_t* x, uint64_t* result);         // which bounds are given (view.h), the bounds. A new list; ValueError
int32_t list_delete_slice(const uint64_t* x, uint64_t* result);  // the same
int32_t list_set_slice(const uint64_t* x, uint64_t* result);     // the same, then another list. ValueError
// Whether largest first, then of each slot of an item how it compares: 0 signed, 1 unsigned, 2 float64, 3 float32. Stable.
int32_t list_sort(const uint64_t* x, uint64_t* result);
// The keys' list, the slots of a key, whether largest first, of each slot of a key how it compares. Stable.
int32_t list_sort_by(const uint64_t* x, uint64_t* result);

// Calls one of these: `rest` are the slots of the arguments after the width, `d` the result's first slot (or no_slot), of `slots` slots.
void call_list(Emitter&, const char* symbol, typed::RuntimeFunction, typed::Slot list, const Type* type, std::vector<typed::Slot> rest,
               typed::Slot d = typed::no_slot, uint32_t slots = 1);
// -1, 0 or 1: two items, by how each of their slots compares (as `list_sort` has it); the first slots that differ decide.
int compare_items(const uint64_t* a, const uint64_t* b, const uint64_t* order, int64_t width);
// The slots of a value, one by one.
std::vector<typed::Slot> slots_of(typed::Slot first, uint32_t count);
// How the items of a list compare, for `list_sort`; empty where they cannot be ordered.
std::vector<int64_t> order_of(const Type* item);

}  // namespace px::jit
