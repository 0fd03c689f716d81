#include "jit/library.h"

#include <map>
#include <mutex>
#include <utility>

#include "jit/function.h"
#include "jit/types/type.h"

namespace px::jit {

namespace {

struct Library {
  std::mutex mutex;                                       // guards all of it
  std::map<std::string, Function*, std::less<>> by_name;  // null: declared
  std::vector<std::string> wanted;
  std::map<const Function*, std::string> overloaded;  // and the keys
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

void note_overloaded(const Function& function, std::string_view key) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  l.overloaded.insert_or_assign(&function, std::string(key));
}

std::string overloaded_name(const Function& function) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  auto key = l.overloaded.find(&function);
  return key == l.overloaded.end() ? "" : key->second.substr(key->second.find(':') + 1);
}

Function* find_overload(const Function& function, std::span<const Type* const> types, std::span<const std::string_view> names) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  std::string name = "overload:" + l.overloaded.at(&function) + "(";
  const size_t positional = types.size() - names.size();
  for (size_t k = 0; k < types.size(); ++k) {
    if (k > 0) name += "; ";
    if (k >= positional) name.append(names[k - positional]) += "=";
    name += to_string(types[k]);
  }
  name += ")";
  auto found = l.by_name.find(name);
  if (found != l.by_name.end()) return found->second;
  l.wanted.push_back(std::move(name));
  return nullptr;
}

std::vector<std::pair<std::string, const Function*>> overloads_of(const Function& function) {
  auto& l = library();
  std::scoped_lock lock(l.mutex);
  std::vector<std::pair<std::string, const Function*>> found;
  auto key = l.overloaded.find(&function);
  if (key == l.overloaded.end()) return found;
  const std::string prefix = "overload:" + key->second + "(";
  for (auto it = l.by_name.lower_bound(prefix); it != l.by_name.end() && it->first.starts_with(prefix); ++it)
    if (it->second) found.emplace_back(it->first.substr(prefix.size(), it->first.size() - prefix.size() - 1), it->second);
  return found;
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
