#include "jit/client/publish.h"

#include <chrono>

#include "jit/client/agreement.h"

namespace px::jit::client {

bool make_sites(const Request& request, const Answer& answer, native::SiteTable& table, std::string& why) {
  for (const AnswerSite& theirs : answer.sites) {
    native::Site& site = table.sites.emplace_back();
    std::string_view name = theirs.exception;
    for (std::string_view prefix : {"builtins.", "builtins:"}) {
      if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    }
    // A site that exceptions only pass through names none.
    int32_t kind = name.empty() ? static_cast<int32_t>(runtime::ExcKind::SystemError) : runtime::find_exception(name);
    if (kind < 0) {
      why = "native code raises " + theirs.exception + ", which px does not know";
      return false;
    }
    site.kind = static_cast<runtime::ExcKind>(kind);
    if (theirs.message) {
      site.has_message = true;
      site.message = *theirs.message;
    } else if (theirs.types.size() == 1 && theirs.types[0] == "str") {
      site.is_text = true;
    } else {
      for (const std::string& text : theirs.types) {
        const Type* type = text.starts_with("text:") ? types::string(text.substr(5)) : parse_type(text);
        if (!type) {
          why = "native code raises " + theirs.exception + " with an argument of type " + text;
          return false;
        }
        site.types.push_back(type);
        site.argument_slots += type->slots;
      }
      if (site.argument_slots > runtime::ExcInfo::max_argument_slots) {
        why = "native code raises " + theirs.exception + " with too many arguments";
        return false;
      }
    }
    if (theirs.function >= static_cast<int64_t>(request.functions.size())) {
      why = "the compile service names a function that it was not sent";
      return false;
    }
    // Library code has no line of the user's: the call that it was reached by has one.
    site.function = theirs.function < 0 ? nullptr : request.functions[static_cast<size_t>(theirs.function)];
    site.line = theirs.line;
  }
  return true;
}

bool publish(native::Linker& linker, const Request& request, const Answer& answer, std::span<const char> object, Published& published,
             std::string& why) {
  why = disagreement(request, answer);
  return why.empty() && link(linker, request, answer, object, published, why);
}

bool link(native::Linker& linker, const Request& request, const Answer& answer, std::span<const char> object, Published& published,
          std::string& why) {
  published.sites = std::make_unique<native::SiteTable>();
  if (!make_sites(request, answer, *published.sites, why)) return false;
  auto started = std::chrono::steady_clock::now();
  const native::Symbol own[] = {{"px_sites", published.sites.get()}};
  void* address = nullptr;
  published.code = linker.link(object, entry_symbol, own, address, why);
  if (!published.code) {
    why = "the object does not link: " + why;
    return false;
  }
  published.entry = reinterpret_cast<Entry>(address);
  published.link_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return true;
}

}  // namespace px::jit::client
