#include "jit/baseline/llvm/sample.h"

#include <llvm/IR/IRBuilder.h>

namespace px::jit::baseline {

using namespace llvm;

namespace {

// A loop from 0 to `count`: `body` adds the blocks of a round to the end of the function, and leaves the builder where the round ends.
template <class Body>
void loop(IRBuilder<>& b, Value* count, Body body) {
  Function* function = b.GetInsertBlock()->getParent();
  LLVMContext& context = function->getContext();
  BasicBlock *before = b.GetInsertBlock(), *head = BasicBlock::Create(context, "", function),
             *round = BasicBlock::Create(context, "", function), *after = BasicBlock::Create(context, "", function);
  b.CreateBr(head);
  b.SetInsertPoint(head);
  PHINode* i = b.CreatePHI(b.getInt64Ty(), 2);
  i->addIncoming(b.getInt64(0), before);
  b.CreateCondBr(b.CreateICmpSLT(i, count), round, after);
  b.SetInsertPoint(round);
  body(i);
  i->addIncoming(b.CreateAdd(i, b.getInt64(1)), b.GetInsertBlock());
  b.CreateBr(head);
  b.SetInsertPoint(after);
}

}  // namespace

// A nest of two loops over an array with a checked index, a branch on a float, and a call where the check fails.
std::unique_ptr<Module> sample(LLVMContext& context, const TargetMachine& target) {
  auto module = std::make_unique<Module>("sample", context);
  module->setTargetTriple(target.getTargetTriple());
  module->setDataLayout(target.createDataLayout());
  IRBuilder<> b(context);
  Type *word = b.getInt64Ty(), *real = b.getDoubleTy(), *pointer = b.getPtrTy();
  FunctionCallee fail = module->getOrInsertFunction("fail", FunctionType::get(b.getVoidTy(), {word}, false));
  auto* function =
      Function::Create(FunctionType::get(b.getInt32Ty(), {pointer, pointer}, false), GlobalValue::ExternalLinkage, "sample", *module);
  b.SetInsertPoint(BasicBlock::Create(context, "", function));
  Value* data = b.CreateLoad(pointer, function->getArg(0));
  Value* count = b.CreateLoad(word, b.CreateConstInBoundsGEP1_64(word, function->getArg(0), 1));
  Value *total = b.CreateAlloca(real), *longest = b.CreateAlloca(word);
  b.CreateStore(ConstantFP::get(real, 0), total);
  b.CreateStore(b.getInt64(0), longest);
  loop(b, count, [&](Value* row) {
    loop(b, count, [&](Value* column) {
      Value* at = b.CreateAdd(b.CreateMul(row, count), column);
      BasicBlock *bad = BasicBlock::Create(context, "", function), *good = BasicBlock::Create(context, "", function),
                 *positive = BasicBlock::Create(context, "", function), *next = BasicBlock::Create(context, "", function);
      b.CreateCondBr(b.CreateICmpULT(at, b.CreateMul(count, count)), good, bad);
      b.SetInsertPoint(bad);
      b.CreateCall(fail, {at});
      b.CreateRet(b.getInt32(1));
      b.SetInsertPoint(good);
      Value* place = b.CreateInBoundsGEP(real, data, at);
      Value* element = b.CreateLoad(real, place);
      b.CreateStore(b.CreateFMul(element, ConstantFP::get(real, 0.5)), place);
      b.CreateCondBr(b.CreateFCmpOGT(element, b.CreateSIToFP(column, real)), positive, next);
      b.SetInsertPoint(positive);
      b.CreateStore(b.CreateFAdd(b.CreateLoad(real, total), element), total);
      b.CreateStore(b.CreateSelect(b.CreateICmpSGT(column, b.CreateLoad(word, longest)), column, row), longest);
      b.CreateBr(next);
      b.SetInsertPoint(next);
    });
  });
  b.CreateStore(b.CreateFAdd(b.CreateLoad(real, total), b.CreateSIToFP(b.CreateLoad(word, longest), real)), function->getArg(1));
  b.CreateRet(b.getInt32(0));
  return module;
}

}  // namespace px::jit::baseline
