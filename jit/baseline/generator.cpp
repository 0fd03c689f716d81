#include "jit/baseline/generator.h"

#include <dlfcn.h>

namespace px::jit::baseline {

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

std::unique_ptr<Generator> Generator::open(const std::string& directory, std::string& error) {
  std::string path = (directory.empty() ? own_directory() : directory) + "/px_codegen.so";
  // As native/linker.cpp: its LLVM must not meet another, and its symbols are bound at once. Never closed.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = dlerror();
    error = why ? why : "px_codegen.so cannot be loaded";
    return nullptr;
  }
  auto open = reinterpret_cast<OpenGenerator>(dlsym(library, "px_codegen_open"));
  if (!open) {
    error = path + " does not define px_codegen_open";
    return nullptr;
  }
  return std::unique_ptr<Generator>(open(&error));
}

}  // namespace px::jit::baseline
