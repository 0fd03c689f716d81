#include "jit/native/linker.h"

#include <dlfcn.h>

#include <deque>
#include <mutex>

namespace px::jit::native {

namespace {

// The folder of the module that this function was linked into: px._px in earnest, a test program otherwise.
std::string own_directory() {
  Dl_info info{};
  if (!dladdr(reinterpret_cast<void*>(&own_directory), &info) || !info.dli_fname) return ".";
  std::string path = info.dli_fname;
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

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
  std::string path = (directory.empty() ? own_directory() : directory) + "/px_llvm.so";
  // RTLD_LOCAL: another LLVM in the process (llvmlite's, a GL driver's) must not meet this one's symbols. Never closed: code linked by
  // it may be on some worker's stack until the process ends.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = dlerror();
    error = why ? why : "px_llvm.so cannot be loaded";
    return nullptr;
  }
  auto open = reinterpret_cast<OpenFunction>(dlsym(library, "px_llvm_open"));
  if (!open) {
    error = path + " does not define px_llvm_open";
    return nullptr;
  }
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
