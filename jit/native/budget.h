// The bound on code memory: when the code in use exceeds it, the specialisations that were called longest ago go back to a lower tier, and
// may ask for their code again. When they were called is learned from the counts in their profiles whenever code has to go, so calls pay
// nothing for it.
//
// Code in use is what entries lead to. What was taken out waits for the threads inside it (reclaim.h) and does not count.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jit/function.h"

namespace px::jit::native {

// Bytes; 0: no bound. At import and by tests; any thread.
void set_code_limit(size_t bytes);

// `spec` runs code of this tier from now on, `bytes` of it (where several share an object: its share). After `install`, any thread.
void note_code(Specialisation& spec, Tier tier, size_t bytes);
// As `note_code` for code beside what is there: of a unit that frames have moved into.
void note_more_code(Specialisation& spec, Tier tier, size_t bytes);
// The specialisation is destroyed.
void forget_code(const Specialisation& spec);

// Takes code out of use until what is left is well below the bound; how many specialisations lost theirs. What was noted last stays
// whatever its size. Compile threads call it after `note_code`; cheap while there is room.
size_t keep_within_limit();

struct BudgetCounters {
  size_t bytes = 0;                // in use: an upper bound
  uint64_t evicted = 0;            // specialisations that lost their code so far
  size_t baseline = 0, numba = 0;  // specialisations whose calls run code of that tier
};
BudgetCounters budget_counters();

}  // namespace px::jit::native
