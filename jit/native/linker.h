// Links relocatable objects into the process: LLVM ORC and JITLink, in a shared object of its own (px_llvm) that is loaded when the
// first object arrives, so that neither `import px` nor the interpreter pays for LLVM. This header has no LLVM in it.
//
// Threads: a linker and its code may be used and released on any thread; one links at a time, the others wait (a link is some 0.3 ms).
// Linked code may run on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace px::jit::native {

struct Symbol {
  const char* name;
  const void* address;
};
// Everything that compiled code may refer to outside itself: px's NRT_* functions, px_* helpers and mathematics, memset and its like.
// The table is one place: jit/native/symbols.cpp.
std::span<const Symbol> symbols();

// One linked object; its memory is released when destroyed: on any thread, before the linker.
class Code {
 public:
  virtual ~Code() = default;
  virtual size_t bytes() const = 0;  // code and data in memory
};

class Linker {
 public:
  // Loads px_llvm from `directory`, or from beside this module where that is empty. Null and `error` if it cannot be loaded. `packed`
  // false: each object has mappings of its own, as where the system refuses packed ones (llvm/slab.h).
  static std::unique_ptr<Linker> open(const std::string& directory, std::string& error, bool packed = true);
  virtual ~Linker() = default;
  // Links `object` and finds `names`: one address each, in their order. `own` are symbols of this object alone (px_sites). Null and
  // `error` if it does not link; unknown symbols are named.
  virtual std::unique_ptr<Code> link(std::span<const char> object, std::span<const std::string> names, std::span<const Symbol> own,
                                     std::span<void*> addresses, std::string& error) = 0;
  std::unique_ptr<Code> link(std::span<const char> object, const std::string& entry_symbol, std::span<const Symbol> own, void*& entry,
                             std::string& error) {
    return link(object, std::span(&entry_symbol, 1), own, std::span(&entry, 1), error);
  }
  std::unique_ptr<Code> link(std::span<const char> object, const std::string& entry_symbol, void*& entry, std::string& error) {
    return link(object, entry_symbol, {}, entry, error);
  }
  virtual size_t code_bytes() const = 0;  // of all linked objects now in memory

  // Around fork: waits for a link that is under way, so that no lock of LLVM's is held in the child, which goes on using the linker.
  virtual void lock_for_fork() = 0;
  virtual void unlock_after_fork() = 0;  // in both processes, on the thread that forked
};

// The process's linker for this directory: opened by who asks first, the same answer to all, a failure too. Never destroyed, so code is
// released whenever its owner likes. Any thread.
Linker* shared_linker(const std::string& directory, std::string& error);
// Of all that shared linkers hold.
size_t shared_code_bytes();
// For the handlers of pthread_atfork, whichever compilers there are: as Linker's two.
void lock_shared_linkers_for_fork();
void unlock_shared_linkers_after_fork();

// What px_llvm.so exports, and nothing else: `px_llvm_open`. The caller owns the linker; null and `*error` on failure.
using OpenFunction = Linker* (*)(const Symbol* symbols, size_t count, bool packed, std::string* error);

}  // namespace px::jit::native
