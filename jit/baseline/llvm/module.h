// The LLVM module of a unit: its bodies, the entries and moves around them, and what they refer to outside.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>

#include "jit/baseline/generator.h"
#include "jit/baseline/llvm/graph.h"
#include "jit/baseline/llvm/pipeline.h"
#include "jit/baseline/llvm/slots.h"

namespace px::jit::baseline {

// A function as the unit's own code calls it, if it does: `{i32 status, results…} f(parameters…, [ptr results], [i32 depth])`. Many results
// go through memory, as words. Recursive functions count how deep they are, to look at the stack's limit now and then.
struct Body {
  llvm::Function* function = nullptr;  // null where nothing in the unit calls it
  bool in_memory = false;              // results
  bool counts_depth = false;
};

// px's helpers (native/helpers.h), declared.
struct Helpers {
  llvm::Value* sites;  // the address of the table
  llvm::FunctionCallee raise, raise_index, raise_index_unsigned, trace, stack_low, poll, call;
  llvm::CallingConv::ID poll_convention = llvm::CallingConv::C;  // jit/native/poll.h
};

class UnitModule {
 public:
  // `target` says how the machine lays out data.
  UnitModule(llvm::LLVMContext&, const llvm::TargetMachine& target, const Unit&, native::SiteTable&);

  // Translates everything. Entries and moves are named in `generated`.
  std::unique_ptr<llvm::Module> build(Generated& generated);

  llvm::LLVMContext& context() { return context_; }
  const Unit& unit() const { return unit_; }
  const SlotKinds& kinds(size_t function) const { return kinds_[function]; }
  const Body& body(size_t function) const { return bodies_[function]; }
  const Helpers& helpers() const { return helpers_; }
  // A new entry of the site table.
  int32_t add_site(native::Site);
  // Some loop goes round a few times by its constants, or may once its function is inlined.
  void expect_short_loop() { module_->getOrInsertNamedMetadata(short_loops); }

 private:
  llvm::LLVMContext& context_;
  const Unit& unit_;
  native::SiteTable& sites_;
  std::unique_ptr<llvm::Module> module_;
  std::vector<SlotKinds> kinds_;
  std::vector<Body> bodies_;
  Helpers helpers_;

  void declare_helpers();
  void declare_body(size_t function);
  bool has_entry(size_t function) const;
  std::vector<uint8_t> called_functions(const std::vector<Graph>&) const;
  llvm::Function* make_exported(const std::string& name);
  void write_entry(size_t function, llvm::Function& entry);
};

// Functions with more results than this give them in memory.
constexpr size_t results_in_registers = 4;

const Options& options_of(const UnitFunction&);

}  // namespace px::jit::baseline
