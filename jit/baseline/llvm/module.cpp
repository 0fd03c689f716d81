#include "jit/baseline/llvm/module.h"

#include <utility>

#include "jit/baseline/llvm/arithmetic.h"
#include "jit/baseline/llvm/translator.h"
#include "jit/native/poll.h"

namespace px::jit::baseline {

using llvm::Value;

const Options& options_of(const UnitFunction& f) {
  static const Options usual;
  return f.spec && f.spec->function ? f.spec->function->options() : usual;
}

UnitModule::UnitModule(llvm::LLVMContext& context, const llvm::TargetMachine& target, const Unit& unit, native::SiteTable& sites)
    : context_(context), unit_(unit), sites_(sites), module_(std::make_unique<llvm::Module>("px", context)), kinds_(find_kinds(unit)) {
  module_->setTargetTriple(target.getTargetTriple());
  module_->setDataLayout(target.createDataLayout());
}

int32_t UnitModule::add_site(native::Site site) {
  sites_.sites.push_back(std::move(site));
  return static_cast<int32_t>(sites_.sites.size()) - 1;
}

void UnitModule::declare_helpers() {
  llvm::Type *nothing = llvm::Type::getVoidTy(context_), *pointer = llvm::PointerType::getUnqual(context_);
  llvm::Type *i32 = llvm::Type::getInt32Ty(context_), *i64 = llvm::Type::getInt64Ty(context_);
  helpers_.sites =
      new llvm::GlobalVariable(*module_, llvm::Type::getInt8Ty(context_), true, llvm::GlobalValue::ExternalLinkage, nullptr, "px_sites");
  auto declare = [&](const char* name, llvm::Type* result, std::vector<llvm::Type*> parameters, bool own_memory, bool cold) {
    llvm::FunctionCallee callee = module_->getOrInsertFunction(name, llvm::FunctionType::get(result, parameters, false));
    auto* function = llvm::cast<llvm::Function>(callee.getCallee());
    function->addFnAttr(llvm::Attribute::NoUnwind);
    if (cold) function->addFnAttr(llvm::Attribute::Cold);
    // They touch the context, which compiled code never sees, and the arguments that they are given.
    if (own_memory) function->setMemoryEffects(llvm::MemoryEffects::inaccessibleOrArgMemOnly());
    return callee;
  };
  helpers_.raise = declare("px_raise", nothing, {pointer, i32, pointer}, true, true);
  helpers_.raise_index = declare("px_raise_index", nothing, {pointer, i32, i64, i64, i64}, true, true);
  helpers_.raise_index_unsigned = declare("px_raise_index_unsigned", nothing, {pointer, i32, i64, i64, i64}, true, true);
  helpers_.trace = declare("px_trace", nothing, {pointer, i32}, true, true);
  helpers_.stack_low = declare("px_stack_low", i32, {}, true, false);
  helpers_.poll = declare("px_poll", i32, {}, true, true);
  if (module_->getTargetTriple().isX86_64()) helpers_.poll_convention = llvm::CallingConv::PreserveAll;
  llvm::cast<llvm::Function>(helpers_.poll.getCallee())->setCallingConv(helpers_.poll_convention);
  helpers_.call = declare("px_call", i32, {pointer, pointer, pointer}, false, false);
}

void UnitModule::declare_body(size_t index) {
  const UnitFunction& f = unit_.functions[index];
  const SlotKinds& kinds = kinds_[index];
  Body& body = bodies_[index];
  body.in_memory = kinds.results.size() > results_in_registers;
  body.counts_depth = f.recursive;
  std::vector<llvm::Type*> parameters, results{llvm::Type::getInt32Ty(context_)};
  for (uint32_t s = 0; s < f.flow.function->parameter_slots; ++s) parameters.push_back(type_of(context_, kinds.slots[s]));
  if (body.in_memory) {
    parameters.push_back(llvm::PointerType::getUnqual(context_));
  } else {
    for (Kind kind : kinds.results) results.push_back(type_of(context_, kind));
  }
  if (body.counts_depth) parameters.push_back(llvm::Type::getInt32Ty(context_));
  auto* type = llvm::FunctionType::get(llvm::StructType::get(context_, results), parameters, false);
  body.function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, "body_" + std::to_string(index), *module_);
  body.function->addFnAttr(llvm::Attribute::NoUnwind);
  if (options_of(f).inline_always && !f.recursive) body.function->addFnAttr(llvm::Attribute::AlwaysInline);
}

bool UnitModule::has_entry(size_t function) const {
  return unit_.entries == Entries::all || (unit_.entries == Entries::root && function == 0);
}

// By function: whether what is asked for calls it inside the unit, directly or not.
std::vector<uint8_t> UnitModule::called_functions(const std::vector<Graph>& graphs) const {
  std::vector<uint8_t> called(unit_.functions.size());
  std::vector<Move> ahead = unit_.moves;
  for (uint32_t i = 0; i < unit_.functions.size(); ++i) {
    if (has_entry(i)) ahead.push_back({i, 0});
  }
  while (!ahead.empty()) {
    auto [index, target] = ahead.back();
    ahead.pop_back();
    const flow::Flow& flow = graphs[index].flow;
    std::vector<uint8_t> reached = reached_from(flow, target == 0 ? 0 : graphs[index].start_at(target).block);
    for (flow::BlockIndex b : flow.layout) {
      if (!reached[b]) continue;
      for (const typed::Instr& i : flow.blocks[b].code) {
        int callee = i.op == typed::Op::call_ ? unit_.find(flow.function->calls[i.aux].callee) : -1;
        if (callee < 0 || std::exchange(called[static_cast<size_t>(callee)], 1) != 0) continue;
        ahead.push_back({static_cast<uint32_t>(callee), 0});
      }
    }
  }
  return called;
}

// Entries and moves: three pointers, a status.
llvm::Function* UnitModule::make_exported(const std::string& name) {
  llvm::Type* pointer = llvm::PointerType::getUnqual(context_);
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context_), {pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, *module_);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  return function;
}

// Reads the parameters, calls the body, writes the results. The body is not inlined here: it would be optimised and generated twice.
void UnitModule::write_entry(size_t index, llvm::Function& function) {
  const SlotKinds& kinds = kinds_[index];
  const Body& body = bodies_[index];
  llvm::IRBuilder<> b(context_);
  llvm::Function* entry = &function;
  Value *args = entry->getArg(0), *ret = entry->getArg(1);
  b.SetInsertPoint(llvm::BasicBlock::Create(context_, "", entry));
  std::vector<Value*> values;
  for (uint32_t s = 0; s < unit_.functions[index].flow.function->parameter_slots; ++s)
    values.push_back(load_word(b, args, s, kinds.slots[s]));
  if (body.in_memory) values.push_back(ret);
  if (body.counts_depth) values.push_back(b.getInt32(0));
  llvm::CallInst* result = b.CreateCall(body.function, values);
  result->setIsNoInline();
  Value* status = b.CreateExtractValue(result, 0);
  if (!body.in_memory && !kinds.results.empty()) {
    auto* good = llvm::BasicBlock::Create(context_, "good", entry);
    auto* end = llvm::BasicBlock::Create(context_, "end", entry);
    b.CreateCondBr(b.CreateICmpEQ(status, b.getInt32(0)), good, end);
    b.SetInsertPoint(good);
    for (uint32_t k = 0; k < kinds.results.size(); ++k) store_word(b, ret, k, b.CreateExtractValue(result, k + 1), kinds.results[k]);
    b.CreateBr(end);
    b.SetInsertPoint(end);
  }
  b.CreateRet(status);
}

std::unique_ptr<llvm::Module> UnitModule::build(Generated& generated) {
  declare_helpers();
  bodies_.resize(unit_.functions.size());
  std::vector<Graph> graphs;
  for (const UnitFunction& f : unit_.functions) graphs.push_back(make_graph(f.flow));
  std::vector<uint8_t> called = called_functions(graphs);
  for (size_t i = 0; i < unit_.functions.size(); ++i) {
    if (called[i]) declare_body(i);
  }
  for (size_t i = 0; i < unit_.functions.size(); ++i) {
    if (called[i]) Translator(*this, i, graphs[i], *bodies_[i].function).body();
    if (!has_entry(i)) {
      generated.entries.emplace_back();
      continue;
    }
    generated.entries.push_back("px_entry_" + std::to_string(i));
    llvm::Function* entry = make_exported(generated.entries.back());
    if (called[i]) {
      write_entry(i, *entry);
    } else {
      Translator(*this, i, graphs[i], *entry).entry();
    }
  }
  for (const Move& move : unit_.moves) {
    generated.moves.push_back("px_move_" + std::to_string(generated.moves.size()));
    llvm::Function* function = make_exported(generated.moves.back());
    Translator(*this, move.function, graphs[move.function], *function).move(move.block);
  }
  return std::move(module_);
}

}  // namespace px::jit::baseline
