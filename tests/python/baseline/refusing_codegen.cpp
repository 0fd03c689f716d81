// A px_codegen that takes nothing: every unit is refused, as where LLVM fails.
#include "jit/baseline/generator.h"

namespace px::jit::baseline {
namespace {

class Refusing final : public Generator {
 public:
  bool generate(const Unit&, Effort, Generated&, std::string& error) override {
    error = "LLVM said no";
    return false;
  }
  std::string listing(const Unit&, Effort, bool) override { return {}; }
};

}  // namespace
}  // namespace px::jit::baseline

extern "C" [[gnu::visibility("default")]] px::jit::baseline::Generator* px_codegen_open(std::string*) {
  return new px::jit::baseline::Refusing;
}
