#include "jit/native/helpers.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "jit/builtins/list.h"
#include "jit/function.h"
#include "jit/interp/hooks.h"
#include "jit/native/sites.h"
#include "runtime/context.h"

namespace {

using px::jit::native::Site;
using px::jit::native::SiteTable;
using px::runtime::Context;
using px::runtime::ExcInfo;

// The service checks site numbers when it builds the table, but the object is another file than the table: a number out of range is
// answered with null instead of trusted.
const Site* find(const void* sites, int32_t site) {
  const auto* table = static_cast<const SiteTable*>(sites);
  if (!table || site < 0 || static_cast<size_t>(site) >= table->sites.size()) return nullptr;
  return &table->sites[static_cast<size_t>(site)];
}

// Numba's library code has no line of the user's; the call that reached it has one and comes next.
void push(ExcInfo& exc, const Site& site) {
  if (site.function) exc.push_trace(site.function, site.line);
}

// A text of Numba's: where its characters are, how many, and the bytes of each.
std::string utf8(const uint64_t* text) {
  std::string out;
  for (uint64_t k = 0; k < text[1] && out.size() < ExcInfo::max_message; ++k) {
    uint32_t c = 0;
    std::memcpy(&c, reinterpret_cast<const char*>(text[0]) + k * text[2], std::min<size_t>(text[2], sizeof c));
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else if (c < 0x10000) {
      out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      out += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    }
  }
  return out;
}

void raise_index(const void* sites, int32_t number, const char* index, int64_t axis, int64_t size) {
  Context* context = Context::current();
  if (!context) return;
  char text[128];
  std::snprintf(text, sizeof text, "index %s is out of bounds for axis %" PRId64 " with size %" PRId64, index, axis, size);
  context->exc.set(px::runtime::ExcKind::IndexError, text);
  if (const Site* site = find(sites, number)) push(context->exc, *site);
}

}  // namespace

extern "C" {

void px_raise(const void* sites, int32_t number, const uint64_t* args) {
  Context* context = Context::current();
  if (!context) return;
  ExcInfo& exc = context->exc;
  const Site* site = find(sites, number);
  if (!site) {
    exc.set(px::runtime::ExcKind::SystemError, "native code raised at an unknown site");
    return;
  }
  if (site->kind == px::runtime::ExcKind::MemoryError) {
    context->set_no_memory(site->message);
  } else if (site->has_message) {
    exc.set(site->kind, site->message);
  } else if (site->is_text && args) {
    exc.set(site->kind, utf8(args));
  } else {
    exc.set(site->kind);
    if (!site->types.empty() && args) {
      exc.argument_types = px::jit::native::lasting_types(site->types);
      std::memcpy(exc.arguments, args, std::min<size_t>(site->argument_slots, ExcInfo::max_argument_slots) * sizeof(uint64_t));
    }
  }
  push(exc, *site);
}

void px_raise_index(const void* sites, int32_t number, int64_t index, int64_t axis, int64_t size) {
  char text[32];
  std::snprintf(text, sizeof text, "%" PRId64, index);
  raise_index(sites, number, text, axis, size);
}

void px_raise_index_unsigned(const void* sites, int32_t number, uint64_t index, int64_t axis, int64_t size) {
  char text[32];
  std::snprintf(text, sizeof text, "%" PRIu64, index);
  raise_index(sites, number, text, axis, size);
}

void px_trace(const void* sites, int32_t number) {
  Context* context = Context::current();
  const Site* site = find(sites, number);
  if (context && site) push(context->exc, *site);
}

void px_exception_keep(uint64_t* slot) {
  Context* context = Context::current();
  if (!context) return;
  if (*slot == 0) {
    void* copy = context->arena.allocate(sizeof(ExcInfo), alignof(ExcInfo));
    if (!copy) return context->set_no_memory("cannot keep an exception");
    *slot = reinterpret_cast<uint64_t>(new (copy) ExcInfo);
  }
  *reinterpret_cast<ExcInfo*>(*slot) = context->exc;
}

void px_exception_again(const uint64_t* slot) {
  if (Context* context = Context::current(); context && *slot) context->exc = *reinterpret_cast<const ExcInfo*>(*slot);
}

void* px_list_make(int64_t size, int64_t width) {
  return px::jit::make_list(size, width);
}

uint64_t* px_list_resize(void* list, int64_t size, int64_t width) {
  auto& header = *static_cast<px::jit::ListHeader*>(list);
  if (header.capacity < size) {
    auto* larger = px::jit::make_list(size, width);
    if (!larger) return nullptr;
    header.items = larger->items;
    header.capacity = larger->capacity;
  }
  header.size = size;
  return header.items;
}

int32_t px_stack_low(void) {
  Context* context = Context::current();
  return context && static_cast<char*>(__builtin_frame_address(0)) < context->stack_limit;
}

int32_t px_call(void* specialisation, const uint64_t* args, uint64_t* ret) {
  Context* context = Context::current();
  ExcInfo* exc = &context->exc;
  int32_t status = px::jit::call(*static_cast<px::jit::Specialisation*>(specialisation), args, ret, &exc);
  if (status != 0 && exc != &context->exc) context->exc = *exc;
  return status;
}

}  // extern "C"
