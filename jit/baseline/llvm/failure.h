// LLVM gives up by ending the process. Here it ends what it was doing instead: a unit is refused, and the generator with it, since what
// LLVM left behind is in no known state.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/LLVMContext.h>

#include <string>

namespace px::jit::baseline {

// Once, before LLVM is used.
void catch_failures();
// Runs `work` and returns true; or false and `error` where LLVM or memory gave up inside it. What `work` had made is then lost, not freed.
bool survives(llvm::function_ref<void()> work, std::string& error);
// Errors reported to the context are added to `errors`, which must outlive it, in place of being printed before an exit.
void collect_errors(llvm::LLVMContext&, std::string& errors);

}  // namespace px::jit::baseline
