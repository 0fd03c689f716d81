// Lists passed to px functions, as Numba's reflected lists: their items are copied in, and what the call has changed is copied back.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "bridge/object.h"
#include "jit/builtins/list.h"
#include "jit/types/type.h"

namespace px::bridge {

// Those of one call. While one lives, `type_of` and `store` of this thread take lists. They nest as calls do.
class ReflectedLists {
 public:
  ReflectedLists() : before_(current_) { current_ = this; }
  ~ReflectedLists() { current_ = before_; }
  ReflectedLists(const ReflectedLists&) = delete;
  ReflectedLists& operator=(const ReflectedLists&) = delete;

  static bool accepts() { return current_ != nullptr; }
  // The header that stands for `list`, the same each time.
  static jit::ListHeader* add(PyObject* list, const jit::Type* type);

  bool empty() const { return lists_.empty(); }
  // Gives the Python lists the items that the call left in them, before the context's memory goes. False with an exception set.
  bool reflect(std::span<PyObject* const> values);
  // The Python list of a header; borrowed, null if it is none of these.
  PyObject* object_at(const jit::ListHeader* header) const;

 private:
  struct List {
    Object object;
    const jit::Type* type;
    std::vector<uint64_t> items, before;
    jit::ListHeader header;
  };
  std::deque<List> lists_;
  ReflectedLists* before_;
  static inline thread_local ReflectedLists* current_ = nullptr;
};

}  // namespace px::bridge
