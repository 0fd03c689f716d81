#include "jit/infer/conversion.h"

#include <algorithm>
#include <array>

#include "jit/function.h"
#include "jit/infer/enumeration.h"

namespace px::jit {

namespace {

// Rows: from, columns: to, in the order of Scalar: bool, int8 … int64, uint8 … uint64, float32, float64, complex64, complex128. E exact, P
// promote, S safe, U unsafe, - impossible.
constexpr std::array<std::string_view, element_count> conversions = {
    "ESSSSSSSSSSSS",  // bool
    "UEPPPUUUUSSSS",  // int8
    "UUEPPUUUUSSSS",  // int16
    "UUUEPUUUUUSUS",  // int32
    "UUUUEUUUUUSUS",  // int64
    "UUSSSEPPPSSSS",  // uint8
    "UUUSSUEPPUSUS",  // uint16
    "UUUUSUUEPUSUS",  // uint32
    "UUUUUUUUEUSUS",  // uint64
    "UUUUUUUUUEPSS",  // float32
    "UUUUUUUUUUEUS",  // float64
    "-----------EP",  // complex64
    "-----------UE",  // complex128
};

// What two scalars unify to, by index into Scalar ('A' is 10, float64).
constexpr std::array<std::string_view, scalar_count> unified = {
    "0123456789A", "11234234A9A", "22234234A9A", "33334334AAA", "44444444AAA", "5223456789A",
    "6333466789A", "744447778AA", "8AAAA8888AA", "999AA99AA9A", "AAAAAAAAAAA",
};

Scalar unify_scalars(Scalar a, Scalar b) {
  if (is_complex(a) || is_complex(b)) {
    // 32-bit integers and wider ones do not fit into complex64's parts.
    auto narrow = [](Scalar s) { return s == Scalar::c64 || s == Scalar::f32 || (!is_float(s) && !is_complex(s) && item_size(s) <= 2); };
    return narrow(a) && narrow(b) ? Scalar::c64 : Scalar::c128;
  }
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
    case '-':
      return Conversion::impossible;
    default:
      return Conversion::unsafe;
  }
}

Conversion conversion(const Type* from, const Type* to) {
  if (from == to) return Conversion::exact;
  if (from->is_number() && to->is_number()) return conversion(from->scalar, to->scalar);
  if (from->is_optional() && to->is_optional()) return std::max(Conversion::safe, conversion(from->elements[0], to->elements[0]));
  if (from->is_optional()) return std::max(Conversion::safe, conversion(from->elements[0], to));
  if (to->is_optional()) return from->is_none() ? Conversion::promote : std::max(Conversion::promote, conversion(from, to->elements[0]));
  if (from->is_array() && to->is_array()) {
    bool same = from->scalar == to->scalar && from->ndim == to->ndim && (from->layout == to->layout || to->layout == Layout::any) &&
                (from->writable || !to->writable);
    return same ? Conversion::safe : Conversion::impossible;
  }
  if (from->is_records() && to->is_records()) {
    bool same = from->elements == to->elements && from->ndim == to->ndim && (from->layout == to->layout || to->layout == Layout::any) &&
                (from->writable || !to->writable);
    return same ? Conversion::safe : Conversion::impossible;
  }
  if (from->is_record() && to->is_record())
    return from->text == to->text && (from->writable || !to->writable) ? Conversion::safe : Conversion::impossible;
  if (to->kind == TypeKind::prototype) {
    const bool fits = from->kind == TypeKind::function && from->elements.empty() && from->function->declares(*to);
    return fits ? Conversion::safe : Conversion::impossible;
  }
  if (is_int_enum(from) && to->is_number()) return std::max(Conversion::safe, conversion(from->elements[0], to));
  if (from->is_tuple() && to->is_tuple() && from->elements.size() == to->elements.size()) {
    Conversion worst = Conversion::exact;
    for (size_t k = 0; k < from->elements.size(); ++k) worst = std::max(worst, conversion(from->elements[k], to->elements[k]));
    return worst;
  }
  return Conversion::impossible;
}

namespace {

// One of the functions that two values may be; null where a value is none that captures nothing, or where there are too many.
const Type* choice_of(const Type* a, const Type* b) {
  std::vector<const Type*> functions;
  for (auto* t : {a, b}) {
    if (t->kind == TypeKind::choice) {
      functions.insert(functions.end(), t->elements.begin(), t->elements.end());
    } else if (t->kind == TypeKind::function && t->elements.empty()) {
      functions.push_back(t);
    } else {
      return nullptr;
    }
  }
  const Type* both = types::choice(std::move(functions));
  return both->elements.size() <= types::max_choices ? both : nullptr;
}

}  // namespace

const Type* unify(const Type* a, const Type* b) {
  if (a == b) return a;
  if (const Type* choice = choice_of(a, b)) return choice;
  if (a->is_none() || b->is_none() || a->is_optional() || b->is_optional()) {
    auto inner = [](const Type* t) { return t->is_optional() ? t->elements[0] : t; };
    const Type *x = inner(a), *y = inner(b);
    const Type* both = x->is_none() ? y : y->is_none() ? x : unify(x, y);
    return both && (both->is_number() || both->is_array() || both->is_tuple() || both->is_enum_member()) ? types::optional(both) : nullptr;
  }
  if (a->is_number() && b->is_number()) return types::scalar(unify_scalars(a->scalar, b->scalar));
  if (is_int_enum(a) && b->is_number()) return unify(a->elements[0], b);
  if (is_int_enum(b) && a->is_number()) return unify(a, b->elements[0]);
  if (a->kind != b->kind) return nullptr;
  switch (a->kind) {
    case TypeKind::array:
      if (a->scalar != b->scalar || a->ndim != b->ndim) return nullptr;
      return types::array(a->scalar, a->ndim, a->layout == b->layout ? a->layout : Layout::any, a->writable && b->writable);
    case TypeKind::records:
      if (a->elements != b->elements || a->ndim != b->ndim) return nullptr;
      return types::records(a->elements[0], a->ndim, a->layout == b->layout ? a->layout : Layout::any, a->writable && b->writable);
    case TypeKind::record:
      return a->text == b->text ? types::record(a->text, false) : nullptr;
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
  auto width = [](const Type* t) { return t->is_number() && t->scalar != Scalar::boolean ? item_size(t->scalar) : 0; };
  std::sort(sorted.begin(), sorted.end(), [&](auto* a, auto* b) { return width(a) < width(b); });
  const Type* result = sorted[0];
  for (size_t k = 1; result && k < sorted.size(); ++k) result = unify(result, sorted[k]);
  return result;
}

void Rating::add(Conversion c) {
  if (c == Conversion::unsafe) ++counts_[0];
  if (c == Conversion::safe) ++counts_[1];
  if (c == Conversion::promote) ++counts_[2];
  possible_ = possible_ && c != Conversion::impossible;
}

const Case* best_case(std::span<const Case> cases, std::span<const Type* const> arguments, bool allow_unsafe) {
  const Case* best = nullptr;
  Rating best_rating;
  for (auto& c : cases) {
    if (c.parameters.size() != arguments.size()) continue;
    Rating rating;
    for (size_t k = 0; k < arguments.size(); ++k) {
      if (!arguments[k]->is_number()) return nullptr;
      rating.add(conversion(arguments[k]->scalar, c.parameters[k]));
    }
    if (!rating.possible() || (rating.unsafe() && !allow_unsafe) || (best && !(rating < best_rating))) continue;
    best = &c;
    best_rating = rating;
  }
  return best;
}

}  // namespace px::jit
