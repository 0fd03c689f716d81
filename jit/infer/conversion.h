// Numba's conversion rules between scalars, and what two types become where they meet. Facts read off Numba 0.68's type manager.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <span>

#include "jit/types/type.h"

namespace px::jit {

enum class Conversion : uint8_t { exact, promote, safe, unsafe, impossible };

// How `from` may be passed where `to` is expected.
Conversion conversion(Scalar from, Scalar to);
Conversion conversion(const Type* from, const Type* to);

// The type of a variable that is `a` on one path and `b` on another; null if there is none.
const Type* unify(const Type* a, const Type* b);
const Type* unify(std::span<const Type* const> types);  // narrow scalars first, as Numba does

// How well a list of arguments fits a list of parameters; less is better: the worst conversions count first, as where Numba chooses an
// overload.
class Rating {
 public:
  void add(Conversion);
  bool possible() const { return possible_; }
  bool unsafe() const { return counts_[0] > 0; }
  std::strong_ordering operator<=>(const Rating& other) const { return counts_ <=> other.counts_; }

 private:
  std::array<int, 3> counts_{};  // unsafe, safe, promoting conversions
  bool possible_ = true;
};

// One signature of an overloaded function over scalars, as in Numba's templates.
struct Case {
  std::vector<Scalar> parameters;
  Scalar result;
};
// The best rated of `cases` for these argument types, the first among equals; null where none fits.
const Case* best_case(std::span<const Case> cases, std::span<const Type* const> arguments, bool allow_unsafe = true);

}  // namespace px::jit
