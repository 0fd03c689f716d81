// Machine code from typed px code: LLVM's O2 pipeline and code generator, in a shared object of their own (px_codegen) that is loaded by
// the compile thread when the first unit arrives. This header has no LLVM in it. What comes out is a relocatable object, linked by
// native/linker.h as Numba's objects are.
//
// Threads: one thread at a time may use a generator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "jit/baseline/unit.h"
#include "jit/interp/interp.h"
#include "jit/native/sites.h"

namespace px::jit::baseline {

using interp::MoveEntry;

// `light`: no unrolling, value numbering over the whole function or vectorising: two thirds of the time of `full`, most of its speed.
enum class Effort : uint8_t { light, full };

struct Generated {
  std::vector<char> object;
  std::vector<std::string> entries;          // one a function of the unit: the symbol of its Entry, or "" (Unit::entries)
  std::vector<std::string> moves;            // one a move: the symbol of its MoveEntry
  std::unique_ptr<native::SiteTable> sites;  // what `px_sites` in the object has to be the address of
  double seconds = 0;                        // that generating took
  size_t instructions = 0;                   // of LLVM's, before its pipeline: what the cost model is fed with
};

class Generator {
 public:
  // Loads px_codegen from `directory`, or from beside this module where that is empty. Null and `error` if it cannot be loaded.
  static std::unique_ptr<Generator> open(const std::string& directory, std::string& error);
  virtual ~Generator() = default;
  // False and `error` where LLVM says no. Debug builds verify the IR.
  virtual bool generate(const Unit&, Effort, Generated&, std::string& error) = 0;
  // Runs LLVM over a small function that nobody calls: its first unit pays for pages, tables and caches that are cold.
  virtual void warm(Effort) {}
  // The IR of a unit, for people: as translated, or after the pipeline. Verified: what is wrong with it begins with `invalid`.
  static constexpr const char* invalid = "the code generated is not valid: ";
  virtual std::string listing(const Unit&, Effort, bool optimised) = 0;
};

// What px_codegen.so exports, and nothing else: `px_codegen_open`. The caller owns the generator; null and `*error` on failure.
using OpenGenerator = Generator* (*)(std::string * error);

}  // namespace px::jit::baseline
