#include "jit/baseline/llvm/translator.h"

#include "jit/baseline/llvm/arithmetic.h"
#include "jit/native/helpers.h"
#include "jit/native/poll.h"

namespace px::jit::baseline {

using llvm::BasicBlock;
using llvm::Value;
using typed::Instr;
using typed::Op;

Value* load_word(llvm::IRBuilder<>& b, Value* words, uint32_t index, Kind kind) {
  Value* address = b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), words, index);
  // A float lies in the low four bytes; a boolean is the whole word.
  if (kind == Kind::flag) return b.CreateICmpNE(b.CreateLoad(b.getInt64Ty(), address), b.getInt64(0));
  return b.CreateLoad(type_of(b.getContext(), kind), address);
}

void store_word(llvm::IRBuilder<>& b, Value* words, uint32_t index, Value* value, Kind kind) {
  Value* address = b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), words, index);
  bool narrow = kind == Kind::flag || kind == Kind::f32;
  b.CreateStore(narrow ? recast(b, value, kind, Kind::word) : value, address);
}

Translator::Translator(UnitModule& module, size_t index, const Graph& graph, llvm::Function& function)
    : module_(module),
      unit_function_(module.unit().functions[index]),
      kinds_(module.kinds(index)),
      graph_(graph),
      typed_(*graph.flow.function),
      function_(function),
      context_(module.context()),
      b_(context_),
      constants_(find_constants(graph.flow)),
      signs_(find_signs(graph.flow, constants_)),
      slots_(typed_.frame_slots + 1),
      blocks_(graph.flow.blocks.size()),
      entry_(block("entry")) {
  if (options_of(unit_function_).fastmath) {
    llvm::FastMathFlags flags;
    flags.setFast();
    b_.setFastMathFlags(flags);
  }
}

void Translator::body() {
  const Body& body = module_.body(static_cast<size_t>(&unit_function_ - module_.unit().functions.data()));
  begin(0);
  uint32_t next = typed_.parameter_slots;
  if (body.in_memory) results_in_ = function_.getArg(next++);
  if (body.counts_depth) depth_ = function_.getArg(next);
  for (uint32_t s = 0; s < typed_.parameter_slots; ++s) write(s, function_.getArg(s), kinds_.slots[s]);
  check_stack();
  b_.CreateBr(edge(outside, 0));
  translate_blocks();
}

void Translator::entry() {
  begin(0);
  results_in_ = function_.getArg(1);
  for (uint32_t s = 0; s < typed_.parameter_slots; ++s) write(s, load_word(b_, function_.getArg(0), s, kinds_.slots[s]), kinds_.slots[s]);
  b_.CreateBr(edge(outside, 0));
  translate_blocks();
}

void Translator::move(flow::BlockIndex target) {
  auto [start, undo] = graph_.start_at(target);
  begin(start);
  if (unit_function_.recursive) depth_ = b_.getInt32(0);
  results_in_ = function_.getArg(1);
  const std::vector<uint64_t>& live = graph_.flow.blocks[start].live_in;
  for (Slot s = 0; s < typed_.frame_slots; ++s) {
    if (flow::is_live(live, s) && !constants_.known[s]) write(s, load_word(b_, function_.getArg(0), s, kinds_.slots[s]), kinds_.slots[s]);
  }
  if (undo) undo_round(graph_.flow.blocks[start].last());
  if (int loop = graph_.loop_of[start]; loop >= 0) assume_least(graph_.loops[static_cast<size_t>(loop)]);
  b_.CreateBr(edge(outside, start));
  translate_blocks();
}

void Translator::begin(flow::BlockIndex first) {
  std::vector<uint8_t> reached = reached_from(graph_.flow, first);
  for (flow::BlockIndex i : graph_.flow.layout) {
    if (reached[i]) blocks_[i] = block("block");
  }
  plan_loops();
  b_.SetInsertPoint(entry_);
  if (fuel_) b_.CreateStore(b_.getInt64(px_poll_interval), fuel_);
  // Slots that start with a constant and change.
  for (const typed::Constant& c : typed_.constants) {
    if (!constants_.known[c.slot]) write(c.slot, constant(context_, c.bits, kinds_.slots[c.slot]), kinds_.slots[c.slot]);
  }
}

void Translator::translate_blocks() {
  for (flow::BlockIndex i : graph_.flow.layout) {
    if (!blocks_[i]) continue;
    b_.SetInsertPoint(blocks_[i]);
    const flow::Block& block = graph_.flow.blocks[i];
    handler_ = block.last().op == Op::guard_ ? edge(i, block.last().target2) : nullptr;
    for (const Instr& instr : block.code) translate(i, instr);
  }
  handler_ = nullptr;
  finish_loops();
}

// In front of what the entry block holds, where SROA looks for them.
llvm::AllocaInst* Translator::variable(llvm::Type* type, const char* name) {
  llvm::IRBuilder<> b(entry_, entry_->begin());
  return b.CreateAlloca(type, nullptr, name);
}

llvm::AllocaInst* Translator::slot(Slot s) {
  if (!slots_[s]) slots_[s] = variable(type_of(context_, kinds_.slots[s]), "slot");
  return slots_[s];
}

Value* Translator::read(Slot s, Kind kind) {
  if (constants_.known[s]) return constant(context_, constants_.bits[s], kind);
  llvm::AllocaInst* from = slot(s);
  return recast(b_, b_.CreateLoad(from->getAllocatedType(), from), kinds_.slots[s], kind);
}

void Translator::write(Slot s, Value* value, Kind kind) {
  Value* cast = recast(b_, value, kind, kinds_.slots[s]);
  b_.CreateStore(cast, slot(s));
}

Value* Translator::words(size_t count, const char* name) {
  return variable(llvm::ArrayType::get(b_.getInt64Ty(), std::max<size_t>(count, 1)), name);
}

BasicBlock* Translator::block(const char* name) {
  return BasicBlock::Create(context_, name, &function_);
}

void Translator::translate(flow::BlockIndex at, const Instr& i) {
  switch (i.op) {
    case Op::move_:
      return translate_move(i);
    case Op::convert_:
      return write(i.d, convert(b_, i.kind, i.to, read(i.a, kind_of(i.kind))), kind_of(i.to));
    case Op::call_math1_:
    case Op::call_math2_:
      return call_math(i);
    case Op::load_:
      return load(i);
    case Op::store_:
      return store(i);
    case Op::range_init_:
      return init_range(i);
    case Op::range_next_:
      return next_of_range(at, i);
    case Op::guard_:
    case Op::jump_:
      b_.CreateBr(edge(at, i.target));
      return;
    case Op::branch_: {
      Value* condition = read(i.a, Kind::flag);
      b_.CreateCondBr(condition, edge(at, i.target), edge(at, i.target2));
      return;
    }
    case Op::call_:
      return call(i);
    case Op::runtime_:
      return call_runtime(i);
    case Op::ret_:
      return ret(i);
    case Op::raise_:
      return raise(i);
    default:
      return translate_value(i);
  }
}

void Translator::translate_value(const Instr& i) {
  Kind kind = kind_of(i.kind);
  Value* x = read(i.a, kind);
  Value* y = i.b == typed::no_slot ? nullptr : read(i.b, kind);
  bool divides = i.op == Op::truediv_ || i.op == Op::floordiv_ || i.op == Op::mod_;
  if (divides && i.aux != 0) {
    llvm::Constant* zero = llvm::Constant::getNullValue(y->getType());
    Value* bad = is_float(i.kind) ? b_.CreateFCmpOEQ(y, zero) : b_.CreateICmpEQ(y, zero);
    branch_off(bad, raising(typed::zero_division, i.line));
  }
  if (i.op == Op::shl_ || i.op == Op::shr_) {
    if (is_signed(i.kind)) {
      branch_off(b_.CreateICmpSLT(y, b_.getInt64(0)), raising(typed::negative_shift, i.line));
    }
    branch_off(b_.CreateICmpUGT(y, b_.getInt64(63)), raising(typed::wide_shift, i.line));
  }
  Value* value = compute(b_, i, x, y);
  write(i.d, value, value->getType()->isIntegerTy(1) ? Kind::flag : kind);
}

void Translator::translate_move(const Instr& i) {
  std::vector<Value*> values;  // all of them first: the runs may overlap
  for (uint32_t k = 0; k < i.aux; ++k) values.push_back(read(i.a + k, kinds_.slots[i.d + k]));
  for (uint32_t k = 0; k < i.aux; ++k) write(i.d + k, values[k], kinds_.slots[i.d + k]);
}

}  // namespace px::jit::baseline
