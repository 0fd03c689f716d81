#include "jit/builtins/builtin.h"

#include <algorithm>
#include <unordered_map>

#include "jit/builtins/heap.h"

namespace px::jit {

void Resolution::emit(Emitter& e, std::span<const Type* const> types, std::span<const typed::Slot> arguments, typed::Slot d) const {
  std::vector<typed::Slot> converted(arguments.begin(), arguments.end());
  for (size_t k = 0; k < std::min(converted.size(), parameters.size()); ++k)
    converted[k] = e.convert(converted[k], types[k], parameters[k]);
  lower(e, converted, d);
}

std::span<const Builtin* const> all_builtins() {
  static const auto& list = *[] {
    auto* all = new std::vector<const Builtin*>;
    for (auto part : {operator_builtins(), math_builtins(), python_builtins(), numpy_builtins(), reduction_builtins(), list_builtins(),
                      iterable_builtins(), ufunc_builtins(), interlocked_builtins(), parallel_builtins(), context_builtins(),
                      heap_builtins(), number_ufunc_builtins(), array_builtins()})
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

const Builtin* find_list_method(std::string_view name) {
  for (auto& entry : list_method_builtins())
    if (entry.name.substr(sizeof "list." - 1) == name) return &entry;
  return nullptr;
}

}  // namespace px::jit
