#include "jit/builtins/hashing.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "jit/builtins/random_samplers.h"

namespace px::jit {

using typed::Slot;

namespace {

constexpr int bits = 61;
constexpr uint64_t modulus = (uint64_t{1} << bits) - 1;  // a Mersenne prime
constexpr uint64_t infinite = 314159, imaginary = 1000003;

// -1 means an error to CPython: it is no hash.
uint64_t settled(uint64_t hash) {
  return hash == UINT64_MAX ? UINT64_MAX - 1 : hash;
}

uint64_t of_unsigned(uint64_t x) {
  return x % modulus;
}

uint64_t of_signed(uint64_t x) {
  return static_cast<int64_t>(x) < 0 ? settled(-of_unsigned(-x)) : of_unsigned(x);
}

// The number modulo 2**61 - 1, where a power of two is a rotation.
uint64_t of_double(double v) {
  if (std::isinf(v)) return v > 0 ? infinite : -infinite;
  if (std::isnan(v)) return settled(next_bits(*px_random_internal(), 64, false));
  int exponent = 0;
  double m = std::frexp(std::fabs(v), &exponent);
  uint64_t x = 0;
  while (m != 0) {
    x = ((x << 28) & modulus) | x >> (bits - 28);
    m *= 268435456.0;  // 2**28
    exponent -= 28;
    auto whole = static_cast<uint64_t>(m);
    m -= static_cast<double>(whole);
    x += whole;
    if (x >= modulus) x -= modulus;
  }
  int by = ((exponent % bits) + bits) % bits;
  x = ((x << by) & modulus) | x >> (bits - by);
  return settled(v < 0 ? -x : x);
}

int32_t hash_unsigned(const uint64_t* x, uint64_t* result) {
  *result = of_unsigned(*x);
  return 0;
}
int32_t hash_signed(const uint64_t* x, uint64_t* result) {
  *result = of_signed(*x);
  return 0;
}
int32_t hash_double(const uint64_t* x, uint64_t* result) {
  *result = of_double(std::bit_cast<double>(*x));
  return 0;
}
int32_t hash_complex(const uint64_t* x, uint64_t* result) {
  uint64_t real = of_double(std::bit_cast<double>(x[0])), imag = of_double(std::bit_cast<double>(x[1]));
  *result = settled(real + imaginary * imag);
  return 0;
}

// Of so many hashes, as xxHash mixes them: the count comes first.
int32_t hash_tuple(const uint64_t* x, uint64_t* result) {
  constexpr uint64_t prime1 = 11400714785074694791u, prime2 = 14029467366897019727u, prime5 = 2870177450012600261u;
  const uint64_t count = *x++;
  uint64_t sum = prime5;
  for (uint64_t k = 0; k < count; ++k) sum = std::rotl(sum + x[k] * prime2, 31) * prime1;
  sum += count ^ (prime5 ^ 3527539);
  *result = sum == UINT64_MAX ? 1546275796 : sum;
  return 0;
}

bool is_hashable(const Type* t) {
  return t->is_number() || (t->is_tuple() && !t->text.starts_with("text:") && std::ranges::all_of(t->elements, is_hashable));
}

void emit_hash(Emitter& e, const Type* t, Slot value, Slot d) {
  if (t->is_tuple()) {
    std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(t->elements.size()))};
    for (auto* element : t->elements) {
      slots.push_back(e.temporary(types::int64()));
      emit_hash(e, element, value, slots.back());
      value += element->slots;
    }
    return e.call_runtime("px_hash_tuple", hash_tuple, std::move(slots), d, 1);
  }
  if (t->is_complex()) {
    Slot wide = e.convert(value, t, types::scalar(Scalar::c128));
    return e.call_runtime("px_hash_complex", hash_complex, {wide, wide + 1}, d, 1);
  }
  if (is_float(t->scalar)) return e.call_runtime("px_hash_float", hash_double, {e.convert(value, t, types::float64())}, d, 1);
  if (is_signed(t->scalar)) return e.call_runtime("px_hash_signed", hash_signed, {value}, d, 1);
  e.call_runtime("px_hash_unsigned", hash_unsigned, {value}, d, 1);
}

}  // namespace

Resolution hash_rule(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!is_hashable(t)) return {.advice = "it takes numbers and tuples of them"};
  return {.result = types::int64(),
          .literal = {},
          .parameters = {},
          .lower = [t](Emitter& e, std::span<const Slot> a, Slot d) { emit_hash(e, t, a[0], d); },
          .advice = {}};
}

}  // namespace px::jit
