#include "jit/interp/optimise.h"

namespace px::jit::interp {

void optimise(Flow&) {}

}  // namespace px::jit::interp
