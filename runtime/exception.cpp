#include "runtime/exception.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

namespace px::runtime {

std::span<const ExcName> exception_table() {
  static constexpr ExcName table[] = {
#define PX_EXCEPTION(name, module) {#name, #module},
#include "runtime/exceptions.def"
#undef PX_EXCEPTION
  };
  return table;
}

namespace {
// The user's exception classes in the order of their registration; never destroyed, since workers may outlive static destruction.
struct Registered {
  std::mutex mutex;
  std::deque<std::string> names;  // guarded by mutex; a deque keeps them in their places
};
Registered& registered() {
  static Registered& all = *new Registered;
  return all;
}
}  // namespace

int32_t find_exception(std::string_view name) {
  std::span<const ExcName> table = exception_table();
  auto found = std::ranges::find(table, name, &ExcName::name);
  if (found != table.end()) return static_cast<int32_t>(found - table.begin());
  std::scoped_lock lock(registered().mutex);
  auto own = std::ranges::find(registered().names, name);
  return own == registered().names.end() ? -1 : static_cast<int32_t>(table.size() + static_cast<size_t>(own - registered().names.begin()));
}

ExcKind register_exception(std::string_view name) {
  int32_t known = find_exception(name);
  if (known >= 0) return static_cast<ExcKind>(known);
  std::scoped_lock lock(registered().mutex);
  registered().names.emplace_back(name);
  return static_cast<ExcKind>(exception_table().size() + registered().names.size() - 1);
}

std::string_view exception_name(ExcKind kind) {
  std::span<const ExcName> table = exception_table();
  auto index = static_cast<size_t>(kind);
  if (index < table.size()) return table[index].name;
  std::scoped_lock lock(registered().mutex);
  return registered().names.at(index - table.size());
}

void ExcInfo::clear() {
  kind = {};
  has_message = false;
  argument_types = nullptr;
  trace_count = 0;
  in_trace = false;
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
  if (std::exchange(in_trace, false)) return;
  if (trace_count < max_trace) trace[trace_count++] = {function, line};
}

}  // namespace px::runtime
