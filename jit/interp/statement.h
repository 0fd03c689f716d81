// Statements: what a handler does with the values of expressions, and the handlers themselves.
#pragma once

#include "jit/interp/expression.h"

namespace px::jit::interp {

// A statement has lanes, key, can_fail and `exec<lane>`; it never transfers control. `parts` says how many simple statements it is: where
// one fails, `state->part` tells which, so that the line is right.
struct Nothing {
  static constexpr int parts = 0;
  static constexpr int lanes = 0;
  static constexpr Key key = key_node(Tag::nothing, 0);
  static constexpr bool can_fail = false;
  template <int lane>
  PX_INLINE static void exec(const uint64_t*, uint64_t*, State*, bool&) {}
};

// A slot takes the value of E, which is a T; the slot's lane follows E's. A T of uint64_t with a Reg copies any slot.
template <class T, class E>
struct Set {
  static constexpr int parts = 1;
  static constexpr int lanes = E::lanes + 1;
  static constexpr Key key = key_node(Tag::set, 0, E::key);
  static constexpr bool can_fail = E::can_fail;
  template <int lane>
  PX_INLINE static void exec(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    T value = E::template eval<T, lane>(pc, fp, state, failed);
    if (can_fail && failed) [[unlikely]]
      return;
    fp[read_lane(pc, lane + E::lanes)] = put<T>(value);
  }
};

// An array's element takes the value of E: lanes of E, then those of the element's place.
template <AccessMode mode, class E, class... Index>
struct Store {
  using At = Place<mode, Index...>;
  static constexpr int parts = 1;
  static constexpr int lanes = E::lanes + At::lanes;
  static constexpr Key key = key_node(Tag::store, mode.detail(), E::key, key_node(Tag::nothing, 1, Index::key...));
  static constexpr bool can_fail = E::can_fail || At::can_fail;
  template <int lane>
  PX_INLINE static void exec(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    using T = RegisterType<mode.element>;
    T value = E::template eval<T, lane>(pc, fp, state, failed);
    if (E::can_fail && failed) [[unlikely]]
      return;
    char* address = At::template eval<lane + E::lanes>(pc, fp, state, failed);
    if (At::can_fail && failed) [[unlikely]]
      return;
    store_element<mode.element>(address, value);
  }
};

template <class First, class Second>
struct Sequence {
  static constexpr int parts = First::parts + Second::parts;
  static constexpr int lanes = First::lanes + Second::lanes;
  static constexpr Key key = key_node(Tag::sequence, 0, First::key, Second::key);
  static constexpr bool can_fail = First::can_fail || Second::can_fail;
  template <int lane>
  PX_INLINE static void exec(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
    First::template exec<lane>(pc, fp, state, failed);
    if (First::can_fail && failed) [[unlikely]]
      return;
    Second::template exec<lane + First::lanes>(pc, fp, state, failed);
    if (Second::can_fail && failed) [[unlikely]]
      state->part += First::parts;
  }
};

// The handler of a statement that goes on with the next instruction.
template <class S>
struct Straight {
  static constexpr Key key = S::key;
  static constexpr int lanes = S::lanes;
  static PX_HANDLER handle(PX_HANDLER_PARAMETERS) {
    bool failed = false;
    S::template exec<0>(PX_STATEMENT_ARGUMENTS);
    if (S::can_fail && failed) [[unlikely]]
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    pc += words_for(lanes);
    PX_DISPATCH;
  }
};

// A statement, then the function returns the value of E, a T.
template <class S, class T, class E>
struct Return {
  static constexpr Key key = key_node(Tag::ret, 0, S::key, E::key);
  static constexpr int lanes = S::lanes + E::lanes;
  static PX_HANDLER handle(PX_HANDLER_PARAMETERS) {
    bool failed = false;
    S::template exec<0>(PX_STATEMENT_ARGUMENTS);
    if (S::can_fail && failed) [[unlikely]]
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    T value = E::template eval<T, S::lanes>(PX_STATEMENT_ARGUMENTS);
    if (E::can_fail && failed) [[unlikely]] {
      state->part += S::parts;
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    }
    *reinterpret_cast<uint64_t*>(fp[frame_result]) = put<T>(value);
    pc = reinterpret_cast<const uint64_t*>(fp[frame_return]);
    fp = reinterpret_cast<uint64_t*>(fp[frame_caller]);
    PX_DISPATCH;
  }
};

// A statement, then a jump.
template <class S, bool back>
struct Jump {
  static constexpr Key key = key_node(Tag::jump, back, S::key);
  static constexpr int lanes = S::lanes + 2;
  static PX_HANDLER handle(PX_HANDLER_PARAMETERS) {
    bool failed = false;
    S::template exec<0>(PX_STATEMENT_ARGUMENTS);
    if (S::can_fail && failed) [[unlikely]]
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    pc += read_offset(pc, S::lanes);
    if constexpr (back) {
      PX_DISPATCH_BACK;
    } else {
      PX_DISPATCH;
    }
  }
};

// A statement, then a jump where the condition E, a boolean, equals `when`.
template <class S, class E, bool when, bool back>
struct Branch {
  static constexpr Key key = key_node(Tag::branch, when | back << 1, S::key, E::key);
  static constexpr int lanes = S::lanes + E::lanes + 2;
  static PX_HANDLER handle(PX_HANDLER_PARAMETERS) {
    bool failed = false;
    S::template exec<0>(PX_STATEMENT_ARGUMENTS);
    if (S::can_fail && failed) [[unlikely]]
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    bool condition = E::template eval<bool, S::lanes>(PX_STATEMENT_ARGUMENTS);
    if (E::can_fail && failed) [[unlikely]] {
      state->part += S::parts;
      PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
    }
    if (condition == when) {
      pc += read_offset(pc, S::lanes + E::lanes);
      if constexpr (back) {
        PX_DISPATCH_BACK;
      } else {
        PX_DISPATCH;
      }
    }
    pc += words_for(lanes);
    PX_DISPATCH;
  }
};

}  // namespace px::jit::interp
