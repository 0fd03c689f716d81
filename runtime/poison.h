// Tells the address sanitizer which bytes of an arena are nobody's, so that reading a context's memory after its end is found.
// Nothing in ordinary builds.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
extern "C" {
void __asan_poison_memory_region(const volatile void* memory, size_t bytes);
void __asan_unpoison_memory_region(const volatile void* memory, size_t bytes);
}
#define PX_POISONS true
#define PX_POISON(memory, bytes) __asan_poison_memory_region(memory, bytes)
#define PX_UNPOISON(memory, bytes) __asan_unpoison_memory_region(memory, bytes)
#endif
#endif
#ifndef PX_POISON
#define PX_POISONS false
#define PX_POISON(memory, bytes) ((void)(memory), (void)(bytes))
#define PX_UNPOISON(memory, bytes) ((void)(memory), (void)(bytes))
#endif

namespace px::runtime {

constexpr bool poisons = PX_POISONS;

}  // namespace px::runtime
