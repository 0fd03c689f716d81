// What each operator computes, as LLVM IR: the same bits as jit/interp/value.h and meaning.def, where each is said. Nothing here can raise:
// divisors and shift counts have been checked, or need no check.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "jit/baseline/llvm/slots.h"
#include "jit/typed/typed.h"

namespace px::jit::baseline {

llvm::Type* type_of(llvm::LLVMContext&, Kind);
// The same eight bytes as another kind.
llvm::Value* recast(llvm::IRBuilder<>&, llvm::Value*, Kind from, Kind to);
// A constant slot's bits as a kind.
llvm::Constant* constant(llvm::LLVMContext&, uint64_t bits, Kind);

// The operators that yield one value from one or two, `a` and `b` (null where there is none) in the kind that `instr.kind` says. Not
// conversions and not calls of mathematics.
llvm::Value* compute(llvm::IRBuilder<>&, const typed::Instr& instr, llvm::Value* a, llvm::Value* b);
// A register value of kind `from` as the register value of the scalar `to`.
llvm::Value* convert(llvm::IRBuilder<>&, Scalar from, Scalar to, llvm::Value*);
// An integer of an element's width extended to 64 bits.
llvm::Value* widen(llvm::IRBuilder<>&, llvm::Value*, Scalar);
unsigned bits_of(Scalar);

}  // namespace px::jit::baseline
