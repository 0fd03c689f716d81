// The rules of inference: one function an opcode, called with the instruction's operands. Each says what the instruction's results are and
// how it is lowered; it throws InferenceError for a user's mistake.
#pragma once

#include "jit/infer/infer.h"

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

// The names of a named tuple's fields, from the text of its class.
std::vector<std::string_view> fields_of(std::string_view text);

// list[index] and list[index] = value, of items and slices.
Plan list_item(const Argument& list, const Argument& index);
Plan store_list_item(Inference&, const Argument& list, const Argument& index, const Argument& value);

// a, b = list: ValueError where it has another size.
Plan unpack_list(const Argument& list, size_t wanted);
// list.sort(key=f) and sorted(iterable, key=f): `reverse` null where it is not given.
Plan sort_by_key(Inference&, const Argument& from, const Argument& key, const Argument* reverse, bool in_place);

// The slots [first, first + count) of a value, as a value of type `type`.
Plan part_of(const Argument& value, uint32_t first, uint32_t count, const Type* type);

}  // namespace px::jit::transfer
