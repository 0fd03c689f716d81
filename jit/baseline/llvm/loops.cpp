// Ranges, loops and the polls in them.
//
// A range in strips:
//   start:      notes where it begins              (entered from outside the loop)
//   enter:      how far this strip goes            (entered from `start` and from `strip_end`)
//   range:      the next round, or `strip_end`     (entered from `enter` and from the loop's ends: a loop that can be counted)
//   strip_end:  exhausted, or poll and `enter`
// Another loop in strips:
//   enter:      a strip's rounds                   (entered from outside the loop and after a poll)
//   back:       one less, the header; or poll and `enter`
// A loop with others in it:
//   back:       pays, polls where nothing is left, the header
#include "jit/baseline/llvm/arithmetic.h"
#include "jit/baseline/llvm/translator.h"
#include "jit/native/helpers.h"
#include "jit/native/poll.h"

namespace px::jit::baseline {

using llvm::BasicBlock;
using llvm::Value;
using typed::Instr;

// What a strip whose length is not known beforehand takes from the fuel: long enough ones poll by themselves.
constexpr uint64_t strip_cost = 16;

void Translator::plan_loops() {
  if (graph_.has_fuel) fuel_ = variable(b_.getInt64Ty(), "fuel");
  for (const LoopPlan& plan : graph_.loops) {
    LoopBlocks& loop = loops_.emplace_back();
    if (!blocks_[plan.header]) continue;
    bool range = plan.polls == LoopPlan::Polls::range_strips, counted = plan.polls == LoopPlan::Polls::counted_strips;
    if (range || counted) {
      loop.enter = block("enter");
      loop.limit = variable(b_.getInt64Ty(), "limit");
    }
    if (range) {
      loop.start = block("start");
      loop.strip_end = block("strip_end");
      loop.first = variable(b_.getInt64Ty(), "first");
    } else if (plan.polls == LoopPlan::Polls::none) {
      module_.expect_short_loop();
    } else {
      loop.back = block("back");
    }
  }
}

void Translator::finish_loops() {
  for (size_t k = 0; k < loops_.size(); ++k) {
    const LoopPlan& plan = graph_.loops[k];
    const LoopBlocks& loop = loops_[k];
    if (!blocks_[plan.header]) continue;
    switch (plan.polls) {
      case LoopPlan::Polls::range_strips:
        start_range(plan, loop);
        enter_strip(plan, loop);
        end_strip(plan, loop);
        break;
      case LoopPlan::Polls::counted_strips:
        count_strips(plan, loop);
        break;
      case LoopPlan::Polls::none:
        break;
      case LoopPlan::Polls::fuel:
        pay_and_go_back(plan, loop);
    }
  }
}

// The block to jump to, so that `to` runs next.
BasicBlock* Translator::edge(flow::BlockIndex from, flow::BlockIndex to) {
  int index = graph_.loop_of[to];
  if (index < 0) return blocks_[to];
  const LoopPlan& plan = graph_.loops[static_cast<size_t>(index)];
  const LoopBlocks& loop = loops_[static_cast<size_t>(index)];
  bool latch = from != outside && plan.is_latch[from];
  switch (plan.polls) {
    case LoopPlan::Polls::range_strips:
      return latch ? blocks_[to] : loop.start;
    case LoopPlan::Polls::counted_strips:
      return latch ? loop.back : loop.enter;
    case LoopPlan::Polls::none:
      return blocks_[to];
    default:
      return latch ? loop.back : blocks_[to];
  }
}

void Translator::init_range(const Instr& i) {
  Value* start = read(i.a, Kind::word);
  if (i.aux == flow::unit_step) {
    Value* stop = read(i.b, Kind::word);
    write(i.d, start, Kind::word);
    return write(i.d + 1, stop, Kind::word);
  }
  Value *stop = read(i.a + 1, Kind::word), *step = read(i.a + 2, Kind::word);
  Value *zero = b_.getInt64(0), *one = b_.getInt64(1);
  branch_off(b_.CreateICmpEQ(step, zero), raising(typed::zero_step, i.line));
  bool is_signed = i.kind == Scalar::i64;
  auto less = is_signed ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT;
  Value* up = is_signed ? b_.CreateICmpSGT(step, zero) : b_.getTrue();
  Value* any = b_.CreateSelect(up, b_.CreateICmp(less, start, stop), b_.CreateICmp(less, stop, start));
  Value* distance = b_.CreateSelect(up, b_.CreateSub(stop, start), b_.CreateSub(start, stop));
  Value* by = b_.CreateSelect(up, step, b_.CreateNeg(step));
  Value* rounds = b_.CreateAdd(one, b_.CreateUDiv(b_.CreateSub(distance, one), by));
  write(i.d, start, Kind::word);
  write(i.d + 1, step, Kind::word);
  write(i.d + 2, b_.CreateSelect(any, rounds, zero), Kind::word);
}

void Translator::next_of_range(flow::BlockIndex at, const Instr& i) {
  int index = graph_.loop_of[at];
  const LoopBlocks* strip = nullptr;
  if (index >= 0 && graph_.loops[static_cast<size_t>(index)].polls == LoopPlan::Polls::range_strips)
    strip = &loops_[static_cast<size_t>(index)];
  BasicBlock* round = block("round");
  BasicBlock* end = strip ? strip->strip_end : edge(at, i.target);
  Value* next = read(i.a, Kind::word);
  Value* limit = strip ? b_.CreateLoad(b_.getInt64Ty(), strip->limit) : nullptr;
  bool is_signed = i.kind == Scalar::i64;
  if (i.aux == flow::unit_step) {
    if (!limit) limit = read(i.a + 1, Kind::word);
    b_.CreateCondBr(b_.CreateICmp(is_signed ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT, next, limit), round, end);
    b_.SetInsertPoint(round);
    // It cannot wrap: next < limit.
    write(i.a, b_.CreateAdd(next, b_.getInt64(1), "", !is_signed, is_signed), Kind::word);
  } else {
    Value* remaining = read(i.a + 2, Kind::word);
    if (!limit) limit = b_.getInt64(0);
    b_.CreateCondBr(b_.CreateICmpNE(remaining, limit), round, end);
    b_.SetInsertPoint(round);
    write(i.a, b_.CreateAdd(next, read(i.a + 1, Kind::word)), Kind::word);
    write(i.a + 2, b_.CreateSub(remaining, b_.getInt64(1)), Kind::word);
  }
  write(i.d, next, Kind::word);
  b_.CreateBr(edge(at, i.target2));
}

// A range's iterator as before its last `range_next`.
void Translator::undo_round(const Instr& i) {
  Value* next = read(i.a, Kind::word);
  if (i.aux == flow::unit_step) return write(i.a, b_.CreateSub(next, b_.getInt64(1)), Kind::word);
  write(i.a, b_.CreateSub(next, read(i.a + 1, Kind::word)), Kind::word);
  write(i.a + 2, b_.CreateAdd(read(i.a + 2, Kind::word), b_.getInt64(1)), Kind::word);
}

// What was before the first strip is beyond LLVM's analysis of the loop around the strips: it is told.
void Translator::assume_least(const LoopPlan& plan) {
  if (!plan.least) return;
  Value* next = read(graph_.flow.blocks[plan.header].last().a, Kind::word);
  b_.CreateAssumption(b_.CreateICmpSGE(next, b_.getInt64(static_cast<uint64_t>(*plan.least))));
}

void Translator::start_range(const LoopPlan& plan, const LoopBlocks& loop) {
  b_.SetInsertPoint(loop.start);
  b_.CreateStore(read(graph_.flow.blocks[plan.header].last().a, Kind::word), loop.first);
  b_.CreateBr(loop.enter);
}

void Translator::enter_strip(const LoopPlan& plan, const LoopBlocks& loop) {
  const Instr& i = graph_.flow.blocks[plan.header].last();
  b_.SetInsertPoint(loop.enter);
  Value *interval = b_.getInt64(px_poll_interval), *zero = b_.getInt64(0), *rounds, *limit;
  if (i.aux == flow::unit_step) {
    Value *next = read(i.a, Kind::word), *stop = read(i.a + 1, Kind::word);
    bool is_signed = i.kind == Scalar::i64;
    Value* any = b_.CreateICmp(is_signed ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT, next, stop);
    Value* left = b_.CreateSelect(any, b_.CreateSub(stop, next), zero);
    Value* is_long = b_.CreateICmpUGT(left, interval);
    limit = b_.CreateSelect(is_long, b_.CreateAdd(next, interval), stop);
    rounds = b_.CreateSelect(is_long, interval, left);
    assume_least(plan);
    b_.CreateAssumption(
        b_.CreateICmp(is_signed ? llvm::CmpInst::ICMP_SGE : llvm::CmpInst::ICMP_UGE, next, b_.CreateLoad(b_.getInt64Ty(), loop.first)));
    b_.CreateAssumption(b_.CreateICmp(is_signed ? llvm::CmpInst::ICMP_SLE : llvm::CmpInst::ICMP_ULE, limit, stop));
  } else {
    Value* left = read(i.a + 2, Kind::word);
    Value* is_long = b_.CreateICmpUGT(left, interval);
    limit = b_.CreateSelect(is_long, b_.CreateSub(left, interval), zero);
    rounds = b_.CreateSelect(is_long, interval, left);
  }
  b_.CreateStore(limit, loop.limit);
  if (fuel_) pay(rounds);
  b_.CreateBr(blocks_[plan.header]);
}

void Translator::end_strip(const LoopPlan& plan, const LoopBlocks& loop) {
  const Instr& i = graph_.flow.blocks[plan.header].last();
  b_.SetInsertPoint(loop.strip_end);
  Value* more;
  if (i.aux == flow::unit_step) {
    auto less = i.kind == Scalar::i64 ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT;
    more = b_.CreateICmp(less, read(i.a, Kind::word), read(i.a + 1, Kind::word));
  } else {
    more = b_.CreateICmpNE(read(i.a + 2, Kind::word), b_.getInt64(0));
  }
  BasicBlock* polls = block("poll");
  b_.CreateCondBr(more, polls, edge(plan.header, i.target));
  b_.SetInsertPoint(polls);
  poll(i.line);
  b_.CreateBr(loop.enter);
}

void Translator::count_strips(const LoopPlan& plan, const LoopBlocks& loop) {
  int32_t line = graph_.flow.blocks[plan.header].last().line;
  b_.SetInsertPoint(loop.enter);
  b_.CreateStore(b_.getInt64(px_poll_interval), loop.limit);
  if (fuel_) pay(b_.getInt64(strip_cost));
  b_.CreateBr(blocks_[plan.header]);

  b_.SetInsertPoint(loop.back);
  Value* left = b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), loop.limit), b_.getInt64(1), "", true, true);
  b_.CreateStore(left, loop.limit);
  BasicBlock* empty = block("empty");
  b_.CreateCondBr(b_.CreateICmpEQ(left, b_.getInt64(0)), empty, blocks_[plan.header]);
  b_.SetInsertPoint(empty);
  poll(line);
  b_.CreateBr(loop.enter);
}

void Translator::pay_and_go_back(const LoopPlan& plan, const LoopBlocks& loop) {
  b_.SetInsertPoint(loop.back);
  pay(b_.getInt64(static_cast<uint64_t>(plan.cost)));
  BasicBlock *empty = block("empty"), *header = blocks_[plan.header];
  Value* left = b_.CreateLoad(b_.getInt64Ty(), fuel_);
  BasicBlock* on = block("on");
  b_.CreateCondBr(b_.CreateICmpSLE(left, b_.getInt64(0)), empty, on);
  b_.SetInsertPoint(empty);
  poll(graph_.flow.blocks[plan.header].last().line);
  b_.CreateStore(b_.getInt64(px_poll_interval), fuel_);
  b_.CreateBr(on);
  b_.SetInsertPoint(on);
  b_.CreateBr(header);
}

void Translator::pay(Value* cost) {
  b_.CreateStore(b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), fuel_), cost), fuel_);
}

void Translator::poll(int32_t line) {
  llvm::CallInst* status = b_.CreateCall(module_.helpers().poll, {});
  status->setCallingConv(module_.helpers().poll_convention);
  branch_off(b_.CreateICmpNE(status, b_.getInt32(0)), tracing(line));
}

}  // namespace px::jit::baseline
