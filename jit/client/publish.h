// From an answer to running code: the types are checked, the object is linked, and the entry is stored where calls look for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jit/client/protocol.h"
#include "jit/client/request.h"
#include "jit/native/linker.h"
#include "jit/native/sites.h"

namespace px::jit::client {

// What keeps one specialisation's native code alive: installed with it, released with it.
struct Published {
  std::unique_ptr<native::SiteTable> sites;  // outlives `code`
  std::unique_ptr<native::Code> code;
  Entry entry = nullptr;
  double link_seconds = 0;
};

// The object's site table. False and `why` where a site is not one that px can raise.
bool make_sites(const Request& request, const Answer& answer, native::SiteTable& table, std::string& why);

// Links the object. False and `why` where it does not fit.
bool link(native::Linker& linker, const Request& request, const Answer& answer, std::span<const char> object, Published& published,
          std::string& why);
// Checks types, makes the site table and links. False and `why` (the refusal) otherwise. Nothing is visible to callers yet.
bool publish(native::Linker& linker, const Request& request, const Answer& answer, std::span<const char> object, Published& published,
             std::string& why);

}  // namespace px::jit::client
