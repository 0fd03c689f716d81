// Regions: loops whose temporaries die with their round. The arena is marked where such a loop is entered and released to the mark at each
// back-edge, so that what a round has made does not pile up.
#pragma once

#include <optional>
#include <vector>

#include "jit/infer/infer.h"

namespace px::jit {

class Regions {
 public:
  // `inference` must have been analysed.
  explicit Regions(Inference& inference);

  // A loop, by its header, in which memory is made and none of it is needed in the next round.
  struct Region {
    uint32_t header;
    std::vector<bool> body;  // one a block
  };
  // What happens on the edge from one block to another: nothing, or a region is entered (`enters`), or a round of it ends.
  struct Crossing {
    uint32_t region;
    bool enters;
  };
  std::optional<Crossing> crossing(uint32_t from, uint32_t to) const;
  size_t size() const { return regions_.size(); }

  // Whether the function may leave memory in the arena, its callees' included.
  bool allocates() const { return allocates_; }

 private:
  bool makes_memory(uint32_t instruction) const;
  bool survives_a_round(const Region&) const;

  Inference& inference_;
  std::vector<Region> regions_;
  bool allocates_ = false;
};

// The runtime functions: `mark` writes the three slots that `release` reads.
constexpr uint32_t mark_slots = 3;
int32_t region_mark(const uint64_t* arguments, uint64_t* result);
int32_t region_release(const uint64_t* arguments, uint64_t* result);

}  // namespace px::jit
