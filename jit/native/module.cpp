#include "jit/native/module.h"

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

void* open_module(const std::string& directory, const std::string& file, const char* symbol, std::string& error) {
  std::string path = (directory.empty() ? own_directory() : directory) + "/" + file;
  // RTLD_LOCAL: another LLVM in the process (llvmlite's, a GL driver's) must not meet this one's symbols.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = dlerror();
    error = why ? why : file + " cannot be loaded";
    return nullptr;
  }
  void* address = dlsym(library, symbol);
  if (!address) error = path + " does not define " + symbol;
  return address;
}

}  // namespace px::jit::native
