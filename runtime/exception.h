// An exception in flight inside a context. No C++ exception and no Python object: plain data that any tier fills in and that the
// main thread turns into a Python exception afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace px::runtime {

enum class ExcKind : int32_t {
#define PX_EXCEPTION(name, module) name,
#include "runtime/exceptions.def"
#undef PX_EXCEPTION
};
struct ExcName {
  std::string_view name, module;
};
std::span<const ExcName> exception_table();  // indexed by ExcKind
// The kind called `name` ("ValueError", or what was given to `register_exception`), or -1. Any thread.
int32_t find_exception(std::string_view name);
// A kind of the user's own, past those of the table: the same for the same name, for the life of the process. Any thread.
ExcKind register_exception(std::string_view name);
std::string_view exception_name(ExcKind);  // any thread

// One line of the traceback: a px function (opaque here) and a line relative to its `def`.
struct TraceEntry {
  const void* function;
  int32_t line;
};

// Written by the context's own thread alone, read by it or, after the work is done, by the main thread.
struct ExcInfo {
  static constexpr size_t max_trace = 64, max_argument_slots = 32, max_message = 512;
  ExcKind kind{};
  bool has_message = false;  // `message` is the only argument; it ends with a zero byte
  char message[max_message]{};
  const void* argument_types = nullptr;  // const std::vector<const jit::Type*>*, or null: no arguments besides the message
  uint64_t arguments[max_argument_slots]{};
  uint32_t trace_count = 0;  // innermost first; entries past max_trace are dropped
  TraceEntry trace[max_trace]{};
  bool in_trace = false;  // raised again: the frame that does so is in the trace already

  void clear();
  void set(ExcKind k, std::string_view text);  // cut at max_message, between characters; clears arguments and trace
  void set(ExcKind k);                         // no arguments
  void push_trace(const void* function, int32_t line);
};

}  // namespace px::runtime
