#include "jit/intrinsic.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "jit/forget.h"

namespace px::jit {

namespace {

struct Registry {
  std::mutex mutex;  // guards all of it
  std::map<const Function*, std::unique_ptr<const Intrinsic>> by_function;
  std::vector<std::pair<IntrinsicCall, std::shared_ptr<const IntrinsicCode>>> codes;
  std::vector<IntrinsicCall> wanted;
};

Registry& registry() {
  static auto& one = *new Registry;
  return one;
}

}  // namespace

void note_intrinsic(const Function& stand_in, Intrinsic intrinsic) {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  r.by_function.try_emplace(&stand_in, std::make_unique<const Intrinsic>(std::move(intrinsic)));
}

const Intrinsic* find_intrinsic(const Function& function) {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  auto found = r.by_function.find(&function);
  return found == r.by_function.end() ? nullptr : found->second.get();
}

std::shared_ptr<const IntrinsicCode> find_code(const IntrinsicCall& call) {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  for (auto& [known, code] : r.codes)
    if (known == call) return code;
  if (std::ranges::find(r.wanted, call) == r.wanted.end()) r.wanted.push_back(call);
  return nullptr;
}

std::vector<IntrinsicCall> take_wanted_calls() {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  return std::exchange(r.wanted, {});
}

void settle(const IntrinsicCall& call, IntrinsicCode code) {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  // Two threads may have asked: what is there may be called already.
  if (std::ranges::find(r.codes, call, [](auto& entry) { return entry.first; }) != r.codes.end()) return;
  r.codes.emplace_back(call, std::make_shared<const IntrinsicCode>(std::move(code)));
  forget_errors();
}

void forget_failures() {
  auto& r = registry();
  std::scoped_lock lock(r.mutex);
  if (std::erase_if(r.codes, [](auto& entry) { return !entry.second->result && !entry.second->lasting; }) > 0) forget_errors();
}

}  // namespace px::jit
