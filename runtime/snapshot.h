// A context's heap as it was at one point, and how to go back there.
//
// Taking one copies what the arena holds at that point (and arrays from outside that are named); what is allocated afterwards is released
// by the rollback. Blocks that compiled code frees meanwhile are not used again before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/arena.h"

namespace px::runtime {

class Context;

constexpr size_t max_snapshots = 64;  // of one context, one within another

class Snapshot {
 public:
  // Null where the system has no memory.
  static std::unique_ptr<Snapshot> take(Context&);
  // Keeps the contents of an array (strides in bytes) too. False where the system has no memory.
  bool keep(uint64_t data, int ndim, uint64_t item, const uint64_t* shape, const uint64_t* strides);
  // Everything as it was. The snapshots that were taken after this one must have been rolled back.
  void roll_back(Context&);
  ~Snapshot();

 private:
  struct Piece {
    char* address;
    size_t bytes, at;  // where it lies in `copies_`
  };
  Snapshot() = default;
  bool copy(char* address, size_t bytes);

  Arena::Mark mark_{};
  Arena* arena_ = nullptr;  // that counts it; null once rolled back
  std::vector<Piece> pieces_;
  std::vector<char> copies_;
};

}  // namespace px::runtime
