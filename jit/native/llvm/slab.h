// Memory for linked objects, packed: many small ones share a page, where a mapping of its own would cost each three pages and three of the
// process's 65,530 mappings.
//
// No page is writable and executable at once, at any time: code pages are mapped readable and executable, and new code is written into
// them through /proc/self/mem, which gives the process a private copy of the page. Where the system refuses that, there is no slab.
// Pages are private, so a forked child and its parent go on by themselves.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace px::jit::native {

// What is free of a range of bytes, by offset. Neighbours are always one.
class FreeRanges {
 public:
  explicit FreeRanges(size_t size) : size_(size), free_{{0, size}} {}
  std::optional<size_t> take(size_t bytes);  // the first place where they fit
  struct Range {
    size_t begin, end;
  };
  Range give_back(size_t offset, size_t bytes);  // the free range that they are a part of now
  bool all_free() const { return free_.size() == 1 && free_.begin()->second == size_; }

 private:
  size_t size_;
  std::map<size_t, size_t> free_;  // offset: bytes
};

// One thread at a time: the linker's lock is held.
class Slab {
 public:
  static constexpr size_t grain = 64;                 // bytes: every piece starts on its own cache line
  static constexpr size_t largest_piece = 128 << 10;  // of code, and of data
  struct Region;
  // Code and data of one object, near enough for any relocation.
  struct Piece {
    Region* region = nullptr;
    char *code = nullptr, *data = nullptr;
    size_t code_bytes = 0, data_bytes = 0;
  };

  static std::unique_ptr<Slab> create();  // null where the system does not let it
  ~Slab();
  bool allocate(size_t code_bytes, size_t data_bytes, Piece& piece);  // false: out of memory
  // Into a piece's code; its data is plain writable memory. False where the system refuses it.
  bool write_code(char* to, const char* from, size_t bytes);
  // Whole free pages go back to the system, and regions with nothing in them but for one.
  void release(const Piece& piece);

 private:
  Slab() = default;
  Region* add_region();
  bool open_memory();

  std::vector<std::unique_ptr<Region>> regions_;
  int memory_ = -1;  // /proc/self/mem of the process `owner_`
  pid_t owner_ = -1;
};

}  // namespace px::jit::native
