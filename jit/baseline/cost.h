// What baseline code costs to make, learned from what it has cost so far.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace px::jit::baseline {

// Any thread reads; the compile thread writes. Relaxed: a forecast guards no data.
class CostModel {
 public:
  // Seconds until a unit of so many typed instructions (those of its moves counted again) could run.
  double predict(size_t instructions) const;
  // LLVM is ready.
  void loaded() { load_.store(0, std::memory_order_relaxed); }
  // A unit has been made. `first`: LLVM was loaded for it.
  void learn(size_t instructions, double seconds, bool first);
  // Seconds that getting LLVM ready takes; 0 once it is.
  double load() const { return load_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> load_{0.020};  // of px_codegen and px_llvm, once
  std::atomic<double> base_{0.002};  // of any unit
  std::atomic<double> an_instruction_{40e-6};
};

CostModel& cost_model();

}  // namespace px::jit::baseline
