#include "jit/infer/conversion.h"

#include <algorithm>
#include <array>

namespace px::jit {

namespace {

// Rows: from, columns: to, in the order of Scalar: bool, int8 … int64, uint8 … uint64, float32, float64. E exact, P promote, S safe, U
// unsafe.
constexpr std::array<std::string_view, scalar_count> conversions = {
    "ESSSSSSSSSS",  // bool
    "UEPPPUUUUSS",  // int8
    "UUEPPUUUUSS",  // int16
    "UUUEPUUUUUS",  // int32
    "UUUUEUUUUUS",  // int64
    "UUSSSEPPPSS",  // uint8
    "UUUSSUEPPUS",  // uint16
    "UUUUSUUEPUS",  // uint32
    "UUUUUUUUEUS",  // uint64
    "UUUUUUUUUEP",  // float32
    "UUUUUUUUUUE",  // float64
};

// What two scalars unify to, by index into Scalar ('A' is 10, float64).
constexpr std::array<std::string_view, scalar_count> unified = {
    "0123456789A", "11234234A9A", "22234234A9A", "33334334AAA", "44444444AAA", "5223456789A",
    "6333466789A", "744447778AA", "8AAAA8888AA", "999AA99AA9A", "AAAAAAAAAAA",
};

Scalar unify_scalars(Scalar a, Scalar b) {
  char c = unified[static_cast<size_t>(a)][static_cast<size_t>(b)];
  return static_cast<Scalar>(c == 'A' ? 10 : c - '0');
}

}  // namespace

Conversion conversion(Scalar from, Scalar to) {
  switch (conversions[static_cast<size_t>(from)][static_cast<size_t>(to)]) {
    case 'E':
      return Conversion::exact;
    case 'P':
      return Conversion::promote;
    case 'S':
      return Conversion::safe;
    default:
      return Conversion::unsafe;
  }
}

Conversion conversion(const Type* from, const Type* to) {
  if (from == to) return Conversion::exact;
  if (from->is_scalar() && to->is_scalar()) return conversion(from->scalar, to->scalar);
  if (from->is_array() && to->is_array()) {
    bool same = from->scalar == to->scalar && from->ndim == to->ndim && (from->layout == to->layout || to->layout == Layout::any) &&
                (from->writable || !to->writable);
    return same ? Conversion::safe : Conversion::impossible;
  }
  if (from->is_tuple() && to->is_tuple() && from->elements.size() == to->elements.size()) {
    Conversion worst = Conversion::exact;
    for (size_t k = 0; k < from->elements.size(); ++k) worst = std::max(worst, conversion(from->elements[k], to->elements[k]));
    return worst;
  }
  return Conversion::impossible;
}

const Type* unify(const Type* a, const Type* b) {
  if (a == b) return a;
  if (a->kind != b->kind) return nullptr;
  switch (a->kind) {
    case TypeKind::scalar:
      return types::scalar(unify_scalars(a->scalar, b->scalar));
    case TypeKind::array:
      if (a->scalar != b->scalar || a->ndim != b->ndim) return nullptr;
      return types::array(a->scalar, a->ndim, a->layout == b->layout ? a->layout : Layout::any, a->writable && b->writable);
    case TypeKind::tuple: {
      if (a->elements.size() != b->elements.size() || a->text != b->text) return nullptr;
      std::vector<const Type*> elements;
      for (size_t k = 0; k < a->elements.size(); ++k) {
        elements.push_back(unify(a->elements[k], b->elements[k]));
        if (!elements.back()) return nullptr;
      }
      return types::tuple(elements, a->text);
    }
    default:
      return nullptr;
  }
}

const Type* unify(std::span<const Type* const> list) {
  std::vector<const Type*> sorted(list.begin(), list.end());
  auto width = [](const Type* t) { return t->is_scalar() && t->scalar != Scalar::boolean ? item_size(t->scalar) : 0; };
  std::sort(sorted.begin(), sorted.end(), [&](auto* a, auto* b) { return width(a) < width(b); });
  const Type* result = sorted[0];
  for (size_t k = 1; result && k < sorted.size(); ++k) result = unify(result, sorted[k]);
  return result;
}

const Case* best_case(std::span<const Case> cases, std::span<const Type* const> arguments, bool allow_unsafe) {
  const Case* best = nullptr;
  std::array<int, 3> best_rate{};
  for (auto& c : cases) {
    if (c.parameters.size() != arguments.size()) continue;
    std::array<int, 3> rate{};  // unsafe, safe, promote
    bool fits = true;
    for (size_t k = 0; fits && k < arguments.size(); ++k) {
      if (!arguments[k]->is_scalar()) return nullptr;
      switch (conversion(arguments[k]->scalar, c.parameters[k])) {
        case Conversion::exact:
          break;
        case Conversion::promote:
          ++rate[2];
          break;
        case Conversion::safe:
          ++rate[1];
          break;
        default:
          ++rate[0];
          fits = allow_unsafe;
      }
    }
    if (fits && (!best || rate < best_rate)) {
      best = &c;
      best_rate = rate;
    }
  }
  return best;
}

}  // namespace px::jit
