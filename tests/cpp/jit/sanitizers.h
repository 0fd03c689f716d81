// Whether a test runs under a sanitizer, where everything takes many times as long.
#pragma once

namespace px::jit::test {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr bool under_sanitizer = true;
#else
constexpr bool under_sanitizer = false;
#endif
#else
constexpr bool under_sanitizer = false;
#endif

}  // namespace px::jit::test
