#include "jit/infer/lists.h"

#include <algorithm>

#include "jit/infer/infer.h"

namespace px::jit {

bool holds_list(const Type* type) {
  return type->is_list() || std::ranges::any_of(type->elements, holds_list);
}

int32_t ListTypes::root(int32_t origin) {
  for (auto p = parents_.find(origin); p != parents_.end(); p = parents_.find(origin)) origin = p->second;
  return origin;
}

const Type* ListTypes::made(int32_t origin, const Type* element) {
  auto held = elements_.find(root(origin));
  if (held == elements_.end()) {  // nobody has seen the list yet: nothing to be analysed again
    if (element) elements_[root(origin)] = element;
    return element;
  }
  if (element && !widen(origin, element)) mistyped("a list of " + to_string(element) + " that also holds " + to_string(held->second));
  return held->second;
}

bool ListTypes::widen(int32_t origin, const Type* element) {
  auto [place, first] = elements_.try_emplace(root(origin), element);
  if (first) throw ListsWidened{};
  const Type* both = unify(place->second, element);
  if (!both) return false;
  if (both == place->second) return true;
  place->second = both;
  throw ListsWidened{};
}

bool ListTypes::join(int32_t a, int32_t b) {
  a = root(a), b = root(b);
  if (a == b) return true;
  auto one = elements_.find(a), other = elements_.find(b);
  const Type* element = one != elements_.end() ? one->second : nullptr;
  if (other != elements_.end()) element = element ? unify(element, other->second) : other->second;
  if (!element && one != elements_.end()) return false;
  bool same = one != elements_.end() && other != elements_.end() && one->second == other->second;
  parents_[a] = b;
  if (element) elements_[b] = element;
  if (!same && element) throw ListsWidened{};
  return true;
}

Argument Inference::new_list(const Type* element) {
  auto origin = static_cast<int32_t>(at_);
  Argument list{types::list(lists_.made(origin, element))};
  list.origin = origin;
  return list;
}

Argument Inference::widened(Argument list, const Type* element) {
  require_known(element);
  const Type* held = list.type->elements.empty() ? nullptr : list.type->elements[0];
  if (held == element) return list;
  bool fits = list.origin >= 0 ? lists_.widen(list.origin, element) : held && conversion(element, held) != Conversion::impossible;
  if (!fits) mistyped("a list of " + (held ? to_string(held) : "nothing") + " cannot hold " + to_string(element));
  return list;
}

bool Inference::lists_live() const {
  return std::ranges::any_of(now_.registers, [](auto& a) { return a.type && holds_list(a.type); });
}

void Inference::require_known(const Type* type) {
  if (type->is_list() && type->elements.empty())
    throw NotYet{runtime::ExcKind::TypingError, "a list that nothing is put into has no type: put something in"};
}

const Type* Inference::meet(const Argument& old, const Argument& now) {
  if (!old.type->is_list() || !now.type->is_list()) return unify(old.type, now.type);
  const Type* a = old.type->elements.empty() ? nullptr : old.type->elements[0];
  const Type* b = now.type->elements.empty() ? nullptr : now.type->elements[0];
  if (old.origin >= 0 && now.origin >= 0) return lists_.join(old.origin, now.origin) ? old.type : nullptr;
  if (old.origin >= 0 && b && a != b) lists_.widen(old.origin, b);
  if (now.origin >= 0 && a && a != b) lists_.widen(now.origin, a);
  return old.type == now.type ? old.type : nullptr;
}

}  // namespace px::jit
