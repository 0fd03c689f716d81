#include "jit/builtins/builtin.h"

#include <algorithm>
#include <unordered_map>

#include "jit/builtins/address.h"
#include "jit/builtins/heap.h"

namespace px::jit {

namespace {
// Other names of operators in Python's `operator` module.
constexpr std::pair<std::string_view, std::string_view> operator_aliases[] = {
    {"operator.iadd", "operator.add"},
    {"operator.isub", "operator.sub"},
    {"operator.imul", "operator.mul"},
    {"operator.itruediv", "operator.truediv"},
    {"operator.ifloordiv", "operator.floordiv"},
    {"operator.imod", "operator.mod"},
    {"operator.ipow", "operator.pow"},
    {"operator.ilshift", "operator.lshift"},
    {"operator.irshift", "operator.rshift"},
    {"operator.iand", "operator.and_"},
    {"operator.ior", "operator.or_"},
    {"operator.ixor", "operator.xor_"},
    {"operator.xor", "operator.xor_"},
};
}  // namespace

void Resolution::emit(Emitter& e, std::span<const Type* const> types, std::span<const typed::Slot> arguments, typed::Slot d) const {
  std::vector<typed::Slot> converted(arguments.begin(), arguments.end());
  for (size_t k = 0; k < std::min(converted.size(), parameters.size()); ++k)
    converted[k] = e.convert(converted[k], types[k], parameters[k]);
  lower(e, converted, d);
}

std::span<const Builtin* const> all_builtins() {
  static const auto& list = *[] {
    auto* all = new std::vector<const Builtin*>;
    for (auto part : {operator_builtins(), math_builtins(), python_builtins(), python_value_builtins(), numpy_builtins(),
                      reduction_builtins(), list_builtins(), iterable_builtins(), ufunc_builtins(), interlocked_builtins(),
                      parallel_builtins(), context_builtins(), heap_builtins(), number_ufunc_builtins(), array_builtins(),
                      complex_builtins(), cmath_builtins(), random_builtins(), intrinsic_builtins()})
      for (auto& entry : part) all->push_back(&entry);
    return all;
  }();
  return list;
}

const Builtin* find_builtin(std::string_view name) {
  static const auto& by_name = *[] {
    auto* map = new std::unordered_map<std::string_view, const Builtin*>;
    for (auto* entry : all_builtins()) map->emplace(entry->name, entry);
    for (auto& [other, name] : operator_aliases)
      if (auto place = map->find(name); place != map->end()) map->emplace(other, place->second);
    return map;
  }();
  if (name.starts_with(address_prefix)) return address_builtin(name);
  auto place = by_name.find(name);
  return place == by_name.end() ? nullptr : place->second;
}

const Builtin* find_list_method(std::string_view name) {
  for (auto& entry : list_method_builtins())
    if (entry.name.substr(sizeof "list." - 1) == name) return &entry;
  return nullptr;
}

}  // namespace px::jit
