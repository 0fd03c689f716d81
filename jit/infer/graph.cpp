#include "jit/infer/graph.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "jit/infer/infer.h"
#include "jit/interp/program.h"

namespace px::jit {

std::recursive_mutex& inference_lock() {
  static auto& lock = *new std::recursive_mutex;
  return lock;
}

namespace {

struct Open {
  Specialisation* spec;
  size_t low;  // lowest stack index whose unfinished result was used
};

// Done but for the result of something further up the stack.
struct Tentative {
  std::unique_ptr<Inference> inference;
  size_t low;
  uint64_t revision;  // of the results it was inferred from
};

// All under inference_lock.
struct Graph {
  std::vector<Open> stack;
  std::unordered_map<Specialisation*, Tentative> tentative;
  uint64_t revision = 0;  // counts changes of provisional results
};

Graph& graph() {
  static auto& g = *new Graph;
  return g;
}

// Each level of nesting takes a few KiB of machine stack.
constexpr size_t deepest_nesting = 200;

std::string place(const Specialisation& spec) {
  auto& code = spec.function->code();
  return code.file + ":" + std::to_string(code.first_line) + ": in " + code.name + ": ";
}

void finish(Specialisation& spec, Inference& inference) {
  inference.lower();
  spec.program = interp::assemble(*spec.typed, spec);
}

// Typed rounds until no result in the specialisation's cycle changes any more.
std::unique_ptr<Inference> settle(Specialisation& spec, size_t index, CompileError& error) {
  auto& g = graph();
  for (int round = 0; round < 100; ++round) {
    auto inference = std::make_unique<Inference>(spec);
    uint64_t before = g.revision;
    const Type* result = spec.result;
    size_t hidden = spec.hidden.size();
    if (!inference->analyse(error)) return nullptr;
    if (!spec.recursive) return inference;
    if (result != spec.result || hidden != spec.hidden.size()) ++g.revision;
    // Nothing has changed in the whole cycle: what was inferred first in this round stands too.
    if (g.revision == before) return inference;
    g.stack[index].low = index;
  }
  error = {runtime::ExcKind::TypingError, "the types of the recursive function " + spec.function->code().name + " do not settle"};
  return nullptr;
}

}  // namespace

bool infer(Specialisation& spec, CompileError& error) {
  auto& g = graph();
  // On the stack already: a recursive call. Everything above it depends on its unfinished result.
  for (size_t k = 0; k < g.stack.size(); ++k)
    if (g.stack[k].spec == &spec) {
      for (size_t j = k; j < g.stack.size(); ++j) g.stack[j].spec->recursive = true;
      g.stack.back().low = std::min(g.stack.back().low, k);
      return true;
    }
  if (auto t = g.tentative.find(&spec); t == g.tentative.end()) {
    // New, or left over from an inference that failed further up.
    spec.result = nullptr;
    spec.hidden.clear();
    spec.recursive = false;
  } else if (t->second.revision == g.revision) {
    g.stack.back().low = std::min(g.stack.back().low, t->second.low);
    return true;
  }
  size_t index = g.stack.size();
  if (index >= deepest_nesting) {
    error = {runtime::ExcKind::TypingError, place(spec) + "calls nest more than " + std::to_string(deepest_nesting) +
                                                " deep while types are inferred: does each call make another type?"};
    return false;
  }
  g.stack.push_back({&spec, index});
  auto inference = settle(spec, index, error);
  size_t low = g.stack.back().low;
  g.stack.pop_back();
  if (inference && low == index && !spec.result) {
    error = {runtime::ExcKind::TypingError, place(spec) + "every path calls the function again: no type can be found for its result"};
    inference = nullptr;
  }
  if (!inference) {
    if (g.stack.empty()) g.tentative.clear();
    return false;
  }
  if (low < index) {  // part of a cycle that is still open
    g.stack.back().low = std::min(g.stack.back().low, low);
    g.tentative[&spec] = {std::move(inference), low, g.revision};
    return true;
  }
  // The root of a cycle, or no cycle at all: whatever waited for it is complete now.
  std::vector<Specialisation*> done = {&spec};
  finish(spec, *inference);
  for (auto t = g.tentative.begin(); t != g.tentative.end();) {
    if (t->second.low < index) {
      ++t;
      continue;
    }
    if (t->second.revision == g.revision) {
      finish(*t->first, *t->second.inference);
      done.push_back(t->first);
    }
    t = g.tentative.erase(t);
  }
  for (auto* s : done) s->ready.store(true, std::memory_order_release);
  return true;
}

}  // namespace px::jit
