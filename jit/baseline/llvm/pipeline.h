// From a module to an object: the target of this machine, the passes, code generation.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>
#include <vector>

#include "jit/baseline/generator.h"

namespace px::jit::baseline {

// Metadata of a module: has loops of a few rounds, which are worth unrolling.
constexpr const char* short_loops = "px.short_loops";

class Pipeline {
 public:
  // Null and `error` where LLVM does not know this machine.
  static std::unique_ptr<Pipeline> create(std::string& error);
  const llvm::TargetMachine& target() const { return *full_; }
  void optimise(llvm::Module&, Effort);
  bool emit(llvm::Module&, Effort, std::vector<char>& object, std::string& error);

 private:
  std::unique_ptr<llvm::TargetMachine> full_, light_;

  llvm::TargetMachine& machine(Effort effort) { return effort == Effort::full ? *full_ : *light_; }
};

}  // namespace px::jit::baseline
