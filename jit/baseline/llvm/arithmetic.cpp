#include "jit/baseline/llvm/arithmetic.h"

#include <llvm/IR/IntrinsicsX86.h>

namespace px::jit::baseline {

using llvm::Constant;
using llvm::ConstantFP;
using llvm::ConstantInt;
using llvm::Value;
using llvm::Intrinsic::ID;
using typed::Op;
using Builder = llvm::IRBuilder<>;

namespace {

// A predicate of compares, by what kind of number is compared.
using Predicate = llvm::CmpInst::Predicate;
Predicate predicate(Op op, Scalar kind) {
  bool real = is_float(kind), with_sign = is_signed(kind);
  auto choose = [&](Predicate f, Predicate s, Predicate u) { return real ? f : with_sign ? s : u; };
  switch (op) {
    case Op::eq_:
      return choose(Predicate::FCMP_OEQ, Predicate::ICMP_EQ, Predicate::ICMP_EQ);
    case Op::ne_:
      return choose(Predicate::FCMP_UNE, Predicate::ICMP_NE, Predicate::ICMP_NE);
    case Op::lt_:
      return choose(Predicate::FCMP_OLT, Predicate::ICMP_SLT, Predicate::ICMP_ULT);
    case Op::le_:
      return choose(Predicate::FCMP_OLE, Predicate::ICMP_SLE, Predicate::ICMP_ULE);
    case Op::gt_:
      return choose(Predicate::FCMP_OGT, Predicate::ICMP_SGT, Predicate::ICMP_UGT);
    default:
      return choose(Predicate::FCMP_OGE, Predicate::ICMP_SGE, Predicate::ICMP_UGE);
  }
}
Value* compare(Builder& b, Op op, Scalar kind, Value* x, Value* y) {
  return b.CreateCmp(predicate(op, kind), x, y);
}

// divide() of value.h, step by step.
Value* divide_floats(Builder& b, Op op, Value* x, Value* y) {
  llvm::Type* type = x->getType();
  Value *zero = ConstantFP::get(type, 0.0), *one = ConstantFP::get(type, 1.0);
  Value* mod = b.CreateFRem(x, y);
  Value* div = b.CreateFDiv(b.CreateFSub(x, mod), y);
  Value* rest = b.CreateFCmpUNE(mod, zero);  // or NaN
  Value* negative = b.CreateFCmpOLT(y, zero);
  Value* adjust = b.CreateAnd(rest, b.CreateXor(negative, b.CreateFCmpOLT(mod, zero)));
  if (op == Op::mod_) {
    Value* signed_zero = b.CreateSelect(negative, ConstantFP::get(type, -0.0), zero);
    return b.CreateSelect(rest, b.CreateSelect(adjust, b.CreateFAdd(mod, y), mod), signed_zero);
  }
  div = b.CreateSelect(adjust, b.CreateFSub(div, one), div);
  Value* whole = b.CreateUnaryIntrinsic(llvm::Intrinsic::floor, div);
  Value* up = b.CreateFCmpOGT(b.CreateFSub(div, whole), ConstantFP::get(type, 0.5));
  Value* rounded = b.CreateSelect(up, b.CreateFAdd(whole, one), whole);
  Value* nothing = b.CreateFDiv(b.CreateFMul(b.CreateFMul(div, div), x), y);
  Value* quotient = b.CreateSelect(b.CreateFCmpONE(div, zero), rounded, nothing);
  return b.CreateSelect(b.CreateFCmpOEQ(y, zero), b.CreateFDiv(x, y), quotient);
}

// b == 0, where it was not checked, gives 0.
Value* divide_integers(Builder& b, Op op, Scalar kind, Value* x, Value* y) {
  llvm::Type* type = x->getType();
  Value *zero = ConstantInt::get(type, 0), *one = ConstantInt::get(type, 1);
  Value* by_zero = b.CreateICmpEQ(y, zero);
  if (is_unsigned(kind)) {
    Value* divisor = b.CreateSelect(by_zero, one, y);
    Value* result = op == Op::mod_ ? b.CreateURem(x, divisor) : b.CreateUDiv(x, divisor);
    return b.CreateSelect(by_zero, zero, result);
  }
  if (auto* number = llvm::dyn_cast<ConstantInt>(y); number && number->getValue().isStrictlyPositive() && number->getValue().isPowerOf2()) {
    if (op == Op::mod_) return b.CreateAnd(x, b.CreateSub(y, one));
    return b.CreateAShr(x, ConstantInt::get(type, number->getValue().logBase2()));
  }
  Value* minus_one = b.CreateICmpEQ(y, ConstantInt::getSigned(type, -1));
  Value* divisor = b.CreateSelect(b.CreateOr(by_zero, minus_one), one, y);
  Value* rest = b.CreateSRem(x, divisor);
  Value* adjust = b.CreateAnd(b.CreateICmpNE(rest, zero), b.CreateICmpSLT(b.CreateXor(op == Op::mod_ ? rest : x, divisor), zero));
  if (op == Op::mod_) {
    // Divided by 1 the rest is 0, which is right for -1 and for 0.
    return b.CreateSelect(adjust, b.CreateAdd(rest, divisor), rest);
  }
  Value* quotient = b.CreateSub(b.CreateSDiv(x, divisor), b.CreateZExt(adjust, type));
  Value* least = ConstantInt::get(type, uint64_t{1} << 63);
  Value* negated = b.CreateSelect(b.CreateICmpEQ(x, least), zero, b.CreateNeg(x));
  return b.CreateSelect(by_zero, zero, b.CreateSelect(minus_one, negated, quotient));
}

// cvttsd2si: what is out of range gives the least integer, where LLVM's own conversion would be undefined.
Value* truncate(Builder& b, Value* d, bool wide) {
  Value* vector = b.CreateInsertElement(llvm::PoisonValue::get(llvm::FixedVectorType::get(b.getDoubleTy(), 2)), d, uint64_t{0});
  ID id = wide ? llvm::Intrinsic::x86_sse2_cvttsd2si64 : llvm::Intrinsic::x86_sse2_cvttsd2si;
  return b.CreateIntrinsic(wide ? b.getInt64Ty() : b.getInt32Ty(), id, {vector});
}

Value* float_to_integer(Builder& b, Scalar to, Value* d) {
  if (to == Scalar::u64) {
    Value* low = truncate(b, d, true);
    Value* high = truncate(b, b.CreateFSub(d, ConstantFP::get(d->getType(), 0x1p63)), true);
    return b.CreateOr(low, b.CreateAnd(high, b.CreateAShr(low, 63)));
  }
  if (to == Scalar::i64) return truncate(b, d, true);
  Value* whole = truncate(b, d, to == Scalar::u32);
  return widen(b, b.CreateTrunc(whole, b.getIntNTy(bits_of(to))), to);
}

}  // namespace

llvm::Type* type_of(llvm::LLVMContext& context, Kind kind) {
  switch (kind) {
    case Kind::f64:
      return llvm::Type::getDoubleTy(context);
    case Kind::f32:
      return llvm::Type::getFloatTy(context);
    case Kind::flag:
      return llvm::Type::getInt1Ty(context);
    case Kind::pointer:
      return llvm::PointerType::getUnqual(context);
    default:
      return llvm::Type::getInt64Ty(context);
  }
}

Value* recast(Builder& b, Value* v, Kind from, Kind to) {
  if (from == to) return v;
  Value* word = v;
  switch (from) {
    case Kind::f64:
      word = b.CreateBitCast(v, b.getInt64Ty());
      break;
    case Kind::f32:
      word = b.CreateZExt(b.CreateBitCast(v, b.getInt32Ty()), b.getInt64Ty());
      break;
    case Kind::flag:
      word = b.CreateZExt(v, b.getInt64Ty());
      break;
    case Kind::pointer:
      word = b.CreatePtrToInt(v, b.getInt64Ty());
      break;
    default:
      break;
  }
  switch (to) {
    case Kind::f64:
      return b.CreateBitCast(word, b.getDoubleTy());
    case Kind::f32:
      return b.CreateBitCast(b.CreateTrunc(word, b.getInt32Ty()), b.getFloatTy());
    case Kind::flag:
      return b.CreateICmpNE(word, b.getInt64(0));
    case Kind::pointer:
      return b.CreateIntToPtr(word, b.getPtrTy());
    default:
      return word;
  }
}

Constant* constant(llvm::LLVMContext& context, uint64_t bits, Kind kind) {
  llvm::Type* type = type_of(context, kind);
  auto* word = ConstantInt::get(llvm::Type::getInt64Ty(context), bits);
  switch (kind) {
    case Kind::f64:
      return ConstantFP::get(type, llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, bits)));
    case Kind::f32:
      return ConstantFP::get(type, llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, bits & 0xffffffff)));
    case Kind::flag:
      return ConstantInt::get(type, bits != 0);
    case Kind::pointer:
      return llvm::ConstantExpr::getIntToPtr(word, type);
    default:
      return word;
  }
}

unsigned bits_of(Scalar s) {
  switch (s) {
    case Scalar::boolean:
    case Scalar::i8:
    case Scalar::u8:
      return 8;
    case Scalar::i16:
    case Scalar::u16:
      return 16;
    case Scalar::i32:
    case Scalar::u32:
    case Scalar::f32:
      return 32;
    default:
      return 64;
  }
}

Value* widen(Builder& b, Value* v, Scalar s) {
  return is_signed(s) ? b.CreateSExt(v, b.getInt64Ty()) : b.CreateZExt(v, b.getInt64Ty());
}

Value* convert(Builder& b, Scalar from, Scalar to, Value* v) {
  if (to == Scalar::boolean) {
    if (from == Scalar::boolean) return v;
    Constant* zero = Constant::getNullValue(v->getType());
    return is_float(from) ? b.CreateFCmpUNE(v, zero) : b.CreateICmpNE(v, zero);  // NaN is true
  }
  if (is_float(to)) {
    llvm::Type* type = type_of(b.getContext(), kind_of(to));
    if (is_float(from)) return b.CreateFPCast(v, type);
    return is_signed(from) ? b.CreateSIToFP(v, type) : b.CreateUIToFP(v, type);
  }
  if (is_float(from)) return float_to_integer(b, to, b.CreateFPCast(v, b.getDoubleTy()));
  if (from == Scalar::boolean) return b.CreateZExt(v, b.getInt64Ty());
  return bits_of(to) == 64 ? v : widen(b, b.CreateTrunc(v, b.getIntNTy(bits_of(to))), to);
}

Value* compute(Builder& b, const typed::Instr& instr, Value* x, Value* y) {
  Op op = instr.op;
  Scalar kind = instr.kind;
  bool real = is_float(kind);
  switch (op) {
    case Op::add_:
      return real ? b.CreateFAdd(x, y) : b.CreateAdd(x, y);
    case Op::sub_:
      return real ? b.CreateFSub(x, y) : b.CreateSub(x, y);
    case Op::mul_:
      return real ? b.CreateFMul(x, y) : b.CreateMul(x, y);
    case Op::neg_:
      return real ? b.CreateFNeg(x) : b.CreateNeg(x);
    case Op::abs_:
      if (real) return b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
      return is_signed(kind) ? b.CreateBinaryIntrinsic(llvm::Intrinsic::abs, x, b.getFalse()) : x;
    case Op::truediv_:
      return b.CreateFDiv(x, y);
    case Op::floordiv_:
    case Op::mod_:
      return real ? divide_floats(b, op, x, y) : divide_integers(b, op, kind, x, y);
    case Op::bit_and_:
      return b.CreateAnd(x, y);
    case Op::bit_or_:
      return b.CreateOr(x, y);
    case Op::bit_xor_:
      return b.CreateXor(x, y);
    case Op::bit_not_:
    case Op::logical_not_:
      return b.CreateNot(x);
    case Op::shl_:
      return b.CreateShl(x, y);
    case Op::shr_:
      return is_signed(kind) ? b.CreateAShr(x, y) : b.CreateLShr(x, y);
    case Op::min_:
      return b.CreateSelect(compare(b, Op::lt_, kind, y, x), y, x);
    case Op::max_:
      return b.CreateSelect(compare(b, Op::gt_, kind, y, x), y, x);
    case Op::sqrt_:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x);
    case Op::floor_:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::floor, x);
    case Op::ceil_:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::ceil, x);
    default:
      return compare(b, op, kind, x, y);
  }
}

}  // namespace px::jit::baseline
