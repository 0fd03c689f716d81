// Shapes: what one handler of the interpreter computes, as a tree of typed operations. A shape exists twice: as a C++ type in
// expression.h and statement.h, from which the handler is made, and as a key, by which the assembler finds it. Both build keys with
// the functions below, so that what the assembler can find is exactly what was instantiated.
#pragma once

#include <cstdint>

#include "jit/typed/typed.h"

namespace px::jit::interp {

using Key = uint64_t;

enum class Tag : uint8_t { slot, square, operation, load, math1, math2, nothing, set, store, sequence, jump, branch, ret, next };

constexpr Key mix(Key h, Key v) {
  h = (h ^ v) * 0x9e3779b97f4a7c15;
  return h ^ (h >> 29);
}
constexpr Key key_node(Tag tag, uint32_t detail, Key a = 0, Key b = 0, Key c = 0) {
  return mix(mix(mix(mix(0x243f6a8885a308d3, static_cast<Key>(tag) << 32 | detail), a), b), c);
}

constexpr Key key_slot = key_node(Tag::slot, 0);

constexpr uint32_t operation_detail(typed::Op op, Scalar kind, Scalar to = Scalar::i64, bool checked = false) {
  return static_cast<uint32_t>(op) | static_cast<uint32_t>(kind) << 8 | static_cast<uint32_t>(to) << 16 |
         static_cast<uint32_t>(checked) << 24;
}
constexpr Key key_operation(uint32_t detail, Key a, Key b = 0) {
  return key_node(Tag::operation, detail, a, b);
}

// How an element is reached: 1-d contiguous, 1-d strided, 2-d with contiguous rows, 2-d, 3-d, any number of dimensions.
enum class Reach : uint8_t { c1, s1, c2, g2, g3, gn };
constexpr int reach_axes(Reach r) {
  return r == Reach::c1 || r == Reach::s1 ? 1 : r == Reach::g3 ? 3 : 2;
}

struct AccessMode {
  Scalar element;
  Reach reach;
  bool checked, wraps;
  constexpr uint32_t detail() const {
    return static_cast<uint32_t>(element) | static_cast<uint32_t>(reach) << 8 | static_cast<uint32_t>(checked) << 16 |
           static_cast<uint32_t>(wraps) << 17;
  }
};

}  // namespace px::jit::interp
