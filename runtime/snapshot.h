// A context's heap as it was at one point, and how to go back there.
//
// Taking one copies nothing. Who is about to write to memory that the heap had then says so (`keep`), and what is there is kept first, in
// pieces of 512 bytes, once each; what is allocated afterwards is released by the rollback. So a snapshot costs what is changed, however
// large the heap is. Blocks that compiled code frees meanwhile are not used again before the rollback.
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

  // The functions that keep something are false where the system has no memory.
  // `bytes` at `address` will be written. Nothing to do where that is no memory that the heap had.
  bool keep(char* address, size_t bytes);
  // An array's elements (strides in bytes) will be written. With `outside`, an array that the heap does not hold is kept too.
  bool keep(uint64_t data, int ndim, uint64_t item, const uint64_t* shape, const uint64_t* strides, bool outside);
  bool keep_all();  // all that the heap had

  // Everything as it was. The snapshots that were taken after this one must have been rolled back.
  void roll_back(Context&);
  ~Snapshot();

 private:
  static constexpr size_t piece_bytes = 512;
  struct Piece {
    char* address;
    size_t bytes, at;  // where it lies in `copies_`
  };
  // Memory of the heap that has been written to: a page's, or a large block's, as far as it was in use.
  struct Stretch {
    char *begin, *end;
    std::vector<bool> kept;  // one a piece
  };
  Snapshot() = default;
  bool copy(char* address, size_t bytes);
  Stretch* stretch_of(char* address);  // null: the heap did not have it
  bool keep_in(Stretch&, char* begin, char* end);

  Arena::Mark mark_{};
  Arena* arena_ = nullptr;  // that counts it; null once rolled back
  std::vector<Stretch> stretches_;
  size_t last_ = 0;        // the stretch that was asked for last
  uintptr_t foreign_ = 0;  // a 4 KiB page that is none of the heap's: the one that was asked for last
  bool out_of_memory_ = false;
  std::vector<Piece> pieces_;
  std::vector<char> copies_;
};

}  // namespace px::runtime
