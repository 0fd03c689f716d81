// Regions: loops whose temporaries do not pile up. The arena is marked where such a loop is entered. Where temporaries die with their
// round, it is released to the mark at each back-edge. Where the next round needs some of what was made (an array that is carried from
// round to round, a list that grows), it is swept there once enough has come together: pages in which nothing lies that the next round can
// reach are given back. All that it can reach begins in registers whose types are known, or in lists that the caller handed over: a look at
// those, and at the items of lists, is enough.
#pragma once

#include <optional>
#include <vector>

#include "jit/infer/infer.h"

namespace px::jit {

class Regions {
 public:
  // `inference` must have been analysed.
  explicit Regions(Inference& inference);

  // Where a register that the next round reads has an address: `offset` slots into its run. `list`: a list's type, where the address is
  // its header's (builtins/list.h). `entered`: the register as it was when the function was called.
  struct Root {
    int32_t reg;
    const Type* type;
    uint32_t offset;
    const Type* list;
    bool entered;
  };
  // A loop, by its header, in which memory is made.
  struct Region {
    uint32_t header;
    std::vector<bool> body;  // one a block
    std::vector<Root> kept;  // what the next round may need; empty: nothing
  };
  // What happens on the edge from one block to another: nothing, or a region is entered (`enters`), or a round of it ends.
  struct Crossing {
    uint32_t region;
    bool enters;
  };
  std::optional<Crossing> crossing(uint32_t from, uint32_t to) const;
  size_t size() const { return regions_.size(); }
  const Region& operator[](size_t k) const { return regions_[k]; }

  // Whether the function may leave memory in the arena, its callees' included.
  bool allocates() const { return allocates_; }

 private:
  bool makes_memory(uint32_t instruction) const;
  // Fills in `kept`. False where what the next round may need cannot be told.
  bool find_kept(Region&) const;

  Inference& inference_;
  std::vector<Region> regions_;
  bool allocates_ = false;
};

// The runtime functions: `mark` writes the four slots that `release` and `sweep` read: the arena's mark, and how many bytes may be in use
// before it is swept.
constexpr uint32_t mark_slots = 4;
int32_t region_mark(const uint64_t* arguments, uint64_t* result);
int32_t region_release(const uint64_t* arguments, uint64_t* result);
// Then: how many addresses follow, how many lists after them, and these, a list's address before its type. Result: the mark's last slot.
int32_t region_sweep(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
