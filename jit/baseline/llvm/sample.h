// A small function of what px code is made of, to run LLVM over before there is any.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>

namespace px::jit::baseline {

std::unique_ptr<llvm::Module> sample(llvm::LLVMContext&, const llvm::TargetMachine&);

}  // namespace px::jit::baseline
