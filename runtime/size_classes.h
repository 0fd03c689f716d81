// Sizes rounded up to classes, four for each doubling (1 2 3 4 5 6 7 8 10 12 14 16 20 …), so that what was freed fits what is asked for
// with a quarter lost at most. In units of the caller's choice.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace px::runtime {

constexpr size_t size_class_count = 160;  // up to 2^41 units

// The smallest class that holds `units` (at least 1).
constexpr unsigned size_class(size_t units) {
  if (units <= 8) return static_cast<unsigned>(units) - 1;
  unsigned doubling = static_cast<unsigned>(std::bit_width(units - 1)) - 1;  // 2^doubling < units <= 2^(doubling + 1)
  return 4 * (doubling - 1) + static_cast<unsigned>((units - 1 - (size_t{1} << doubling)) >> (doubling - 2));
}

constexpr size_t class_units(unsigned size_class) {
  if (size_class < 8) return size_class + 1;
  unsigned doubling = size_class / 4 + 1;
  return (size_t{1} << doubling) + (size_t{size_class % 4 + 1} << (doubling - 2));
}

static_assert(size_class(8) == 7 && size_class(9) == 8 && size_class(10) == 8 && size_class(11) == 9 && size_class(16) == 11);
static_assert(class_units(7) == 8 && class_units(8) == 10 && class_units(11) == 16 && class_units(12) == 20);
static_assert(class_units(size_class(1000)) == 1024 && class_units(size_class(1025)) == 1280);

}  // namespace px::runtime
