// Where JITLink puts objects: small ones into a slab, large ones, and all where there is no slab, into mappings of their own.
#pragma once

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

#include <memory>
#include <unordered_set>
#include <vector>

#include "jit/native/llvm/slab.h"

namespace px::jit::native {

// One thread at a time: the linker's lock is held.
class PackedMemory final : public llvm::jitlink::JITLinkMemoryManager {
 public:
  // Null and an error where the page size cannot be found out. `packed` false: no slab, as where the system refuses it.
  static llvm::Expected<std::unique_ptr<PackedMemory>> create(bool packed);
  ~PackedMemory() override;

  void allocate(const llvm::jitlink::JITLinkDylib*, llvm::jitlink::LinkGraph&, OnAllocatedFunction) override;
  void deallocate(std::vector<FinalizedAlloc>, OnDeallocatedFunction) override;
  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;

 private:
  class InFlight;
  struct Held;
  PackedMemory(std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> large, std::unique_ptr<Slab> slab);

  std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> large_;
  std::unique_ptr<Slab> slab_;
  std::unordered_set<Held*> held_;  // what is in the slab
};

}  // namespace px::jit::native
