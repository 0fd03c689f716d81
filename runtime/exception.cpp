#include "runtime/exception.h"

#include <algorithm>
#include <cstring>

namespace px::runtime {

std::span<const ExcName> exception_table() {
  static constexpr ExcName table[] = {
#define PX_EXCEPTION(name, module) {#name, #module},
#include "runtime/exceptions.def"
#undef PX_EXCEPTION
  };
  return table;
}

int32_t find_exception(std::string_view name) {
  std::span<const ExcName> table = exception_table();
  auto found = std::ranges::find(table, name, &ExcName::name);
  return found == table.end() ? -1 : static_cast<int32_t>(found - table.begin());
}

void ExcInfo::clear() {
  kind = {};
  has_message = false;
  argument_types = nullptr;
  trace_count = 0;
}

void ExcInfo::set(ExcKind k) {
  clear();
  kind = k;
}

void ExcInfo::set(ExcKind k, std::string_view text) {
  clear();
  kind = k;
  size_t length = std::min(text.size(), max_message - 1);
  if (length < text.size()) {
    // Not in the middle of a UTF-8 character: its further bytes are 10xxxxxx.
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) length--;
  }
  std::memcpy(message, text.data(), length);
  message[length] = 0;
  has_message = true;
}

void ExcInfo::push_trace(const void* function, int32_t line) {
  if (trace_count < max_trace) trace[trace_count++] = {function, line};
}

}  // namespace px::runtime
