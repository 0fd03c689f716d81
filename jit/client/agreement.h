// Whether the service's answer may stand for px's own typing: the result and every definition of every named variable of every function
// have the same types.
#pragma once

#include <string>

#include "jit/client/protocol.h"
#include "jit/client/request.h"

namespace px::jit::client {

// "" if so, else a reason such as "type disagreement: x, line 12: int64/uint64" (px's type first; the file's line).
std::string disagreement(const Request& request, const Answer& answer);

}  // namespace px::jit::client
