#include "jit/native/reclaim.h"

#include <mutex>
#include <vector>

namespace px::jit::native {

namespace {
std::mutex lock;
std::vector<std::shared_ptr<const void>>& retired() {
  static auto* list = new std::vector<std::shared_ptr<const void>>;
  return *list;
}
}  // namespace

Inside::Inside() = default;
Inside::~Inside() = default;

void retire(std::shared_ptr<const void> code) {
  std::scoped_lock held(lock);
  retired().push_back(std::move(code));
}

size_t collect() {
  std::scoped_lock held(lock);
  return retired().size();
}

}  // namespace px::jit::native
