// Slots → Python objects: the only way out of a context.
#pragma once

#include <memory>
#include <span>

#include "bridge/object.h"
#include "jit/types/type.h"
#include "runtime/arena.h"

namespace px::jit {
struct ListHeader;
}

namespace px::bridge {

class ReflectedLists;

// Where a result's arrays may lie: the arguments and global arrays of the call (borrowed; tuples are looked into), and the context's arena.
class Origin {
 public:
  Origin(std::span<PyObject* const> values) : values_(values) {}

  // Pages of 64 KiB blocks and more are handed over whole: `detach` is asked for them once, at the first such array, before any Python
  // object is made. Without it every array is copied.
  using Detach = std::shared_ptr<runtime::PageList> (*)(void* user);
  Origin(std::span<PyObject* const> values, Detach detach, void* user) : values_(values), detach_(detach), user_(user) {}

  std::span<PyObject* const> values() const { return values_; }
  // Lists that were passed in, by their headers: they come back as what they were.
  void set_lists(const ReflectedLists* lists) { lists_ = lists; }
  PyObject* list_at(const jit::ListHeader* header) const;
  // True where the arrays of a result of this type are to be kept in their pages.
  void prepare(const jit::Type* type, const uint64_t* slots);
  const std::shared_ptr<runtime::PageList>& pages() const { return pages_; }

 private:
  std::span<PyObject* const> values_;
  const ReflectedLists* lists_ = nullptr;
  Detach detach_ = nullptr;
  void* user_ = nullptr;
  std::shared_ptr<runtime::PageList> pages_;   // handed over
  std::shared_ptr<runtime::PageList> copied_;  // not handed over, alive until everything has been copied out
};

// A new reference, or null with a Python exception set. int64 → int, float64 and float32 → float, bool, None, tuple. An array that lies in
// an origin's memory: that very object, or a view of it; any other is made the caller's own.
PyObject* promote(const jit::Type* type, const uint64_t* slots, Origin& origin);

// A number or bool: no origin needed.
PyObject* promote_scalar(const jit::Type* type, uint64_t slot);

// True where a value of this type can hold memory of the arena: arrays and lists.
bool holds_array(const jit::Type* type);

}  // namespace px::bridge
