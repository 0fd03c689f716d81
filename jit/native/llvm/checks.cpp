#include "jit/native/llvm/checks.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

#include <vector>

namespace px::jit::native {

namespace jitlink = llvm::jitlink;

namespace {

constexpr uint64_t largest_object = uint64_t{1} << 28;  // bytes in memory

llvm::Error check(jitlink::LinkGraph& graph) {
  uint64_t bytes = 0;
  for (jitlink::Block* block : graph.blocks()) {
    bytes += block->getSize();
    if (block->getSize() > largest_object || bytes > largest_object) {
      return llvm::make_error<jitlink::JITLinkError>("the object is too large");
    }
    if (block->isZeroFill() && block->getSection().getMemLifetime() == llvm::orc::MemLifetime::NoAlloc) {
      return llvm::make_error<jitlink::JITLinkError>("a section that has neither content nor memory");
    }
    for (const jitlink::Edge& edge : block->edges()) {
      if (!edge.isRelocation()) continue;
      // Four bytes is the least that a relocation of x86-64 or AArch64 as compilers write them touches; eight are checked where the
      // block has them or the kind is unknown here, since no compiler puts a relocation so near to a section's end but at its end.
      size_t width = edge.getOffset() + 8 <= block->getSize()                            ? 8
                     : graph.getEdgeKindName(edge.getKind()) == std::string("Pointer64") ? 8
                                                                                         : 4;
      if (block->isZeroFill() || edge.getOffset() + width > block->getSize()) {
        return llvm::make_error<jitlink::JITLinkError>("a relocation at offset " + llvm::Twine(edge.getOffset()) + " of a block of " +
                                                       llvm::Twine(block->getSize()) + " bytes");
      }
    }
  }
  return llvm::Error::success();
}

// Nothing unwinds through compiled code (no C++ exception crosses an entry), so its tables would only cost time and memory.
llvm::Error drop_unwind_tables(jitlink::LinkGraph& graph) {
  jitlink::Section* section = graph.findSectionByName(".eh_frame");
  if (!section) return llvm::Error::success();
  for (jitlink::Block* block : graph.blocks()) {
    if (&block->getSection() == section) continue;
    for (const jitlink::Edge& edge : block->edges()) {
      if (edge.getTarget().isDefined() && &edge.getTarget().getSection() == section) {
        return llvm::make_error<jitlink::JITLinkError>("code refers to its unwind tables");
      }
    }
  }
  std::vector<jitlink::Symbol*> symbols(section->symbols().begin(), section->symbols().end());
  for (jitlink::Symbol* symbol : symbols) graph.removeDefinedSymbol(*symbol);
  std::vector<jitlink::Block*> blocks(section->blocks().begin(), section->blocks().end());
  for (jitlink::Block* block : blocks) graph.removeBlock(*block);
  graph.removeSection(*section);
  return llvm::Error::success();
}

}  // namespace

void CheckPlugin::modifyPassConfig(llvm::orc::MaterializationResponsibility&, jitlink::LinkGraph&, jitlink::PassConfiguration& config) {
  linked_.bytes = 0;
  // Before LLVM's own passes, which read the unwind tables.
  config.PrePrunePasses.insert(config.PrePrunePasses.begin(), check);
  config.PrePrunePasses.insert(config.PrePrunePasses.begin(), drop_unwind_tables);
  config.PostAllocationPasses.push_back([this](jitlink::LinkGraph& graph) {
    for (jitlink::Block* block : graph.blocks()) linked_.bytes += block->getSize();
    return llvm::Error::success();
  });
}

}  // namespace px::jit::native
