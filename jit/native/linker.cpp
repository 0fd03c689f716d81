#include "jit/native/linker.h"

#include <dlfcn.h>

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

}  // namespace

std::unique_ptr<Linker> Linker::open(const std::string& directory, std::string& error) {
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
  return std::unique_ptr<Linker>(open(table.data(), table.size(), &error));
}

}  // namespace px::jit::native
