#include "jit/builtins/builtin.h"

#include <unordered_map>

namespace px::jit {

std::span<const Builtin* const> all_builtins() {
  static const auto& list = *[] {
    auto* all = new std::vector<const Builtin*>;
    for (auto part : {operator_builtins(), math_builtins(), python_builtins(), numpy_builtins()})
      for (auto& entry : part) all->push_back(&entry);
    return all;
  }();
  return list;
}

const Builtin* find_builtin(std::string_view name) {
  static const auto& by_name = *[] {
    auto* map = new std::unordered_map<std::string_view, const Builtin*>;
    for (auto* entry : all_builtins()) map->emplace(entry->name, entry);
    return map;
  }();
  auto place = by_name.find(name);
  return place == by_name.end() ? nullptr : place->second;
}

}  // namespace px::jit
