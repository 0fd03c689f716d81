#include "jit/function.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <utility>

#include "jit/forget.h"
#include "jit/infer/conversion.h"
#include "jit/infer/graph.h"
#include "jit/interp/program.h"
#include "jit/intrinsic.h"
#include "jit/library.h"
#include "jit/native/budget.h"
#include "jit/native/reclaim.h"
#include "jit/tiering.h"
#include "runtime/clock.h"
#include "runtime/context.h"

namespace px::jit {

namespace {
// Counts every change of any function's globals: a specialisation checked at this count needs no second look. Written by the main
// thread before a run (release), read by whoever looks a specialisation up (acquire).
std::atomic<uint64_t> globals_revision{1};
}  // namespace

struct Function::Lookup {
  using Types = std::vector<const Type*>;

  struct Entry {
    std::unique_ptr<Specialisation> spec;
    std::optional<CompileError> error;  // inference said no: the same answer the next time, while no global changes
    uint64_t error_revision = 0;        // of all globals
  };

  explicit Lookup(std::shared_ptr<const Globals> now = std::make_shared<Globals>()) : globals(std::move(now)) {}

  std::shared_ptr<const Globals> globals;
  std::vector<std::shared_ptr<const Globals>> seen;  // values that specialisations exist for
  std::map<Types, std::vector<std::unique_ptr<Entry>>> entries;
  std::atomic<Specialisation*> last{nullptr};  // the last one found; stored with release by any thread
};

Specialisation::~Specialisation() {
  native::forget_code(*this);
}

void Profile::note_baseline() {
  uint64_t never = 0;
  baseline_began.compare_exchange_strong(never, runtime::nanoseconds(), std::memory_order_relaxed);
}

std::string Specialisation::signature() const {
  std::string text = "(";
  for (auto* p : parameters) text += (text.size() > 1 ? ", " : "") + to_string(p);
  return text + ") -> " + (result ? to_string(result) : "?");
}

bool Specialisation::current() {
  uint64_t revision = globals_revision.load(std::memory_order_acquire);
  if (checked_at_.load(std::memory_order_relaxed) == revision) return true;
  // The whole call graph: an inner function's global may have changed.
  std::vector<Specialisation*> graph = {this};
  for (size_t k = 0; k < graph.size(); ++k) {
    if (graph[k]->function->globals() != graph[k]->globals) return false;
    for (auto* callee : graph[k]->callees)
      if (std::ranges::find(graph, callee) == graph.end()) graph.push_back(callee);
  }
  checked_at_.store(revision, std::memory_order_relaxed);
  return true;
}

namespace {

// The signature that fits `types` best, the first among equals; null where none does.
const Signature* best_signature(std::span<const Signature> signatures, std::span<const Type* const> types) {
  const Signature* best = nullptr;
  Rating best_rating;
  for (auto& s : signatures) {
    if (s.parameters.size() != types.size()) continue;
    Rating rating;
    for (size_t k = 0; k < types.size(); ++k) rating.add(conversion(types[k], s.parameters[k]));
    if (!rating.possible() || (best && !(rating < best_rating))) continue;
    best = &s;
    best_rating = rating;
  }
  return best;
}

}  // namespace

Function::Function(CodeObject code, Options options)
    : code_(std::move(code)), options_(std::move(options)), lookup_(std::make_unique<Lookup>()) {}
Function::Function(const CodeObject& code, Function& outer) : Function(code, outer.options()) {
  options_.signatures.clear();  // they are the outer function's alone
  outer_ = &outer;
}
Function::~Function() = default;

Function& Function::nested(size_t index) {
  nested_.resize(code_.functions.size());
  if (!nested_[index]) nested_[index] = std::make_unique<Function>(*code_.functions[index], *this);
  return *nested_[index];
}

namespace {
Signature signature_of(const Type& prototype) {
  return {{prototype.elements.begin() + 1, prototype.elements.end()}, prototype.elements[0]};
}
}  // namespace

bool Function::declares(const Type& prototype) const {
  const Signature wanted = signature_of(prototype);
  if (!options_.signatures.empty()) return std::ranges::find(options_.signatures, wanted) != options_.signatures.end();
  std::vector<int> sources;
  return !code_.variadic && code_.captured == 0 && match_arguments(wanted.parameters.size(), {}, sources).empty();
}

Function& Function::declared(const Type& prototype) {
  if (!options_.signatures.empty() || find_intrinsic(*this) || !overloaded_name(*this).empty()) return *this;
  for (auto& made : declared_)
    if (made->declared_as_ == &prototype) return *made;
  declared_.push_back(std::make_unique<Function>(code_, *this));
  Function& made = *declared_.back();
  made.declared_as_ = &prototype;
  made.options_.signatures = {signature_of(prototype)};
  made.python = python;
  return made;
}

void Function::set_globals(Globals values) {
  assert(values.size() == code_.globals.size());
  std::scoped_lock lock(mutex_);
  if (*lookup_->globals == values && !lookup_->seen.empty()) return;
  // A value that was there before brings its specialisations back.
  auto place = std::ranges::find_if(lookup_->seen, [&](auto& seen) { return *seen == values; });
  if (place == lookup_->seen.end()) place = lookup_->seen.insert(place, std::make_shared<const Globals>(std::move(values)));
  lookup_->globals = *place;
  globals_revision.fetch_add(1, std::memory_order_acq_rel);
}

void forget_errors() {
  globals_revision.fetch_add(1, std::memory_order_acq_rel);
}

std::shared_ptr<const Globals> Function::globals() const {
  if (outer_) return outer_->globals();
  std::scoped_lock lock(mutex_);
  return lookup_->globals;
}

Specialisation* Function::specialise(std::span<const Type* const> types, CompileError& error) {
  Specialisation* last = lookup_->last.load(std::memory_order_acquire);
  if (last && std::ranges::equal(last->parameters, types) && last->current()) return last;

  std::scoped_lock inferring(inference_lock());
  auto now = globals();
  uint64_t revision = globals_revision.load(std::memory_order_acquire);
  std::vector<Lookup::Entry*> candidates;
  {
    std::scoped_lock lock(mutex_);
    for (auto& candidate : lookup_->entries[{types.begin(), types.end()}])
      if (candidate->spec->globals == now) candidates.push_back(candidate.get());
  }
  // A callee's globals may have changed, and changed back. One that is not ready is being inferred now, by this thread, or could not be.
  Lookup::Entry* entry = nullptr;
  for (auto* candidate : candidates) {
    bool ready = candidate->spec->ready.load(std::memory_order_acquire);
    if (ready ? candidate->spec->current() : !entry) entry = candidate;
    if (ready && entry == candidate) break;
  }
  if (entry && entry->error) {
    if (entry->error_revision == revision) {
      error = *entry->error;
      return nullptr;
    }
    entry->error.reset();
  }
  if (!entry) {
    const Signature* declared = options_.signatures.empty() ? nullptr : best_signature(options_.signatures, types);
    if (!declared && !options_.signatures.empty() && !options_.other_types) {
      std::string list;
      for (auto* t : types) list += (list.empty() ? "" : ", ") + to_string(t);
      error = {runtime::ExcKind::TypeError, code_.name + "(): No matching definition for argument type(s) " + list};
      return nullptr;
    }
    auto made = std::make_unique<Lookup::Entry>();
    made->spec = std::make_unique<Specialisation>();
    made->spec->function = this;
    made->spec->parameters.assign(types.begin(), types.end());
    if (declared && declared->parameters != made->spec->parameters) {
      made->spec->converted = declared->parameters;
      for (size_t k = 0; k < types.size(); ++k)
        if (auto*& to = made->spec->converted[k]; to->kind == TypeKind::prototype)
          to = types::function(&const_cast<Function*>(types[k]->function)->declared(*to));
    }
    made->spec->declared_result = declared ? declared->result : nullptr;
    made->spec->globals = now;
    entry = made.get();
    std::scoped_lock lock(mutex_);
    lookup_->entries[{types.begin(), types.end()}].push_back(std::move(made));
  }
  Specialisation* spec = entry->spec.get();
  if (!spec->ready.load(std::memory_order_acquire)) {
    if (!infer(*spec, error)) {
      entry->error = error;
      entry->error_revision = revision;
      return nullptr;
    }
  }
  if (spec->ready.load(std::memory_order_acquire)) {
    spec->current();
    lookup_->last.store(spec, std::memory_order_release);
  }
  return spec;
}

void Function::forget() {
  for (Specialisation* spec : specialisations()) {
    uninstall(*spec, Tier::numba);
    uninstall(*spec, Tier::baseline);
  }
  static const auto& nothing = *new std::shared_ptr<const Globals>(std::make_shared<const Globals>());
  auto empty = std::make_unique<Lookup>(nothing);
  {
    std::scoped_lock lock(mutex_);
    lookup_.swap(empty);
  }
  for (auto* inner : {&nested_, &declared_})
    for (auto& function : *inner)
      if (function) function->forget();
  std::string name = std::move(code_.name), file = std::move(code_.file);
  const int32_t line = code_.first_line;
  code_ = {};
  code_.name = std::move(name);
  code_.file = std::move(file);
  code_.first_line = line;
  options_ = {};
}

std::vector<Specialisation*> Function::specialisations() const {
  std::scoped_lock lock(mutex_);
  std::vector<Specialisation*> list;
  for (auto& [types, entries] : lookup_->entries)
    for (auto& entry : entries)
      if (entry->spec->ready.load(std::memory_order_acquire)) list.push_back(entry->spec.get());
  return list;
}

std::string Function::match_arguments(size_t positional, std::span<const std::string_view> keywords, std::vector<int>& sources) const {
  auto parameters = std::span(code_.parameters).subspan(code_.captured);
  auto name = code_.name + "()";
  sources.assign(parameters.size(), -1);
  auto by_position = parameters.first(parameters.size() - code_.keyword_only);
  if (positional > by_position.size()) {
    size_t least = static_cast<size_t>(std::ranges::count_if(by_position, [](auto& p) { return !p.default_value; })),
           most = by_position.size();
    std::string takes = least == most ? std::to_string(least) : "from " + std::to_string(least) + " to " + std::to_string(most);
    return name + " takes " + takes + " positional argument" + (least == 1 && most == 1 ? "" : "s") + " but " + std::to_string(positional) +
           (positional == 1 ? " was" : " were") + " given";
  }
  for (size_t k = 0; k < positional; ++k) sources[k] = static_cast<int>(k);
  for (size_t k = 0; k < keywords.size(); ++k) {
    auto place = std::ranges::find_if(parameters, [&](auto& p) { return p.name == keywords[k]; });
    if (place == parameters.end()) return name + " got an unexpected keyword argument '" + std::string(keywords[k]) + "'";
    auto p = static_cast<size_t>(place - parameters.begin());
    if (sources[p] >= 0) return name + " got multiple values for argument '" + parameters[p].name + "'";
    sources[p] = static_cast<int>(positional + k);
  }
  std::vector<std::string> missing;
  auto look = [&](size_t from, size_t end) {
    for (size_t p = from; p < end; ++p)
      if (sources[p] < 0 && !parameters[p].default_value) missing.push_back("'" + parameters[p].name + "'");
  };
  look(0, by_position.size());
  const char* kind = missing.empty() ? "keyword-only" : "positional";
  if (missing.empty()) look(by_position.size(), parameters.size());
  if (missing.empty()) return "";
  std::string list;
  for (size_t k = 0; k < missing.size(); ++k)
    list += (k == 0 ? "" : k + 1 < missing.size() ? ", " : missing.size() > 2 ? ", and " : " and ") + missing[k];
  return name + " missing " + std::to_string(missing.size()) + " required " + kind + " argument" + (missing.size() == 1 ? "" : "s") + ": " +
         list;
}

namespace {

using Keepers = std::vector<std::shared_ptr<const void>>;

void retire_all(Keepers&& keepers) {
  for (auto& code : keepers)
    if (code) native::retire(std::move(code));
}

// Under the function's mutex. What kept the code alive.
Keepers take_baseline(Specialisation& spec) {
  spec.baseline.store(nullptr, std::memory_order_release);
  for (uint32_t i = 0; spec.program && i < spec.program->loop_count; ++i) {
    interp::publish_move(*spec.program, spec.program->loops[i].header, nullptr);
    spec.program->loops[i].asked.store(false, std::memory_order_relaxed);
  }
  spec.baseline_state.store(CompileState::none, std::memory_order_relaxed);
  return std::move(spec.baseline_code);
}

}  // namespace

bool install(Specialisation& spec, Tier tier, Entry entry, std::shared_ptr<const void> code) {
  Keepers old;
  {
    std::scoped_lock lock(spec.function->mutex());
    bool better = spec.tier.load(std::memory_order_relaxed) > tier;
    if (better && tier_policy() == TierPolicy::automatic) return false;
    if (tier == Tier::baseline) {
      spec.baseline.store(entry, std::memory_order_release);
      spec.baseline_code.push_back(std::move(code));
      if (better) return false;
    } else {
      old.push_back(std::exchange(spec.code, std::move(code)));
    }
    spec.tier.store(tier, std::memory_order_relaxed);
    spec.native.store(entry, std::memory_order_release);
    // A forced tier goes on with its code.
    if (tier == Tier::numba && tier_policy() == TierPolicy::automatic) std::ranges::move(take_baseline(spec), std::back_inserter(old));
  }
  retire_all(std::move(old));
  return true;
}

void keep_moves(Specialisation& spec, std::shared_ptr<const void> code) {
  std::scoped_lock lock(spec.function->mutex());
  spec.baseline_code.push_back(std::move(code));
}

void uninstall(Specialisation& spec, Tier tier) {
  Keepers old;
  {
    std::scoped_lock lock(spec.function->mutex());
    if (tier == Tier::numba) old.push_back(std::move(spec.code));
    if (tier == Tier::baseline) old = take_baseline(spec);
    if (spec.tier.load(std::memory_order_relaxed) == tier) {
      Entry lower = spec.baseline.load(std::memory_order_relaxed);
      spec.native.store(lower, std::memory_order_release);
      spec.tier.store(lower ? Tier::baseline : Tier::interpreter, std::memory_order_relaxed);
    }
  }
  retire_all(std::move(old));
}

int32_t interpret(Specialisation& spec, const uint64_t* args, uint64_t* ret, runtime::Context& context) {
  OutermostCall outermost(spec);
  if (spec.profile.first_run.load(std::memory_order_relaxed) == 0) {
    spec.profile.first_run.store(runtime::nanoseconds(), std::memory_order_relaxed);
  }
  return interp::run(*spec.program, args, ret, context);
}

int32_t call(Specialisation& spec, const uint64_t* args, uint64_t* ret, runtime::ExcInfo** exc) {
  auto& context = *runtime::Context::current();
  *exc = &context.exc;
  if (Entry native = chosen_entry(spec)) {
    spec.profile.count_native(chosen_tier(spec));
    return native(args, ret, exc);
  }
  return interpret(spec, args, ret, context);
}

}  // namespace px::jit
