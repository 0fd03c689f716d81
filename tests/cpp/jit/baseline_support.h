// Typed functions built by hand, as baseline code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "interp_support.h"
#include "jit/baseline/generator.h"
#include "jit/builtins/mathlib.h"
#include "jit/flow/optimise.h"
#include "jit/native/linker.h"
#include "tests/cpp/jit/client_support.h"

namespace px::jit::test {

inline native::Linker& test_linker() {
  static std::string error;
  static std::unique_ptr<native::Linker> linker = native::Linker::open(PX_MODULE_DIR, error);
  if (!linker) throw std::runtime_error(error);
  return *linker;
}
inline baseline::Generator& test_generator() {
  static std::string error;
  static std::unique_ptr<baseline::Generator> generator = baseline::Generator::open(PX_MODULE_DIR, error);
  if (!generator) throw std::runtime_error(error);
  return *generator;
}

// What tracebacks name, where a test needs no more.
inline Function* a_function(Options options = {}) {
  static std::vector<std::unique_ptr<Function>> all;
  for (auto& f : all) {
    if (f->options() == options) return f.get();
  }
  return all.emplace_back(std::make_unique<Function>(CodeObject{}, options)).get();
}

inline flow::Flow flow_of(const Specialisation& spec) {
  flow::Flow flow = flow::build_flow(*spec.typed);
  flow::optimise(flow);
  flow::find_liveness(flow);
  return flow;
}

// A unit, compiled and linked: the first function is the root.
class Baseline {
 public:
  explicit Baseline(std::vector<Compiled*> functions, baseline::Effort effort = baseline::Effort::full,
                    std::vector<baseline::Move> moves = {}, baseline::Entries entries = baseline::Entries::all) {
    for (Compiled* f : functions) {
      if (!f->specialisation.function) f->specialisation.function = a_function();
      unit.functions.push_back({&f->specialisation, flow_of(f->specialisation), f->specialisation.recursive});
    }
    unit.moves = std::move(moves);
    unit.entries = entries;
    unit.odd_functions = odd_functions();
    result_slots_ = functions[0]->specialisation.typed->result_slots;
    std::string error;
    if (std::string text = listing(false); text.starts_with(baseline::Generator::invalid)) throw std::runtime_error(text);
    if (!test_generator().generate(unit, effort, generated, error)) throw std::runtime_error(error);
    std::vector<std::string> names = generated.entries;
    std::erase(names, "");
    entries_ = names.size();
    names.insert(names.end(), generated.moves.begin(), generated.moves.end());
    addresses_.resize(names.size());
    native::Symbol own[] = {{"px_sites", generated.sites.get()}};
    code_ = test_linker().link(generated.object, names, own, addresses_, error);
    if (!code_) throw std::runtime_error(error + "\n" + listing());
  }
  explicit Baseline(Compiled& root, baseline::Effort effort = baseline::Effort::full) : Baseline(std::vector{&root}, effort) {}

  Entry entry(size_t function = 0) const { return reinterpret_cast<Entry>(addresses_[function]); }
  baseline::MoveEntry move_entry(size_t move) const { return reinterpret_cast<baseline::MoveEntry>(addresses_[entries_ + move]); }
  std::string listing(bool optimised = true) { return test_generator().listing(unit, baseline::Effort::full, optimised); }

  PX_CALLS_LINKED_CODE int32_t run(std::vector<uint64_t> args) {
    args.resize(std::max<size_t>(args.size(), 1));
    return in_context([&](runtime::ExcInfo** exc) PX_CALLS_LINKED_CODE { return entry()(args.data(), result.data(), exc); });
  }
  PX_CALLS_LINKED_CODE int32_t move(size_t move, std::vector<uint64_t>& frame) {
    return in_context([&](runtime::ExcInfo** exc) PX_CALLS_LINKED_CODE { return move_entry(move)(frame.data(), result.data(), exc); });
  }
  uint64_t value(std::vector<uint64_t> args) {
    EXPECT_EQ(run(std::move(args)), 0) << Compiled::error();
    return result[0];
  }
  std::string failure(std::vector<uint64_t> args) { return run(std::move(args)) == 0 ? "no exception" : Compiled::error(); }

  baseline::Unit unit;
  baseline::Generated generated;
  std::vector<uint64_t> result;

 private:
  std::unique_ptr<native::Code> code_;
  std::vector<void*> addresses_;
  size_t entries_;
  uint32_t result_slots_;

  template <class Call>
  int32_t in_context(Call call) {
    runtime::Context& context = runtime::Context::of_thread();
    runtime::Context::Scope scope(context);
    context.exc.clear();
    result.assign(std::max<size_t>(result_slots_, 1), 0xdead);
    runtime::ExcInfo* exc = &context.exc;
    return call(&exc);
  }
};

}  // namespace px::jit::test
