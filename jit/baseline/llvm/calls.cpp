// Calls, exceptions and returns.
#include "jit/baseline/llvm/arithmetic.h"
#include "jit/baseline/llvm/symmetry.h"
#include "jit/baseline/llvm/translator.h"

namespace px::jit::baseline {

using llvm::BasicBlock;
using llvm::Value;
using typed::Instr;
using typed::Op;

namespace {

constexpr uint32_t check_every = 16;  // levels of recursion: their frames fit into Context::stack_margin

Value* absolute(llvm::IRBuilder<>& b, const void* address) {
  return llvm::ConstantExpr::getIntToPtr(b.getInt64(reinterpret_cast<uint64_t>(address)), b.getPtrTy());
}

}  // namespace

void Translator::call(const Instr& i) {
  const typed::Call& call = typed_.calls[i.aux];
  int callee = module_.unit().find(call.callee);
  if (callee >= 0) {
    call_inside(call, static_cast<size_t>(callee), i.line);
  } else {
    call_outside(call, i.line);
  }
}

void Translator::call_inside(const typed::Call& call, size_t callee, int32_t line) {
  const Body& body = module_.body(callee);
  const SlotKinds& kinds = module_.kinds(callee);
  std::vector<Value*> arguments;
  for (size_t k = 0; k < call.arguments.size(); ++k) {
    arguments.push_back(read(call.arguments[k], kinds.slots[k]));
    if (constants_.known[call.arguments[k]] && kinds.slots[k] == Kind::word) module_.expect_short_loop();
  }
  Value* memory = body.in_memory ? words(call.result_slots, "results") : nullptr;
  if (memory) arguments.push_back(memory);
  if (body.counts_depth) arguments.push_back(depth_ ? b_.CreateAdd(depth_, b_.getInt32(1)) : b_.getInt32(0));
  Value* result = b_.CreateCall(body.function, arguments);
  branch_off(b_.CreateICmpNE(b_.CreateExtractValue(result, 0), b_.getInt32(0)), tracing(line));
  for (uint32_t k = 0; k < call.result_slots; ++k) {
    if (memory) {
      write(call.result + k, load_word(b_, memory, k, kinds_.slots[call.result + k]), kinds_.slots[call.result + k]);
    } else if (k < kinds.results.size()) {
      write(call.result + k, b_.CreateExtractValue(result, k + 1), kinds.results[k]);
    }
  }
}

// By the callee's native code, or by whatever px has where there is none.
void Translator::call_outside(const typed::Call& call, int32_t line) {
  Value *arguments = words(call.arguments.size(), "arguments"), *results = words(call.result_slots, "results");
  for (uint32_t k = 0; k < call.arguments.size(); ++k) {
    Kind kind = kinds_.slots[call.arguments[k]];
    store_word(b_, arguments, k, read(call.arguments[k], kind), kind);
  }
  auto* native = b_.CreateAlignedLoad(b_.getPtrTy(), absolute(b_, &call.callee->native), llvm::Align(8));
  native->setAtomic(llvm::AtomicOrdering::Acquire);
  BasicBlock *direct = block("direct"), *other = block("other"), *done = block("done");
  b_.CreateCondBr(b_.CreateIsNull(native), other, direct);

  b_.SetInsertPoint(direct);
  Value* exception = variable(b_.getPtrTy(), "exception");  // always the context's: nothing of it is needed here
  auto* type = llvm::FunctionType::get(b_.getInt32Ty(), {b_.getPtrTy(), b_.getPtrTy(), b_.getPtrTy()}, false);
  llvm::CallInst* by_entry = b_.CreateCall(type, native, {arguments, results, exception});
  by_entry->setDoesNotThrow();
  b_.CreateBr(done);

  b_.SetInsertPoint(other);
  Value* by_helper = b_.CreateCall(module_.helpers().call, {absolute(b_, call.callee), arguments, results});
  b_.CreateBr(done);

  b_.SetInsertPoint(done);
  llvm::PHINode* status = b_.CreatePHI(b_.getInt32Ty(), 2);
  status->addIncoming(by_entry, direct);
  status->addIncoming(by_helper, other);
  branch_off(b_.CreateICmpNE(status, b_.getInt32(0)), tracing(line));
  for (uint32_t k = 0; k < call.result_slots; ++k) {
    Kind kind = kinds_.slots[call.result + k];
    write(call.result + k, load_word(b_, results, k, kind), kind);
  }
}

void Translator::call_runtime(const Instr& i) {
  const typed::RuntimeCall& call = typed_.runtime_calls[i.aux];
  Value *arguments = words(call.arguments.size(), "arguments"), *results = words(call.result_slots, "results");
  for (uint32_t k = 0; k < call.arguments.size(); ++k) {
    Kind kind = kinds_.slots[call.arguments[k]];
    store_word(b_, arguments, k, read(call.arguments[k], kind), kind);
  }
  auto* type = llvm::FunctionType::get(b_.getInt32Ty(), {b_.getPtrTy(), b_.getPtrTy()}, false);
  llvm::CallInst* status = b_.CreateCall(type, absolute(b_, reinterpret_cast<const void*>(call.function)), {arguments, results});
  status->setDoesNotThrow();
  branch_off(b_.CreateICmpNE(status, b_.getInt32(0)), tracing(i.line));
  for (uint32_t k = 0; k < call.result_slots; ++k) {
    Kind kind = kinds_.slots[call.result + k];
    write(call.result + k, load_word(b_, results, k, kind), kind);
  }
}

// By its address, so that LLVM neither folds it nor takes another function for it.
void Translator::call_math(const Instr& i) {
  Kind kind = kind_of(i.kind);
  llvm::Type* real = type_of(context_, kind);
  std::vector<Value*> arguments{read(i.a, kind)};
  if (i.op == Op::call_math2_) arguments.push_back(read(i.b, kind));
  auto* type = llvm::FunctionType::get(real, std::vector<llvm::Type*>(arguments.size(), real), false);
  llvm::CallInst* value = b_.CreateCall(type, absolute(b_, typed_.pointers[i.aux]), arguments);
  value->setDoesNotThrow();
  value->setDoesNotAccessMemory();
  value->addFnAttr(llvm::Attribute::WillReturn);
  if (llvm::is_contained(module_.unit().odd_functions, typed_.pointers[i.aux])) mark_odd(*value);
  write(i.d, value, kind);
}

void Translator::raise(const Instr& i) {
  const typed::Raise& raise = typed_.raises[i.aux];
  native::Site place{
      raise.kind,  raise.has_message && raise.types.empty(),      raise.message,
      raise.types, static_cast<uint32_t>(raise.arguments.size()), unit_function_.spec ? unit_function_.spec->function : nullptr,
      i.line};
  Value* arguments = llvm::ConstantPointerNull::get(b_.getPtrTy());
  if (!raise.arguments.empty()) {
    arguments = words(raise.arguments.size(), "arguments");
    for (uint32_t k = 0; k < raise.arguments.size(); ++k) {
      Kind kind = kinds_.slots[raise.arguments[k]];
      store_word(b_, arguments, k, read(raise.arguments[k], kind), kind);
    }
  }
  const Helpers& helpers = module_.helpers();
  b_.CreateCall(helpers.raise, {helpers.sites, b_.getInt32(static_cast<uint32_t>(module_.add_site(std::move(place)))), arguments});
  b_.CreateBr(failed());
}

void Translator::ret(const Instr& i) {
  if (results_in_) {
    for (uint32_t k = 0; k < i.aux; ++k) {
      Kind kind = kinds_.slots[i.a + k];
      store_word(b_, results_in_, k, read(i.a + k, kind), kind);
    }
  }
  llvm::Type* type = function_.getReturnType();
  if (!type->isStructTy()) {
    b_.CreateRet(b_.getInt32(0));
    return;
  }
  Value* result = b_.CreateInsertValue(llvm::PoisonValue::get(type), b_.getInt32(0), 0);
  for (uint32_t k = 0; k < i.aux && !results_in_; ++k) result = b_.CreateInsertValue(result, read(i.a + k, kinds_.results[k]), k + 1);
  b_.CreateRet(result);
}

BasicBlock* Translator::failed() {
  if (handler_) return handler_;
  if (failed_) return failed_;
  failed_ = block("failed");
  llvm::IRBuilder<> b(failed_);
  llvm::Type* type = function_.getReturnType();
  Value* one = b.getInt32(1);
  b.CreateRet(type->isStructTy() ? b.CreateInsertValue(llvm::PoisonValue::get(type), one, 0) : one);
  return failed_;
}

int32_t Translator::site(int32_t line, const typed::Fault* fault) {
  native::Site site;
  site.has_message = fault != nullptr;
  if (fault) site.kind = fault->kind, site.message = fault->message;
  if (line != no_frame && unit_function_.spec) site.function = unit_function_.spec->function;
  site.line = line;
  return module_.add_site(std::move(site));
}

BasicBlock* Translator::raising(const typed::Fault& fault, int32_t line) {
  BasicBlock*& made = raising_[{handler_, &fault, line}];
  if (made) return made;
  made = block("raise");
  llvm::IRBuilder<> b(made);
  const Helpers& helpers = module_.helpers();
  b.CreateCall(helpers.raise,
               {helpers.sites, b.getInt32(static_cast<uint32_t>(site(line, &fault))), llvm::ConstantPointerNull::get(b.getPtrTy())});
  b.CreateBr(failed());
  return made;
}

BasicBlock* Translator::tracing(int32_t line) {
  BasicBlock*& made = tracing_[{handler_, line}];
  if (made) return made;
  made = block("trace");
  llvm::IRBuilder<> b(made);
  b.CreateCall(module_.helpers().trace, {module_.helpers().sites, b.getInt32(static_cast<uint32_t>(site(line)))});
  b.CreateBr(failed());
  return made;
}

void Translator::branch_off(Value* bad, BasicBlock* to) {
  BasicBlock* good = block("good");
  b_.CreateCondBr(bad, to, good);
  b_.SetInsertPoint(good);
}

void Translator::check_stack() {
  if (!unit_function_.recursive) return;
  BasicBlock *ask = block("ask"), *on = block("on");
  b_.CreateCondBr(b_.CreateICmpEQ(b_.CreateAnd(depth_, b_.getInt32(check_every - 1)), b_.getInt32(0)), ask, on);
  b_.SetInsertPoint(ask);
  Value* low = b_.CreateCall(module_.helpers().stack_low, {});
  branch_off(b_.CreateICmpNE(low, b_.getInt32(0)), raising(typed::recursion, no_frame));
  b_.CreateBr(on);
  b_.SetInsertPoint(on);
}

}  // namespace px::jit::baseline
