// An object's table of exception sites: what compiled code names by number only. `px_sites` in the object is the address of its table.
// Made by the compile client before the object is linked, never changed afterwards; lives as long as the object's code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/exception.h"

namespace px::jit {
class Function;
struct Type;
}  // namespace px::jit

namespace px::jit::native {

struct Site {
  runtime::ExcKind kind{};
  bool has_message = false;  // `message` is the only argument
  std::string message;
  std::vector<const Type*> types;  // of the arguments, where there is no message
  uint32_t argument_slots = 0;     // of all of them
  const Function* function = nullptr;
  int32_t line = 0;      // relative to `def`
  bool is_text = false;  // a text that the code makes is the only argument
};

struct SiteTable {
  std::vector<Site> sites;
};

// The same vector for the same types, for the life of the process: what an exception in flight refers to (ExcInfo::argument_types), since
// the code that raised it, and its table, may be freed before the exception has been handed to Python. Any thread.
const std::vector<const Type*>* lasting_types(const std::vector<const Type*>& types);

}  // namespace px::jit::native
