// What JITLink takes on trust, checked: an object comes from another process or from a file.
#pragma once

#include <llvm/ExecutionEngine/Orc/LinkGraphLinkingLayer.h>

#include <cstddef>

namespace px::jit::native {

struct Linked {
  size_t bytes = 0;  // of the object linked last, once its memory is laid out
};

// Refuses a graph with a fixup outside its block (JITLink would write past its memory), and counts bytes.
class CheckPlugin final : public llvm::orc::LinkGraphLinkingLayer::Plugin {
 public:
  explicit CheckPlugin(Linked& linked) : linked_(linked) {}
  void modifyPassConfig(llvm::orc::MaterializationResponsibility&, llvm::jitlink::LinkGraph&, llvm::jitlink::PassConfiguration&) override;
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility&) override { return llvm::Error::success(); }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey) override { return llvm::Error::success(); }
  void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey, llvm::orc::ResourceKey) override {}

 private:
  Linked& linked_;
};

}  // namespace px::jit::native
