// Every symbol that compiled code may refer to. What is not here does not link: a function that rounds (sin, pow …) must come by its
// px_ name, so that every tier calls the same one.
#include <cmath>
#include <cstring>

#include "jit/builtins/mathlib.h"
#include "jit/builtins/random.h"
#include "jit/native/helpers.h"
#include "jit/native/linker.h"
#include "jit/native/nrt.h"
#include "jit/native/numba_helpers.h"
#include "jit/native/poll.h"

// The compiler's own functions.
extern "C" {
double __powidf2(double, int);
float __powisf2(float, int);
__int128 __divti3(__int128, __int128);
__int128 __modti3(__int128, __int128);
unsigned __int128 __udivti3(unsigned __int128, unsigned __int128);
unsigned __int128 __umodti3(unsigned __int128, unsigned __int128);
}

namespace px::jit::native {

namespace {

template <typename Result, typename... Arguments>
const void* address(Result (*function)(Arguments...)) {
  return reinterpret_cast<const void*>(function);
}

#define PX_SYMBOL(name) {#name, address(name)}
#define PX_NUMBA(name) {"numba_" #name, address(px_numba_##name)}
#define PX_EXACT1(name)                         \
  {#name, address<double, double>(::name)}, {   \
    #name "f", address<float, float>(::name##f) \
  }
#define PX_EXACT2(name)                                \
  {#name, address<double, double, double>(::name)}, {  \
    #name "f", address<float, float, float>(::name##f) \
  }

const Symbol table[] = {
    // Exceptions and the stack
    PX_SYMBOL(px_raise),
    PX_SYMBOL(px_raise_index),
    PX_SYMBOL(px_raise_index_unsigned),
    PX_SYMBOL(px_trace),
    PX_SYMBOL(px_exception_keep),
    PX_SYMBOL(px_exception_again),
    PX_SYMBOL(px_stack_low),
    PX_SYMBOL(px_list_make),
    PX_SYMBOL(px_list_resize),

    // What baseline code needs besides
    {"px_poll", address(poll_entry())},
    PX_SYMBOL(px_call),

// Mathematics that rounds
#define PX_MATH1(name) PX_SYMBOL(px_##name), PX_SYMBOL(px_##name##f),
#define PX_MATH2(name) PX_SYMBOL(px_##name), PX_SYMBOL(px_##name##f),
#include "jit/builtins/mathlib.def"
#undef PX_MATH1
#undef PX_MATH2

    {"numba_cpow", address(px_cpow)},
    {"numba_cpowf", address(px_cpowf)},
    {"numba_get_py_random_state", address(px_random_python)},
    {"numba_get_np_random_state", address(px_random_numpy)},
    {"numba_get_internal_random_state", address(px_random_internal)},
    {"numba_rnd_init", address(px_random_init)},
    {"numba_rnd_shuffle", address(px_random_shuffle)},
    {"numba_poisson_ptrs", address(px_random_poisson)},

    // Memory
    PX_SYMBOL(px_free_blocks),
    PX_SYMBOL(px_meminfo_alloc),
    PX_SYMBOL(px_meminfo_drop),
    PX_SYMBOL(NRT_MemInfo_alloc),
    PX_SYMBOL(NRT_MemInfo_alloc_safe),
    PX_SYMBOL(NRT_MemInfo_alloc_aligned),
    PX_SYMBOL(NRT_MemInfo_alloc_safe_aligned),
    PX_SYMBOL(NRT_MemInfo_alloc_dtor),
    PX_SYMBOL(NRT_MemInfo_alloc_dtor_safe),
    PX_SYMBOL(NRT_MemInfo_new),
    PX_SYMBOL(NRT_MemInfo_new_varsize),
    PX_SYMBOL(NRT_MemInfo_new_varsize_dtor),
    PX_SYMBOL(NRT_MemInfo_varsize_alloc),
    PX_SYMBOL(NRT_MemInfo_varsize_realloc),
    PX_SYMBOL(NRT_MemInfo_varsize_free),
    PX_SYMBOL(NRT_MemInfo_acquire),
    PX_SYMBOL(NRT_MemInfo_release),
    PX_SYMBOL(NRT_MemInfo_call_dtor),
    PX_SYMBOL(NRT_MemInfo_destroy),
    PX_SYMBOL(NRT_MemInfo_data),
    PX_SYMBOL(NRT_MemInfo_size),
    PX_SYMBOL(NRT_MemInfo_refcount),
    PX_SYMBOL(NRT_MemInfo_parent),
    PX_SYMBOL(NRT_incref),
    PX_SYMBOL(NRT_decref),
    {"NRT_MemInfo_data_fast", address(NRT_MemInfo_data)},
    PX_SYMBOL(NRT_Allocate),
    PX_SYMBOL(NRT_Reallocate),
    PX_SYMBOL(NRT_Free),

    // Numba's helper library
    PX_NUMBA(frexp),
    PX_NUMBA(frexpf),
    PX_NUMBA(ldexp),
    PX_NUMBA(ldexpf),
    PX_NUMBA(nextafter),
    PX_NUMBA(nextafterf),
    PX_NUMBA(fptoui),
    PX_NUMBA(fptouif),
    PX_NUMBA(attempt_nocopy_reshape),
    PX_NUMBA(xxdot),
    PX_NUMBA(xxgemv),
    PX_NUMBA(xxnrm2),
    PX_NUMBA(xxgemm),
    PX_NUMBA(ez_gesdd),
    PX_NUMBA(xxgetrf),
    PX_NUMBA(ez_xxgetri),
    PX_NUMBA(xgesv),
    PX_NUMBA(xxpotrf),
    PX_NUMBA(ez_xxxevd),
    PX_NUMBA(ez_rgeev),
    PX_NUMBA(ez_cgeev),
    PX_NUMBA(ez_geqrf),
    PX_NUMBA(ez_xxgqr),
    PX_NUMBA(ez_gelsd),
    PX_NUMBA(fatal_error),

    // What code generation itself refers to: all exact
    {"memcpy", address<void*, void*, const void*, size_t>(::memcpy)},
    {"memmove", address<void*, void*, const void*, size_t>(::memmove)},
    {"memset", address<void*, void*, int, size_t>(::memset)},
    {"memcmp", address<int, const void*, const void*, size_t>(::memcmp)},
    PX_EXACT1(floor),
    PX_EXACT1(ceil),
    PX_EXACT1(trunc),
    PX_EXACT1(rint),
    PX_EXACT1(nearbyint),
    PX_EXACT1(round),
    PX_EXACT1(sqrt),
    PX_EXACT1(fabs),
    PX_EXACT2(fmod),
    PX_EXACT2(copysign),
    PX_EXACT2(fmin),
    PX_EXACT2(fmax),
    PX_EXACT2(nextafter),
    {"ldexp", address<double, double, int>(::ldexp)},
    {"ldexpf", address<float, float, int>(::ldexpf)},
    {"frexp", address<double, double, int*>(::frexp)},
    {"frexpf", address<float, float, int*>(::frexpf)},
    {"fma", address<double, double, double, double>(::fma)},
    {"fmaf", address<float, float, float, float>(::fmaf)},
    PX_SYMBOL(__divti3),
    PX_SYMBOL(__modti3),
    PX_SYMBOL(__udivti3),
    PX_SYMBOL(__umodti3),
    // x**n with an n known only at run time, one multiplication after another: the same everywhere.
    PX_SYMBOL(__powidf2),
    PX_SYMBOL(__powisf2),
};

}  // namespace

std::span<const Symbol> symbols() {
  return table;
}

}  // namespace px::jit::native
