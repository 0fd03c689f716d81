// One function of a unit as LLVM IR, from its first block (a body) or from the middle (a move).
//
// Slots are allocas, which SROA turns into values. What raises does so in cold blocks of its own that end in one common return.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "jit/baseline/llvm/graph.h"
#include "jit/baseline/llvm/module.h"
#include "jit/baseline/llvm/signs.h"
#include "jit/typed/faults.h"

namespace px::jit::baseline {

// A slot of a run of words in memory (arguments, results, a frame), as a kind.
llvm::Value* load_word(llvm::IRBuilder<>&, llvm::Value* words, uint32_t index, Kind);
void store_word(llvm::IRBuilder<>&, llvm::Value* words, uint32_t index, llvm::Value*, Kind);

class Translator {
 public:
  // `function` is empty yet.
  Translator(UnitModule&, size_t index, const Graph&, llvm::Function& function);
  void body();                        // of a function made by UnitModule::declare_body
  void entry();                       // of an Entry that does not call a body
  void move(flow::BlockIndex block);  // of a MoveEntry

 private:
  using Slot = typed::Slot;
  using Instr = typed::Instr;
  // A loop's blocks besides its own; each kind of loop has some of them (loops.cpp).
  struct LoopBlocks {
    llvm::BasicBlock *start = nullptr, *enter = nullptr, *strip_end = nullptr, *back = nullptr;
    llvm::AllocaInst* limit = nullptr;  // what the range runs to in this strip; the rounds that are left of it
    llvm::AllocaInst* first = nullptr;  // what the range began with
  };

  UnitModule& module_;
  const UnitFunction& unit_function_;
  const SlotKinds& kinds_;
  const Graph& graph_;
  const typed::Function& typed_;
  llvm::Function& function_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  SlotConstants constants_;
  Signs signs_;
  std::vector<llvm::AllocaInst*> slots_;
  std::vector<llvm::BasicBlock*> blocks_;  // by flow block; null where it is left out
  std::vector<LoopBlocks> loops_;          // all null where the loop is left out
  llvm::BasicBlock *entry_, *failed_ = nullptr;
  llvm::AllocaInst* fuel_ = nullptr;
  llvm::Value* results_in_ = nullptr;  // where results go if not into registers
  llvm::Value* depth_ = nullptr;
  llvm::BasicBlock* handler_ = nullptr;  // where exceptions of the block that is translated go; null: out of the function
  std::map<std::tuple<llvm::BasicBlock*, const typed::Fault*, int32_t>, llvm::BasicBlock*> raising_;  // by handler, fault and line
  std::map<std::pair<llvm::BasicBlock*, int32_t>, llvm::BasicBlock*> tracing_;                        // by handler and line

  // translator.cpp: slots, blocks, straight code
  llvm::AllocaInst* variable(llvm::Type*, const char* name);
  llvm::AllocaInst* slot(Slot);
  llvm::Value* read(Slot, Kind);
  void write(Slot, llvm::Value*, Kind);
  llvm::Value* words(size_t count, const char* name);  // memory for a run of slots
  llvm::BasicBlock* block(const char* name);
  void begin(flow::BlockIndex first);  // what `first` does not reach is left out
  void translate_blocks();
  void translate(flow::BlockIndex, const Instr&);
  void translate_value(const Instr&);
  void translate_move(const Instr&);

  // loops.cpp: control
  static constexpr flow::BlockIndex outside = UINT32_MAX;  // of the function's blocks
  void plan_loops();
  void finish_loops();
  llvm::BasicBlock* edge(flow::BlockIndex from, flow::BlockIndex to);
  void init_range(const Instr&);
  void next_of_range(flow::BlockIndex, const Instr&);
  void start_range(const LoopPlan&, const LoopBlocks&);
  void enter_strip(const LoopPlan&, const LoopBlocks&);
  void end_strip(const LoopPlan&, const LoopBlocks&);
  void count_strips(const LoopPlan&, const LoopBlocks&);
  void pay_and_go_back(const LoopPlan&, const LoopBlocks&);
  void assume_least(const LoopPlan&);
  void undo_round(const Instr& range_next);
  void pay(llvm::Value* cost);
  void poll(int32_t line);

  // element.cpp
  llvm::Value* element_address(const typed::Access&, int32_t line);
  void load(const Instr&);
  void store(const Instr&);

  // calls.cpp: calls, exceptions, returns
  void call(const Instr&);
  void call_inside(const typed::Call&, size_t callee, int32_t line);
  void call_outside(const typed::Call&, int32_t line);
  void call_runtime(const Instr&);
  void call_math(const Instr&);
  void raise(const Instr&);
  void ret(const Instr&);
  void check_stack();
  llvm::BasicBlock* failed();
  llvm::BasicBlock* raising(const typed::Fault&, int32_t line);
  llvm::BasicBlock* tracing(int32_t line);
  // Goes on where `bad` is false.
  void branch_off(llvm::Value* bad, llvm::BasicBlock* to);
  static constexpr int32_t no_frame = INT32_MIN;  // in place of a line: the function has no frame in the traceback
  int32_t site(int32_t line, const typed::Fault* = nullptr);
};

}  // namespace px::jit::baseline
