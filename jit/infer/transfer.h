// The rules of inference: one function an opcode, called with the instruction's operands. Each says what the instruction's results are and
// how it is lowered; it throws InferenceError for a user's mistake.
#pragma once

#include "jit/infer/infer.h"

namespace px::jit {
struct Intrinsic;
}

namespace px::jit::transfer {

#define PX_OPCODE(name, operands, doc) Plan name(Inference&, std::span<const int32_t> operands_);
#define raise raise_exception
#define catch catch_exception
#include "jit/code/opcodes.def"
#undef raise
#undef catch
#undef PX_OPCODE

// px.submit_work(f, args) in a callback: a child context (jit/builtins/children.h). `result`: the register that the instruction writes.
Plan submit_work(Inference&, std::span<const Argument> given, int32_t result);

// A prange loop that has become a region: jit/builtins/parallel.h.
Plan parallel_region(Inference&, std::span<const Argument> given);

// A call of an intrinsic (jit/intrinsic.h): `names` are those of the last arguments.
Plan call_intrinsic(const Intrinsic&, std::vector<Argument> arguments, std::span<const std::string_view> names);

// The names of a named tuple's fields, from the text of its class.
std::vector<std::string_view> fields_of(std::string_view text);

// list[index] and list[index] = value, of items and slices.
Plan list_item(const Argument& list, const Argument& index);
Plan store_list_item(Inference&, const Argument& list, const Argument& index, const Argument& value);

// An array that is indexed: its type, and where its slots are once that is lowered.
struct Indexed {
  const Type* type;
  std::function<typed::Slot(Lowering&)> slots;
};
// array[index] and array[index] = value where arrays are among the indices.
bool has_array_index(const Type* index);
Plan fancy_item(const Indexed& array, const Argument& index);
Plan set_fancy_item(const Indexed& array, const Argument& index, const Indexed& value);

// Records: their fields, elements and parts of arrays of them (transfer_records.cpp).
Plan record_field(const Argument& record, std::string_view name);
Plan record_item(const Argument& record, const Argument& index);
Plan store_record_field(Inference&, const Argument& record, std::string_view name, const Argument& value);
Plan records_field(const Argument& records, std::string_view name);
Plan records_item(const Argument& records, const Argument& index);
Plan store_records_item(Inference&, const Argument& records, const Argument& index, const Argument& value);

// a.flat[i] and a.flat[i] = value.
Plan flat_item(const Argument& flat, const Argument& index);
Plan store_flat_item(Inference&, const Argument& flat, const Argument& index, const Argument& value);

// What an access to an element, or a store to all elements of a view, is preceded by: the check for races, what an open snapshot keeps.
void about_to_touch(Lowering&, const typed::Access& element, bool writes);
void about_to_write(Lowering&, const Type* view, typed::Slot slots);

// The view that basic indexing takes of an array, null where it is an element or arrays are among the indices.
const Type* view_of(const Type* array, const Argument& index);
// Makes it of a value that has an array's slots, as if it were an `array`.
void emit_view_of(Lowering&, const Argument& value, const Type* array, const Argument& index, typed::Slot d);

// a, b = list: ValueError where it has another size.
Plan unpack_list(const Argument& list, size_t wanted);
// list.sort(key=f) and sorted(iterable, key=f): `reverse` null where it is not given.
Plan sort_by_key(Inference&, const Argument& from, const Argument& key, const Argument* reverse, bool in_place);

// The slots [first, first + count) of a value, as a value of type `type`.
Plan part_of(const Argument& value, uint32_t first, uint32_t count, const Type* type);

}  // namespace px::jit::transfer
