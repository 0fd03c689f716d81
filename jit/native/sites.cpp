#include "jit/native/sites.h"

#include <mutex>
#include <set>

namespace px::jit::native {

const std::vector<const Type*>* lasting_types(const std::vector<const Type*>& types) {
  static std::mutex lock;
  static auto& all = *new std::set<std::vector<const Type*>>;  // never destroyed: workers may outlive the process's statics
  std::scoped_lock held(lock);
  return &*all.insert(types).first;
}

}  // namespace px::jit::native
