#include "jit/forget.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "jit/baseline/compiler.h"
#include "jit/client/compiler.h"
#include "jit/native/reclaim.h"

namespace px::jit {

namespace {

struct Gone {
  std::mutex mutex;
  std::unordered_set<const Function*> all;  // addresses of functions are never used again
};
Gone& gone() {
  static auto& the = *new Gone;
  return the;
}

// Whether no compile thread has anything to do: what waits there names specialisations by their addresses.
bool compilers_rest() {
  Compiler* service = compiler().load(std::memory_order_acquire);
  if (service && !service->wait_idle(0)) return false;
  baseline::Compiler* baseline = baseline::compiler().load(std::memory_order_acquire);
  return !baseline || baseline->wait_idle(0);
}

// Runs its destructor when native::collect finds that nobody can be inside the function any more.
struct Forgetting {
  Function& function;

  explicit Forgetting(Function& f) : function(f) {}
  Forgetting(const Forgetting&) = delete;
  Forgetting& operator=(const Forgetting&) = delete;
  ~Forgetting() { compilers_rest() ? function.forget() : forget_later(function); }
};

}  // namespace

void set_gone(const Function& function) {
  std::scoped_lock lock(gone().mutex);
  gone().all.insert(&function);
}

bool is_gone(const Specialisation& root) {
  std::vector<const Specialisation*> graph{&root};
  for (size_t k = 0; k < graph.size(); ++k) {
    {
      std::scoped_lock lock(gone().mutex);
      if (gone().all.contains(&graph[k]->function->outermost())) return true;
    }
    for (const Specialisation* callee : graph[k]->callees)
      if (std::ranges::find(graph, callee) == graph.end()) graph.push_back(callee);
  }
  return false;
}

void forget_later(Function& function) {
  native::retire(std::make_shared<Forgetting>(function));
}

}  // namespace px::jit
