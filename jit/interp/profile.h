// A build with PX_INTERP_PROFILE counts how often each instruction runs and writes the counts beside the disassembly when the process
// ends, to the file that the environment variable of the same name says. tools for finding superinstructions; see README.md.
#pragma once

#ifdef PX_INTERP_PROFILE
#include <string>

#include "jit/interp/program.h"

namespace px::jit::interp {

void profile_program(const Program&, std::string listing);

}  // namespace px::jit::interp
#endif
