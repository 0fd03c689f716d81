#include "jit/baseline/llvm/symmetry.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>

namespace px::jit::baseline {

namespace {

constexpr const char* odd = "px-odd";

// -v where v is a negation, or a product or quotient with a negative constant, which InstCombine has put the sign into; else null.
llvm::Value* negated(llvm::Value* v, llvm::IRBuilder<>& b) {
  using namespace llvm::PatternMatch;
  llvm::Value* x;
  const llvm::APFloat* constant;
  if (match(v, m_FNeg(m_Value(x)))) return x;
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(v);
  if (!operation || !match(v, m_CombineOr(m_FMul(m_Value(x), m_APFloat(constant)), m_FDiv(m_Value(x), m_APFloat(constant)))))
    return nullptr;
  if (!constant->isNegative() || constant->isNaN()) return nullptr;
  llvm::Value* positive = llvm::ConstantFP::get(v->getType(), llvm::neg(*constant));
  llvm::Value* made = b.CreateBinOp(operation->getOpcode(), x, positive);
  if (auto* instruction = llvm::dyn_cast<llvm::Instruction>(made)) instruction->copyIRFlags(operation);
  return made;
}

}  // namespace

void mark_odd(llvm::CallBase& call) {
  call.addFnAttr(llvm::Attribute::get(call.getContext(), odd));
}

llvm::PreservedAnalyses SymmetryPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (llvm::Instruction& i : llvm::make_early_inc_range(llvm::instructions(function))) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(&i);
    if (!call || !call->hasFnAttr(odd)) continue;
    llvm::IRBuilder<> b(call);
    llvm::Value* x = negated(call->getArgOperand(0), b);
    if (!x) continue;
    call->setArgOperand(0, x);
    b.SetInsertPoint(call->getNextNode());
    auto* result = llvm::cast<llvm::Instruction>(b.CreateFNeg(call));
    call->replaceUsesWithIf(result, [&](llvm::Use& use) { return use.getUser() != result; });
    changed = true;
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

}  // namespace px::jit::baseline
