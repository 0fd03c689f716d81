// Tells the address sanitizer which bytes of an arena are nobody's, so that reading a context's memory after its end is found.
// Nothing in ordinary builds.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define PX_POISON(memory, bytes) ASAN_POISON_MEMORY_REGION(memory, bytes)
#define PX_UNPOISON(memory, bytes) ASAN_UNPOISON_MEMORY_REGION(memory, bytes)
#endif
#endif
#ifndef PX_POISON
#define PX_POISON(memory, bytes) ((void)(memory), (void)(bytes))
#define PX_UNPOISON(memory, bytes) ((void)(memory), (void)(bytes))
#endif
