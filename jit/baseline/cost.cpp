#include "jit/baseline/cost.h"

#include <algorithm>

namespace px::jit::baseline {

namespace {
constexpr double weight = 0.25;  // of the newest unit
}

double CostModel::predict(size_t instructions) const {
  return load_.load(std::memory_order_relaxed) + base_.load(std::memory_order_relaxed) +
         an_instruction_.load(std::memory_order_relaxed) * static_cast<double>(instructions);
}

void CostModel::learn(size_t instructions, double seconds, bool first) {
  loaded();
  if (first || instructions == 0) return;  // says nothing about the rate
  double base = base_.load(std::memory_order_relaxed);
  double rate = std::max(0.0, seconds - base) / static_cast<double>(instructions);
  an_instruction_.store((1 - weight) * an_instruction_.load(std::memory_order_relaxed) + weight * rate, std::memory_order_relaxed);
}

CostModel& cost_model() {
  static CostModel model;
  return model;
}

}  // namespace px::jit::baseline
