// The order that sorts numbers, digit by digit: equal ones keep theirs.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace px::jit {

namespace radix {

constexpr int digit_bits = 11;
constexpr size_t digits = size_t{1} << digit_bits;

// An unsigned integer that compares as the number does: zeros are equal, NaNs are equal and the greatest.
template <class T>
auto key_of(T x) {
  using Key = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  if constexpr (std::floating_point<T>) {
    constexpr Key sign = Key{1} << (8 * sizeof(T) - 1);
    if (x != x) return ~Key{0};  // NOLINT(misc-redundant-expression)
    auto bits = std::bit_cast<Key>(x == 0 ? T(0) : x);
    return static_cast<Key>(bits & sign ? ~bits : bits | sign);
  } else if constexpr (std::is_signed_v<T>) {
    constexpr Key sign = Key{1} << (8 * sizeof(Key) - 1);
    using Wide = std::make_signed_t<Key>;
    return static_cast<Key>(static_cast<Key>(static_cast<Wide>(x)) ^ sign);
  } else {
    return static_cast<Key>(x);
  }
}

}  // namespace radix

// order[0..n) becomes the order of data[0..n), n < 2^32. Whether all numbers are different: then it is the only one.
template <class T>
bool radix_order(const T* data, int64_t n, int64_t* order) {
  using Key = decltype(radix::key_of(T()));
  struct Entry {
    Key key;
    uint32_t index;
  };
  constexpr int passes = (8 * static_cast<int>(sizeof(Key)) + radix::digit_bits - 1) / radix::digit_bits;
  std::vector<Entry> from(static_cast<size_t>(n)), to(static_cast<size_t>(n));
  std::vector<std::array<uint32_t, radix::digits>> counts(passes);
  auto digit = [](Key key, int pass) { return static_cast<size_t>(key >> (pass * radix::digit_bits)) & (radix::digits - 1); };
  for (size_t k = 0; k < from.size(); ++k) {
    from[k] = {radix::key_of(data[k]), static_cast<uint32_t>(k)};
    for (int pass = 0; pass < passes; ++pass) ++counts[static_cast<size_t>(pass)][digit(from[k].key, pass)];
  }
  for (int pass = 0; pass < passes; ++pass) {
    auto& count = counts[static_cast<size_t>(pass)];
    if (count[digit(from[0].key, pass)] == from.size()) continue;  // one digit for all
    uint32_t place = 0;
    for (auto& c : count) place += std::exchange(c, place);
    for (auto& entry : from) to[count[digit(entry.key, pass)]++] = entry;
    from.swap(to);
  }
  bool different = true;
  for (size_t k = 0; k < from.size(); ++k) {
    order[k] = from[k].index;
    different = different && (k == 0 || from[k].key != from[k - 1].key);
  }
  return different;
}

}  // namespace px::jit
