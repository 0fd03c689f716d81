// Off the fast path: exceptions that start or pass through here, their traceback, safepoints.
#pragma once

#include <algorithm>

#include "jit/interp/handler.h"
#include "jit/interp/program.h"

namespace px::jit::interp {

__attribute__((preserve_none)) int32_t raise_recursion(PX_HANDLER_PARAMETERS);
__attribute__((preserve_none)) int32_t raise_too_large(PX_HANDLER_PARAMETERS);
// The handler of `raise`: the word after it is the typed::Raise.
__attribute__((preserve_none)) int32_t raise_user(PX_HANDLER_PARAMETERS);

inline void copy_constants(const Program& program, uint64_t* frame) {
  const std::vector<uint64_t>& row = program.constants_in_row;
  uint64_t* to = frame + program.constants_first;
  for (size_t i = 0, n = row.size(); i < n; ++i) to[i] = row[i];
  for (const typed::Constant& constant : program.constants) frame[constant.slot] = constant.bits;
}

}  // namespace px::jit::interp
