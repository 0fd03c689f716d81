// Links relocatable objects into the process: LLVM ORC and JITLink, in a shared object of its own (px_llvm) that is loaded when the
// first object arrives, so that neither `import px` nor the interpreter pays for LLVM. This header has no LLVM in it.
//
// Threads: `open` once, then any one thread at a time (the compile client's). Linked code may run on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace px::jit::native {

struct Symbol {
  const char* name;
  void* address;
};
// Everything that compiled code may refer to outside itself: px's NRT_* functions, px_* helpers and mathematics, memset and its like.
// The table is one place: jit/native/symbols.cpp.
std::span<const Symbol> symbols();

class Code;  // one linked object; its memory is released when destroyed

class Linker {
 public:
  // Loads px_llvm from beside this module (or from `directory`). Null and `error` if it cannot be loaded.
  static std::unique_ptr<Linker> open(const std::string& directory, std::string& error);
  virtual ~Linker() = default;
  // Links `object` and finds `entry_symbol`. Null and `error` if it does not link (an unknown symbol is named).
  virtual std::unique_ptr<Code> link(std::span<const char> object, const std::string& entry_symbol, void*& entry, std::string& error) = 0;
  virtual size_t code_bytes() const = 0;  // machine code now in memory
};

class Code {
 public:
  virtual ~Code() = default;
  virtual size_t bytes() const = 0;
};

}  // namespace px::jit::native
