// The poll of compiled loops keeps all registers, whatever those who listen do with them.
#include "jit/native/poll.h"

#include <gtest/gtest.h>

#include <array>

#include "jit/interp/hooks.h"
#include "runtime/context.h"

#ifdef __x86_64__

namespace px::jit::test {
namespace {

struct Registers {
  std::array<uint64_t, 7> integers;  // rcx, rdx, rsi, rdi, r8, r9, r10
  alignas(32) std::array<std::array<double, 4>, 16> vectors;
};

// Loads all, polls, stores all; the poll's result.
__attribute__((noinline, target("avx"))) int32_t poll_with(native::Poll poll, const Registers& before, Registers& after) {
  int32_t status;
  register const Registers* in asm("rbx") = &before;
  register Registers* out asm("r12") = &after;
  register native::Poll function asm("r13") = poll;
  asm volatile(
      ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n vmovups 64 + 32 * \\n(%%rbx), %%ymm\\n\n .endr\n"
      "mov (%%rbx), %%rcx\n mov 8(%%rbx), %%rdx\n mov 16(%%rbx), %%rsi\n mov 24(%%rbx), %%rdi\n"
      "mov 32(%%rbx), %%r8\n mov 40(%%rbx), %%r9\n mov 48(%%rbx), %%r10\n"
      "mov %%rsp, %%r14\n sub $128, %%rsp\n and $-16, %%rsp\n call *%%r13\n mov %%r14, %%rsp\n"
      "mov %%rcx, (%%r12)\n mov %%rdx, 8(%%r12)\n mov %%rsi, 16(%%r12)\n mov %%rdi, 24(%%r12)\n"
      "mov %%r8, 32(%%r12)\n mov %%r9, 40(%%r12)\n mov %%r10, 48(%%r12)\n"
      ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n vmovups %%ymm\\n, 64 + 32 * \\n(%%r12)\n .endr\n"
      : "=a"(status)
      : "r"(in), "r"(out), "r"(function)
      : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r14", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
        "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return status;
}

int listened = 0;

__attribute__((target("avx"))) int64_t clobber(const interp::Safepoint&) {
  ++listened;
  asm volatile("vzeroall\n mov $7, %%rcx\n mov $7, %%rdx\n mov $7, %%rsi\n mov $7, %%rdi\n mov $7, %%r8\n mov $7, %%r9\n mov $7, %%r10\n"
               :
               :
               : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                 "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return 1;
}

struct PollTest : testing::Test {
  PollTest() : before_(interp::safepoint_hook().exchange(clobber)) {
    listened = 0;
    context.stop = &stop;
  }
  ~PollTest() override { interp::safepoint_hook().store(before_); }

  interp::SafepointHook before_;
  runtime::PageCache cache;
  runtime::Context context{cache};
  std::atomic<bool> stop{false};
};

TEST_F(PollTest, AllRegistersStay) {
  if (!__builtin_cpu_supports("avx")) GTEST_SKIP() << "this processor has no such vectors";
  runtime::Context::Scope scope(context);
  Registers before{}, after{};
  for (size_t k = 0; k < 7; ++k) before.integers[k] = 1000 + k;
  for (size_t k = 0; k < 16; ++k) before.vectors[k] = {1.5 + static_cast<double>(k), -2.0, 3.0, 4.25};
  EXPECT_EQ(poll_with(native::poll_entry(), before, after), 0);
  EXPECT_EQ(listened, 1);
  EXPECT_EQ(after.integers, before.integers);
  EXPECT_EQ(after.vectors, before.vectors);
  stop = true;
  EXPECT_EQ(poll_with(native::poll_entry(), before, after), 1);
  EXPECT_EQ(context.exc.kind, runtime::ExcKind::KeyboardInterrupt);
  EXPECT_EQ(after.vectors, before.vectors);
}

}  // namespace
}  // namespace px::jit::test

#endif
