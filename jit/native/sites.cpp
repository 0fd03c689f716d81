#include "jit/native/sites.h"

#include <pthread.h>

#include <mutex>
#include <set>

namespace px::jit::native {

namespace {
// Never destroyed: workers may outlive the process's statics. No other lock is taken under it.
struct Lasting {
  std::mutex lock;
  std::set<std::vector<const Type*>> all;
};
Lasting& lasting() {
  static auto* the = [] {
    // A child of a fork may raise too.
    pthread_atfork([] { lasting().lock.lock(); }, [] { lasting().lock.unlock(); }, [] { lasting().lock.unlock(); });
    return new Lasting;
  }();
  return *the;
}
}  // namespace

const std::vector<const Type*>* lasting_types(const std::vector<const Type*>& types) {
  Lasting& l = lasting();
  std::scoped_lock held(l.lock);
  return &*l.all.insert(types).first;
}

}  // namespace px::jit::native
