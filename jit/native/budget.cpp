#include "jit/native/budget.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace px::jit::native {

namespace {

using Key = std::pair<Specialisation*, Tier>;

struct Held {
  size_t bytes = 0;
  uint64_t calls = 0;    // in the profile when it was looked at last
  uint64_t used_in = 0;  // the last round in which it was found to have been called
  uint64_t delta = 0;    // calls since the round before
};

// Under one lock, which is taken before a function's. Never destroyed: threads may outlive the process's statics.
struct State {
  std::mutex lock;
  std::map<Key, Held> held;
  size_t limit = 0, bytes = 0;
  uint64_t evicted = 0, round = 1;
  Key newest;  // noted last
};

State& state() {
  static auto* the = new State;
  return *the;
}

uint64_t calls(const Key& key) {
  const Profile& profile = key.first->profile;
  if (key.second == Tier::numba) return profile.native_calls.load(std::memory_order_relaxed);
  return profile.baseline_calls.load(std::memory_order_relaxed) + profile.moves.load(std::memory_order_relaxed);
}

bool in_use(const Key& key) {
  std::scoped_lock lock(key.first->function->mutex());
  return key.second == Tier::numba ? key.first->code != nullptr : !key.first->baseline_code.empty();
}

// What is there no more is dropped; the others' use is brought up to date.
void look_around(State& s) {
  ++s.round;
  for (auto at = s.held.begin(); at != s.held.end();) {
    auto& [key, held] = *at;
    if (!in_use(key)) {
      s.bytes -= held.bytes;
      at = s.held.erase(at);
      continue;
    }
    uint64_t now = calls(key);
    held.delta = now - held.calls;
    held.calls = now;
    if (held.delta > 0) held.used_in = s.round;
    ++at;
  }
}

void evict(const Key& key) {
  auto [spec, tier] = key;
  uninstall(*spec, tier);
  if (tier != Tier::numba) return;
  // It may be asked for again. In this order: whoever asks finds that nothing is there.
  spec->state.store(CompileState::none, std::memory_order_release);
  spec->asked.store(0, std::memory_order_release);
}

}  // namespace

void set_code_limit(size_t bytes) {
  std::scoped_lock lock(state().lock);
  state().limit = bytes;
}

void note_code(Specialisation& spec, Tier tier, size_t bytes) {
  State& s = state();
  std::scoped_lock lock(s.lock);
  Key key{&spec, tier};
  Held& held = s.held[key];
  s.bytes += bytes - held.bytes;
  held = {bytes, calls(key), s.round, 0};
  s.newest = key;
}

void note_more_code(Specialisation& spec, Tier tier, size_t bytes) {
  State& s = state();
  std::scoped_lock lock(s.lock);
  Key key{&spec, tier};
  s.bytes += bytes;
  s.held[key].bytes += bytes;
  s.held[key].used_in = s.round;
  s.newest = key;
}

void forget_code(const Specialisation& spec) {
  State& s = state();
  std::scoped_lock lock(s.lock);
  for (Tier tier : {Tier::baseline, Tier::numba}) {
    auto at = s.held.find({const_cast<Specialisation*>(&spec), tier});
    if (at == s.held.end()) continue;
    s.bytes -= at->second.bytes;
    s.held.erase(at);
  }
}

size_t keep_within_limit() {
  State& s = state();
  std::scoped_lock lock(s.lock);
  if (s.limit == 0 || s.bytes <= s.limit) return 0;
  look_around(s);
  if (s.bytes <= s.limit) return 0;
  std::vector<std::pair<Key, Held>> order(s.held.begin(), s.held.end());
  std::ranges::sort(order, {}, [](auto& one) { return std::pair(one.second.used_in, one.second.delta); });
  const size_t enough = s.limit - s.limit / 8;  // so that not each new function sets off a search
  size_t count = 0;
  for (auto& [key, held] : order) {
    if (s.bytes <= enough) break;
    if (key == s.newest) continue;
    evict(key);
    s.bytes -= held.bytes;
    s.held.erase(key);
    ++count;
  }
  s.evicted += count;
  return count;
}

BudgetCounters budget_counters() {
  State& s = state();
  std::scoped_lock lock(s.lock);
  BudgetCounters counters{s.bytes, s.evicted};
  for (auto& [key, held] : s.held) {
    if (key.first->tier.load(std::memory_order_relaxed) != key.second) continue;
    ++(key.second == Tier::numba ? counters.numba : counters.baseline);
  }
  return counters;
}

}  // namespace px::jit::native
