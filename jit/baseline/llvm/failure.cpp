#include "jit/baseline/llvm/failure.h"

#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>

#include <csetjmp>
#include <cstdio>
#include <new>

namespace px::jit::baseline {

namespace {

struct Landing {
  std::jmp_buf place;
  char reason[256];
};
thread_local Landing* landing = nullptr;  // of the `survives` that is running on this thread

// LLVM's code has no landing pads for exceptions: a jump is the one way out of a handler that must not return.
void give_up(void*, const char* reason, bool) {
  if (!landing) return;  // LLVM ends the process
  std::snprintf(landing->reason, sizeof landing->reason, "%s", reason);
  std::longjmp(landing->place, 1);
}

}  // namespace

void catch_failures() {
  llvm::install_fatal_error_handler(give_up);
  llvm::install_bad_alloc_error_handler(give_up);
}

bool survives(llvm::function_ref<void()> work, std::string& error) {
  Landing here{};
  if (setjmp(here.place) != 0) {
    landing = nullptr;
    error = std::string("LLVM gave up: ") + here.reason;
    return false;
  }
  landing = &here;
  bool enough_memory = true;
  try {
    work();
  } catch (const std::bad_alloc&) {
    enough_memory = false;
  }
  landing = nullptr;
  if (!enough_memory) error = "there is not enough memory to generate code";
  return enough_memory;
}

void collect_errors(llvm::LLVMContext& context, std::string& errors) {
  context.setDiagnosticHandlerCallBack(
      [](const llvm::DiagnosticInfo* info, void* text) {
        if (info->getSeverity() != llvm::DS_Error) return;
        llvm::raw_string_ostream stream(*static_cast<std::string*>(text));
        llvm::DiagnosticPrinterRawOStream printer(stream);
        info->print(printer);
        stream << "; ";
      },
      &errors);
}

}  // namespace px::jit::baseline
