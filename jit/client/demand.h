// A thread's wish for the code of a call of an intrinsic (jit/intrinsic.h), which it waits for.
#pragma once

#include "jit/client/client.h"
#include "jit/intrinsic.h"

namespace px::jit::client {

struct CompileClient::Demand {
  const IntrinsicCall call;
  // Under the client's mutex_: written once, by its thread; whoever waits reads `code` then without it.
  bool done = false;
  IntrinsicCode code = {};
};

}  // namespace px::jit::client
