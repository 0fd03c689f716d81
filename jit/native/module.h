// px's own shared objects: what needs LLVM lies in them and is loaded when first needed, so that `import px` does not pay for it.
#pragma once

#include <string>

namespace px::jit::native {

// The address of `symbol` in `file`, a shared object in `directory`, or beside the module that this function is linked into where that is
// empty. Null and `error` if it cannot be loaded or has no such symbol. Any thread. Never closed: code that came of it may be on some
// worker's stack until the process ends.
void* open_module(const std::string& directory, const std::string& file, const char* symbol, std::string& error);

}  // namespace px::jit::native
