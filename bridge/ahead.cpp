#include "bridge/ahead.h"

#include "bridge/errors.h"
#include "bridge/library.h"
#include "jit/client/compiler.h"
#include "jit/tiering.h"

namespace px::bridge {

bool compile_ahead(Callable* callable, const std::vector<std::string>& types) {
  State* state = ready_state(callable);
  if (!state) return false;
  const std::string& name = state->function->code().name;
  std::vector<const jit::Type*> parsed;
  for (const auto& text : types) {
    parsed.push_back(jit::parse_type(text));
    if (!parsed.back()) return PyErr_Format(PyExc_ValueError, "px has no type %s", text.c_str()), false;
  }
  const size_t wanted = state->function->code().parameters.size();
  if (types.size() != wanted) {
    PyErr_Format(PyExc_ValueError, "%s() takes %zu arguments, and a signature of it names %zu", name.c_str(), wanted, types.size());
    return false;
  }
  jit::CompileError error;
  jit::Specialisation* spec = specialise(*state->function, parsed, error);
  if (!spec) return raise(error), false;
  const jit::TierPolicy policy = jit::tier_policy();
  jit::Compiler* compiler = jit::compiler().load(std::memory_order_acquire);
  const bool compiles = policy == jit::TierPolicy::automatic || policy == jit::TierPolicy::native;
  if (compiles && compiler && spec->state.load(std::memory_order_acquire) != jit::CompileState::refused) compiler->request(*spec, true);
  return true;
}

}  // namespace px::bridge
