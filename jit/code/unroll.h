// A loop over a tuple of several types as code with a copy of its body for each item: what a register holds differs from copy to copy.
#pragma once

#include <cstddef>
#include <memory>

#include "jit/code/code.h"

namespace px::jit {

constexpr size_t longest_unrolled = 100'000;  // instructions

// `code` with the loop whose iterator is made at instruction `iter` unrolled, for a tuple of `count` items, one at least. A counter selects
// the copy, so that it remains a loop: types meet at its header as they do in others. Null where the code is not of that form or would be
// longer than `longest_unrolled`. In each copy the item has a register of its own, unless the body assigns to it; `items`: their values,
// where they are known.
std::unique_ptr<const CodeObject> unroll(const CodeObject& code, uint32_t iter, size_t count, const ConstantTuple* items = nullptr);

}  // namespace px::jit
