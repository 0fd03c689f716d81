// The generator: a context a unit, the target's machine once.
#include "jit/baseline/generator.h"

#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>

#include <chrono>

#include "jit/baseline/llvm/module.h"
#include "jit/baseline/llvm/pipeline.h"

namespace px::jit::baseline {

namespace {

class LlvmGenerator final : public Generator {
 public:
  explicit LlvmGenerator(std::unique_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

  bool generate(const Unit& unit, Effort effort, Generated& generated, std::string& error) override {
    auto start = std::chrono::steady_clock::now();
    llvm::LLVMContext context;
    auto module = translate(context, unit, generated, error);
    if (!module) return false;
    generated.instructions = module->getInstructionCount();
    pipeline_->optimise(*module, effort);
    if (!pipeline_->emit(*module, effort, generated.object, error)) return false;
    generated.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return true;
  }

  std::string listing(const Unit& unit, Effort effort, bool optimised) override {
    llvm::LLVMContext context;
    Generated generated;
    std::string text;
    auto module = translate(context, unit, generated, text);
    if (!module) return text;
    if (optimised) pipeline_->optimise(*module, effort);
    llvm::raw_string_ostream stream(text);
    module->print(stream, nullptr);
    return text;
  }

 private:
  std::unique_ptr<Pipeline> pipeline_;

  std::unique_ptr<llvm::Module> translate(llvm::LLVMContext& context, const Unit& unit, Generated& generated, std::string& error) {
    generated.sites = std::make_unique<native::SiteTable>();
    auto module = UnitModule(context, pipeline_->target(), unit, *generated.sites).build(generated);
    std::string complaints;
    llvm::raw_string_ostream stream(complaints);
    if (llvm::verifyModule(*module, &stream)) {
      error = "the code generated is not valid: " + complaints;
      return nullptr;
    }
    return module;
  }
};

}  // namespace

}  // namespace px::jit::baseline

extern "C" __attribute__((visibility("default"))) px::jit::baseline::Generator* px_codegen_open(std::string* error) {
  auto pipeline = px::jit::baseline::Pipeline::create(*error);
  return pipeline ? new px::jit::baseline::LlvmGenerator(std::move(pipeline)) : nullptr;
}
