// Lowering one analysed function to typed code: what the plans' `lower` functions work with.
#pragma once

#include <map>
#include <vector>

#include "jit/infer/infer.h"
#include "jit/infer/regions.h"

namespace px::jit {

class Lowering {
 public:
  Lowering(Inference& inference, typed::Function& out);
  void run();

  Emitter emitter;
  // The slot run of a value that inference read from a register.
  typed::Slot of(const Argument&);
  // The slot run of the specialisation's hidden argument `index`.
  typed::Slot hidden(uint32_t index) const { return hidden_[index]; }
  // The label to jump to for the current block's successor `k`, by way of the conversions that its registers need and of what a
  // region does there.
  uint32_t edge(size_t k);
  Inference& inference() { return inference_; }
  // Whether the instruction that is being lowered is in the block of a snapshot (undo.h).
  bool in_snapshot() const { return snapshots_ > 0; }

 private:
  struct Stub {
    uint32_t label, block;
    std::vector<std::pair<Argument, const Type*>> conversions;
    std::optional<Regions::Crossing> crossing;
  };
  void parameters();
  void cross(const Regions::Crossing&);
  void block(uint32_t index);
  void announce(const Plan&);  // to who watches arrays: PX_CHECK=races, snapshots
  std::vector<std::pair<Argument, const Type*>> conversions(uint32_t from, size_t successor) const;

  Inference& inference_;
  std::vector<uint32_t> labels_;  // one a block
  std::vector<typed::Slot> hidden_;
  std::vector<Stub> stubs_;
  Regions regions_;
  std::vector<typed::Slot> marks_;          // one run a region
  std::map<int32_t, typed::Slot> entered_;  // copies of parameters, where a region keeps what they were
  uint32_t current_ = 0;
  std::vector<int> open_;  // snapshots, where each block begins
  int snapshots_ = 0;      // open now
};

}  // namespace px::jit
