// Intrinsics: functions whose LLVM code a program makes itself for Numba (numba.extending.intrinsic). They have no Python body. The compile
// service makes code for a call of one with given types; the interpreter and baseline code call that, Numba's code has it inline.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "jit/function.h"

namespace px::jit {

struct Intrinsic {
  std::string name;               // for people
  std::string pickled;            // what the service makes it of again (px/service/intrinsics.py)
  std::string trouble;            // why it cannot be sent, or ""
  bool prefers_literals = false;  // of constants it is asked by their values first, otherwise by their types
  bool self_contained = true;     // `pickled` says all that its code depends on: the code may be kept on disk
};

// A call with given types.
struct IntrinsicCall {
  const Intrinsic* intrinsic = nullptr;
  std::vector<std::string> arguments;  // as the protocol spells them
  std::vector<std::string> names;      // of the last ones: keywords
  bool operator==(const IntrinsicCall&) const = default;
};

// What became of asking for its code.
struct IntrinsicCode {
  const Type* result = nullptr;  // null: there is none
  Entry entry = nullptr;
  std::shared_ptr<const void> kept;  // what `entry` points into
  std::string refusal;               // why there is none
  bool by_types = false;             // it does not take these types; otherwise it cannot be compiled
  bool lasting = true;               // it would be refused again
};

// `stand_in` is a px function that means the intrinsic. Once a function; main thread.
void note_intrinsic(const Function& stand_in, Intrinsic intrinsic);
// Null where the function means none. Any thread.
const Intrinsic* find_intrinsic(const Function& function);

// The code for a call, or what was said instead of it. Null where nobody has asked yet, which is noted as wanted. Any thread.
std::shared_ptr<const IntrinsicCode> find_code(const IntrinsicCall& call);
// What was wanted since the last call. Any thread.
std::vector<IntrinsicCall> take_wanted_calls();
// Any thread. Code lives as long as the process: typed code refers to it.
void settle(const IntrinsicCall& call, IntrinsicCode code);
// A service that was off or died may be there now: what it did not answer may be asked for again. Any thread.
void forget_failures();

}  // namespace px::jit
