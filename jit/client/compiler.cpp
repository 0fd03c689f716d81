#include "jit/client/compiler.h"

namespace px::jit {

std::atomic<Compiler*>& compiler() {
  static std::atomic<Compiler*> instance{nullptr};
  return instance;
}

}  // namespace px::jit
