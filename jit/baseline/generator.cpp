#include "jit/baseline/generator.h"

#include "jit/native/module.h"

namespace px::jit::baseline {

std::unique_ptr<Generator> Generator::open(const std::string& directory, std::string& error) {
  auto open = reinterpret_cast<OpenGenerator>(native::open_module(directory, "px_codegen.so", "px_codegen_open", error));
  return open ? std::unique_ptr<Generator>(open(&error)) : nullptr;
}

}  // namespace px::jit::baseline
