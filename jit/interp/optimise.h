// The assembler's clean-up of typed code. Every pass keeps results, exceptions, their lines and their order as they were.
#pragma once

#include "jit/interp/flow.h"

namespace px::jit::interp {

void optimise(Flow&);

}  // namespace px::jit::interp
