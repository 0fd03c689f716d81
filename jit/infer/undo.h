// `with px.snapshot()`: what the block writes is kept before it is written, so that the rollback costs what the block has changed. Code
// outside of such blocks has nothing of it.
//
// Kept are elements and views that the block's own code stores to, arrays that its whole-array functions write, and arrays that it hands to
// a px function that writes to some array.
#pragma once

#include "jit/infer/lowering.h"

namespace px::jit {

void emit_keep(Lowering&, const typed::Access& element);
// Every array in a value of this type.
void emit_keep(Lowering&, const Type* type, typed::Slot slots);

// How many snapshots are open where each block begins.
std::vector<int> open_snapshots(const Inference&);

}  // namespace px::jit
