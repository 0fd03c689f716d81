// The process's compilers: the client of the compile service, made when a function is first used, and the baseline compiler. Both are made
// again in a forked child and stopped at exit.
#pragma once

#include <string>

#include "bridge/object.h"
#include "jit/intrinsic.h"

namespace px::bridge {

struct CompilerSettings {
  std::string python, script;   // of the service; "" python: no service
  std::string cache_directory;  // "": none
  std::string llvm_directory;   // of px_llvm.so and px_codegen.so
  std::string log;              // file for what the service prints; "": nowhere
  PyObject* warn = nullptr;     // called with a text on the main thread
  bool functions = true;        // whether functions run Numba's code; intrinsics have no other
};

// Remembers the settings; starts nothing. GIL held.
void set_compiler(const CompilerSettings& settings);

// Starts the client if it is to run and does not. GIL held, main thread preferred (it copies the environment).
void ensure_compiler();

// Waits for the code of a call of an intrinsic, or for the reason why there is none (jit::find_code). False with a Python exception set:
// Ctrl-C. GIL held; others run meanwhile.
bool compile_intrinsic(const jit::IntrinsicCall& call);

void stop_compiler();

// Counters as a dict; null with a Python exception set.
Object compiler_stats();
Object baseline_stats();

}  // namespace px::bridge
