// The generator: a context a unit, the target's machine once.
#include "jit/baseline/generator.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <chrono>

#include "jit/baseline/llvm/failure.h"
#include "jit/baseline/llvm/module.h"
#include "jit/baseline/llvm/pipeline.h"
#include "jit/baseline/llvm/sample.h"

namespace px::jit::baseline {

namespace {

// Verifying takes as long as translating: debug builds and listings do it, and so each unit of the tests.
#ifdef NDEBUG
constexpr bool verifies = false;
#else
constexpr bool verifies = true;
#endif

class LlvmGenerator final : public Generator {
 public:
  explicit LlvmGenerator(std::unique_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

  bool generate(const Unit& unit, Effort effort, Generated& generated, std::string& error) override {
    if (!broken_.empty()) {
      error = broken_;
      return false;
    }
    auto start = std::chrono::steady_clock::now();
    bool good = false;
    if (!survives([&] { good = run(unit, effort, generated, error); }, broken_)) {
      error = broken_;
      return false;
    }
    generated.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return good;
  }

  void warm(Effort effort) override {
    survives(
        [&] {
          llvm::LLVMContext context;
          auto module = sample(context, pipeline_->target());
          std::vector<char> object;
          std::string error;
          pipeline_->optimise(*module, effort);
          pipeline_->emit(*module, effort, object, error);
        },
        broken_);
  }

  std::string listing(const Unit& unit, Effort effort, bool optimised) override {
    llvm::LLVMContext context;
    Generated generated;
    std::string text;
    auto module = translate(context, unit, generated, true, text);
    if (!module) return text;
    if (optimised) pipeline_->optimise(*module, effort);
    llvm::raw_string_ostream stream(text);
    module->print(stream, nullptr);
    return text;
  }

 private:
  std::unique_ptr<Pipeline> pipeline_;
  std::string broken_;  // why LLVM cannot be used any more, or ""

  bool run(const Unit& unit, Effort effort, Generated& generated, std::string& error) {
    llvm::LLVMContext context;
    std::string errors;
    collect_errors(context, errors);
    auto module = translate(context, unit, generated, verifies, error);
    if (!module) return false;
    generated.instructions = module->getInstructionCount();
    pipeline_->optimise(*module, effort);
    if (!pipeline_->emit(*module, effort, generated.object, error)) return false;
    if (!errors.empty()) error = "LLVM: " + errors;
    return errors.empty();
  }

  std::unique_ptr<llvm::Module> translate(llvm::LLVMContext& context, const Unit& unit, Generated& generated, bool verify,
                                          std::string& error) {
    generated.sites = std::make_unique<native::SiteTable>();
    auto module = UnitModule(context, pipeline_->target(), unit, *generated.sites).build(generated);
    if (!verify) return module;
    std::string complaints;
    llvm::raw_string_ostream stream(complaints);
    if (llvm::verifyModule(*module, &stream)) {
      error = invalid + complaints;
      return nullptr;
    }
    return module;
  }
};

}  // namespace

}  // namespace px::jit::baseline

extern "C" __attribute__((visibility("default"))) px::jit::baseline::Generator* px_codegen_open(std::string* error) {
  px::jit::baseline::catch_failures();
  auto pipeline = px::jit::baseline::Pipeline::create(*error);
  return pipeline ? new px::jit::baseline::LlvmGenerator(std::move(pipeline)) : nullptr;
}
