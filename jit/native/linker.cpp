#include "jit/native/linker.h"

#include <deque>
#include <mutex>

#include "jit/native/module.h"

namespace px::jit::native {

namespace {

struct Shared {
  std::string directory;
  std::unique_ptr<Linker> linker;
  std::string error;
};
std::mutex shared_lock;
// Under shared_lock. One in earnest; tests have one a directory. Never destroyed: workers may be inside its code as the process ends.
std::deque<Shared>& shared_linkers() {
  static auto* linkers = new std::deque<Shared>;
  return *linkers;
}

}  // namespace

std::unique_ptr<Linker> Linker::open(const std::string& directory, std::string& error, bool packed) {
  auto open = reinterpret_cast<OpenFunction>(open_module(directory, "px_llvm.so", "px_llvm_open", error));
  if (!open) return nullptr;
  std::span<const Symbol> table = symbols();
  return std::unique_ptr<Linker>(open(table.data(), table.size(), packed, &error));
}

Linker* shared_linker(const std::string& directory, std::string& error) {
  std::scoped_lock lock(shared_lock);
  for (Shared& shared : shared_linkers()) {
    if (shared.directory != directory) continue;
    error = shared.error;
    return shared.linker.get();
  }
  Shared& shared = shared_linkers().emplace_back(directory);
  shared.linker = Linker::open(directory, shared.error);
  error = shared.error;
  return shared.linker.get();
}

size_t shared_code_bytes() {
  std::scoped_lock lock(shared_lock);
  size_t bytes = 0;
  for (const Shared& shared : shared_linkers())
    if (shared.linker) bytes += shared.linker->code_bytes();
  return bytes;
}

void lock_shared_linkers_for_fork() {
  shared_lock.lock();
  for (Shared& shared : shared_linkers())
    if (shared.linker) shared.linker->lock_for_fork();
}

void unlock_shared_linkers_after_fork() {
  for (Shared& shared : shared_linkers())
    if (shared.linker) shared.linker->unlock_after_fork();
  shared_lock.unlock();
}

}  // namespace px::jit::native
