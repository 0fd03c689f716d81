// f(-x) is -f(x): of an odd function's two calls, as in normal(d) and normal(-d), one is left to make. LLVM does this for functions of the
// C library that it knows by name; px's it does not know.
#pragma once

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/PassManager.h>

namespace px::jit::baseline {

// Says of a call of a function of one argument that the function is odd to the bit.
void mark_odd(llvm::CallBase&);

// Takes the sign out of the arguments of calls that are marked. What is the same then, value numbering finds.
struct SymmetryPass : llvm::PassInfoMixin<SymmetryPass> {
  static llvm::PreservedAnalyses run(llvm::Function&, llvm::FunctionAnalysisManager&);
};

}  // namespace px::jit::baseline
