#include "jit/library.h"

#include <map>
#include <mutex>
#include <utility>

#include "jit/function.h"

namespace px::jit {

namespace {

struct Library {
  std::mutex mutex;                                       // guards all of it
  std::map<std::string, Function*, std::less<>> by_name;  // null: declared
  std::vector<std::string> wanted;
};

Library& library() {
  static auto& one = *new Library;
  return one;
}

}  // namespace

void declare_library(std::span<const std::string> names) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  for (auto& name : names) l.by_name.try_emplace(name, nullptr);
}

void register_library(std::string_view name, Function& function) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  l.by_name.insert_or_assign(std::string(name), &function);
}

Function* find_library(std::string_view name) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  auto found = l.by_name.find(name);
  if (found == l.by_name.end()) return nullptr;
  if (!found->second) l.wanted.emplace_back(name);
  return found->second;
}

std::vector<std::string> take_wanted_library() {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  return std::exchange(l.wanted, {});
}

bool is_library(const Function& function) {
  return function.code().module.starts_with("px.library.");
}

}  // namespace px::jit
