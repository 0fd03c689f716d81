#include "jit/native/poll.h"

#include "jit/interp/hooks.h"
#include "runtime/context.h"

extern "C" int32_t px_poll(void) {
  px::runtime::Context* context = px::runtime::Context::current();
  if (!context) return 0;
  if (px::jit::interp::SafepointHook hook = px::jit::interp::safepoint_hook().load(std::memory_order_acquire)) hook({});
  if (!context->stop->load(std::memory_order_relaxed)) return 0;
  context->exc.set(px::runtime::ExcKind::KeyboardInterrupt);
  return 1;
}

#ifdef __x86_64__

// The integer registers that a C function may change (but rax, the result's, and r11), then the sixteen vector registers, of which the
// upper halves exist with AVX alone; what AVX-512 alone has is not kept by the convention. On entry the stack is 8 bytes off its alignment
// of 16, and so it is after eight pushes.
#define KEEPING_REGISTERS(name, move, vector, bytes)                                                           \
  asm(".text\n.p2align 4\n.hidden " name "\n.globl " name "\n.type " name ", @function\n" name                 \
      ":\n"                                                                                                    \
      ".cfi_startproc\n"                                                                                       \
      "push %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset %rbp, -16\nmov %rsp, %rbp\n.cfi_def_cfa_register %rbp\n" \
      "push %rcx\npush %rdx\npush %rsi\npush %rdi\npush %r8\npush %r9\npush %r10\n"                            \
      "sub $(16 * " bytes                                                                                      \
      " + 8), %rsp\n"                                                                                          \
      ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n" move " " vector "\\n, \\n * " bytes     \
      "(%rsp)\n.endr\n"                                                                                        \
      "call px_poll\n"                                                                                         \
      ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n" move " \\n * " bytes "(%rsp), " vector  \
      "\\n\n.endr\n"                                                                                           \
      "add $(16 * " bytes                                                                                      \
      " + 8), %rsp\n"                                                                                          \
      "pop %r10\npop %r9\npop %r8\npop %rdi\npop %rsi\npop %rdx\npop %rcx\npop %rbp\n.cfi_def_cfa %rsp, 8\n"   \
      "ret\n.cfi_endproc\n.size " name ", . - " name "\n")

KEEPING_REGISTERS("px_poll_keeping_xmm", "movups", "%xmm", "16");
KEEPING_REGISTERS("px_poll_keeping_ymm", "vmovups", "%ymm", "32");
extern "C" {
int32_t px_poll_keeping_xmm(void);
int32_t px_poll_keeping_ymm(void);
}

px::jit::native::Poll px::jit::native::poll_entry() {
  return __builtin_cpu_supports("avx") ? px_poll_keeping_ymm : px_poll_keeping_xmm;
}

#else

px::jit::native::Poll px::jit::native::poll_entry() {
  return px_poll;
}

#endif
