// Expressions: the value part of a handler, put together from types. `Binary<add, double, Binary<mul, double, Reg, Reg>, Reg>` is a
// multiplication and an addition in one handler, the product never in memory.
//
// An expression takes its operands from consecutive 16-bit lanes of the instruction, in the order of evaluation, which is also the
// order in which exceptions are raised. `eval<T, lane>` returns the value as a T; on an exception it notes it in the state and sets
// `failed`, and its value means nothing.
#pragma once

#include <utility>

#include "jit/interp/handler.h"
#include "jit/interp/shape.h"
#include "jit/interp/value.h"

namespace px::jit::interp {

struct Reg {  // a slot
  static constexpr int lanes = 1;
  static constexpr Key key = key_slot;
  static constexpr bool can_fail = false;
  template <class T, int lane>
  PX_INLINE static T eval(const uint64_t* pc, uint64_t* fp, State*, bool&) {
    return get<T>(fp[read_lane(pc, lane)]);
  }
};

// One functor an operator: `apply(a, b, failed, state)`. Made from meaning.def.
template <typed::Op op>
struct Meaning;

// What the functors have in common. Whether one can fail may depend on its being checked.
enum class Fails : uint8_t { never, checked, always };
template <int count, bool comparison, Fails fails>
struct Meanings {
  static constexpr int operands = count;
  static constexpr bool compares = comparison;
  template <bool checked>
  static constexpr bool can_fail = fails == Fails::always || (fails == Fails::checked && checked);
};
template <class T>
T refused(Fault fault, State* state, bool& failed) {
  fail(state, failed, fault);
  return T();
}

#define PX_UNARY(op, meaning)                                           \
  template <>                                                           \
  struct Meaning<typed::Op::op##_> : Meanings<1, false, Fails::never> { \
    template <class T, bool>                                            \
    static T apply(T a, State*, bool&) {                                \
      return meaning;                                                   \
    }                                                                   \
  };
#define PX_BINARY_OF(op, result, compares, fails, refuse, meaning)         \
  template <>                                                              \
  struct Meaning<typed::Op::op##_> : Meanings<2, compares, Fails::fails> { \
    template <class T, bool checked>                                       \
    static result apply(T a, T b, State* state, bool& failed) {            \
      (void)state, (void)failed;                                           \
      refuse;                                                              \
      return meaning;                                                      \
    }                                                                      \
  };
#define PX_BINARY(op, meaning) PX_BINARY_OF(op, T, false, never, , meaning)
#define PX_COMPARE(op, meaning) PX_BINARY_OF(op, bool, true, never, , meaning)
#define PX_DIVISION(op, meaning)                                                                                                          \
  PX_BINARY_OF(op, T, false, checked,                                                                                                     \
               if (b == 0) [[unlikely]] return (checked ? refused<T>(Fault::zero_division, state, failed) : by_zero<Division::op>(a, b)), \
               meaning)
#define PX_SHIFT(op, meaning)                                                                                           \
  PX_BINARY_OF(op, T, false, always,                                                                                    \
               if (static_cast<uint64_t>(b) > 63)                                                                       \
                   [[unlikely]] return refused<T>(b < T(1) ? Fault::negative_shift : Fault::wide_shift, state, failed), \
               meaning)
#include "jit/interp/meaning.def"

template <typed::Op op, class T, class A, bool checked = false>
struct Unary {
  static constexpr int lanes = A::lanes;
  static constexpr Key key = key_operation(operation_detail(op, kind_of<T>, Scalar::i64, false), A::key);
  static constexpr bool can_fail = A::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T a = A::template eval<T, lane>(pc, fp, state, failed);
    return Meaning<op>::template apply<T, checked>(a, state, failed);
  }
};

template <typed::Op op, class T, class A, class B, bool checked = false>
struct Binary {
  static constexpr int lanes = A::lanes + B::lanes;
  static constexpr Key key = key_operation(operation_detail(op, kind_of<T>, Scalar::i64, checked), A::key, B::key);
  static constexpr bool can_fail = A::can_fail || B::can_fail || Meaning<op>::template can_fail<checked>;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T a = A::template eval<T, lane>(pc, fp, state, failed);
    if (A::can_fail && failed) [[unlikely]]
      return R();
    T b = B::template eval<T, lane + A::lanes>(pc, fp, state, failed);
    if (B::can_fail && failed) [[unlikely]]
      return R();
    return static_cast<R>(Meaning<op>::template apply<T, checked>(a, b, state, failed));
  }
};

// `Square<add, …>`: both operands are the value of A, computed once.
template <typed::Op op, class T, class A>
struct Square {
  static constexpr int lanes = A::lanes;
  static constexpr Key key = key_node(Tag::square, operation_detail(op, kind_of<T>), A::key);
  static constexpr bool can_fail = A::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T a = A::template eval<T, lane>(pc, fp, state, failed);
    return static_cast<R>(Meaning<op>::template apply<T, false>(a, a, state, failed));
  }
};

template <class From, Scalar to, class A>
struct Convert {
  static constexpr int lanes = A::lanes;
  static constexpr Key key = key_operation(operation_detail(typed::Op::convert_, kind_of<From>, to), A::key);
  static constexpr bool can_fail = A::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    return static_cast<R>(convert<to, From>(A::template eval<From, lane>(pc, fp, state, failed)));
  }
};

// The function's address lies in four lanes after the operands'.
template <class T, class A>
struct Math1 {
  static constexpr int lanes = A::lanes + 4;
  static constexpr Key key = key_node(Tag::math1, static_cast<uint32_t>(kind_of<T>), A::key);
  static constexpr bool can_fail = A::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T a = A::template eval<T, lane>(pc, fp, state, failed);
    if (A::can_fail && failed) [[unlikely]]
      return R();
    return read_pointer<T (*)(T)>(pc, lane + A::lanes)(a);
  }
};
template <class T, class A, class B>
struct Math2 {
  static constexpr int lanes = A::lanes + B::lanes + 4;
  static constexpr Key key = key_node(Tag::math2, static_cast<uint32_t>(kind_of<T>), A::key, B::key);
  static constexpr bool can_fail = A::can_fail || B::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T a = A::template eval<T, lane>(pc, fp, state, failed);
    if (A::can_fail && failed) [[unlikely]]
      return R();
    T b = B::template eval<T, lane + A::lanes>(pc, fp, state, failed);
    if (B::can_fail && failed) [[unlikely]]
      return R();
    return read_pointer<T (*)(T, T)>(pc, lane + A::lanes + B::lanes)(a, b);
  }
};

// The index on one axis as an offset within it. Unsigned indices come here as never wrapping.
template <bool checked, bool wraps>
inline int64_t place(int64_t index, uint64_t size, int axis, State* state, bool& failed) {
  if constexpr (checked) {
    if (static_cast<uint64_t>(index) >= size) [[unlikely]] {
      uint64_t wrapped = static_cast<uint64_t>(index) + size;
      if (wraps && index < 0 && wrapped < size) return static_cast<int64_t>(wrapped);
      state->index = index;
      state->axis = axis;
      state->size = static_cast<int64_t>(size);
      fail(state, failed, Fault::index);
    }
    return index;
  } else {
    return wraps && index < 0 ? static_cast<int64_t>(static_cast<uint64_t>(index) + size) : index;
  }
}

// The address of an element: lanes are the array's first slot, then the indices.
template <AccessMode mode, class... Index>
struct Place {
  static constexpr int axes = reach_axes(mode.reach);
  static_assert(sizeof...(Index) == axes);
  static constexpr int lanes = 1 + (Index::lanes + ...);
  static constexpr bool can_fail = mode.checked || (Index::can_fail || ...);
  template <int lane>
  PX_INLINE static char* eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    const uint64_t* array = fp + read_lane(pc, lane);
    uint64_t offset = 0;
    add_axes<0, lane + 1, Index...>(array, offset, pc, fp, state, failed);
    return reinterpret_cast<char*>(array[array_data_slot] + offset);  // strides may be negative
  }

 private:
  template <int axis, int lane, class First, class... Rest>
  PX_INLINE static void add_axes(const uint64_t* array, uint64_t& offset, const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    int64_t index = First::template eval<int64_t, lane>(pc, fp, state, failed);
    if (First::can_fail && failed) [[unlikely]]
      return;
    index = place<mode.checked, mode.wraps>(index, array[array_shape_slot(axes, axis)], axis, state, failed);
    if (mode.checked && failed) [[unlikely]]
      return;
    constexpr bool contiguous = mode.reach == Reach::c1 || (mode.reach == Reach::c2 && axis == 1);
    uint64_t stride = contiguous ? sizeof(ElementType<mode.element>) : array[array_stride_slot(axes, axis)];
    offset += static_cast<uint64_t>(index) * stride;
    if constexpr (sizeof...(Rest) > 0) add_axes<axis + 1, lane + First::lanes, Rest...>(array, offset, pc, fp, state, failed);
  }
};

template <Scalar element>
inline RegisterType<element> load_element(const char* address) {
  ElementType<element> value;
  std::memcpy(&value, address, sizeof value);
  return element == Scalar::boolean ? static_cast<RegisterType<element>>(value != 0) : static_cast<RegisterType<element>>(value);
}
template <Scalar element>
inline void store_element(char* address, RegisterType<element> value) {
  auto narrow = static_cast<ElementType<element>>(value);
  std::memcpy(address, &narrow, sizeof narrow);
}

template <AccessMode mode, class... Index>
struct Load {
  using At = Place<mode, Index...>;
  static constexpr int lanes = At::lanes;
  static constexpr Key key = key_node(Tag::load, mode.detail(), Index::key...);
  static constexpr bool can_fail = At::can_fail;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    const char* address = At::template eval<lane>(pc, fp, state, failed);
    if (can_fail && failed) [[unlikely]]
      return R();
    return static_cast<R>(load_element<mode.element>(address));
  }
};

// Whether a range of step 1 goes round again; if so its variable takes the next value. Lanes: iterator {next, stop}, variable.
template <class T>
struct Next {
  static constexpr int lanes = 2;
  static constexpr Key key = key_node(Tag::next, static_cast<uint32_t>(kind_of<T>));
  static constexpr bool can_fail = false;
  template <class R, int lane>
  PX_INLINE static R eval(const uint64_t* pc, uint64_t* fp, State*, bool&) {
    uint64_t* iterator = fp + read_lane(pc, lane);
    uint64_t next = iterator[0];
    if (static_cast<T>(next) >= static_cast<T>(iterator[1])) return false;
    fp[read_lane(pc, lane + 1)] = next;
    iterator[0] = next + 1;
    return true;
  }
};

}  // namespace px::jit::interp
