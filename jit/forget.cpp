#include "jit/forget.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "jit/interp/program.h"
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

// Runs its destructor when native::collect finds that nobody can be inside the function any more.
struct Forgetting {
  Function& function;

  explicit Forgetting(Function& f) : function(f) {}
  Forgetting(const Forgetting&) = delete;
  Forgetting& operator=(const Forgetting&) = delete;
  ~Forgetting() {
    for (Specialisation* spec : function.specialisations()) {
      uninstall(*spec, Tier::numba);
      uninstall(*spec, Tier::baseline);
      std::unique_ptr<interp::Program> program;
      std::unique_ptr<typed::Function> typed;
      {
        std::scoped_lock lock(function.mutex());
        program = std::move(spec->program);
        typed = std::move(spec->typed);
        spec->callees = {};
        spec->hidden = {};
        spec->converted = {};
        spec->refusal = {};
        spec->baseline_refusal = {};
      }
    }
    // Nobody reads it again but for the place in a traceback: name, file and first line stay.
    auto& code = const_cast<CodeObject&>(function.code());
    code.qualified_name = {};
    code.module = {};
    code.source = {};
    code.parameters = {};
    code.registers = {};
    code.constants = {};
    code.globals = {};
    code.names = {};
    code.instructions = {};
    code.operands = {};
    code.functions = {};
    code.name.shrink_to_fit();
    code.file.shrink_to_fit();
  }
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
