// Elements of arrays: bounds, addresses, widths.
#include "jit/baseline/llvm/arithmetic.h"
#include "jit/baseline/llvm/translator.h"

namespace px::jit::baseline {

using llvm::Value;
using typed::Instr;

namespace {

// Whether the elements along this axis lie one after another.
bool is_contiguous(const Type& array, int axis) {
  return (array.layout == Layout::c && axis == array.ndim - 1) || (array.layout == Layout::f && axis == 0);
}

llvm::Type* memory_type(llvm::IRBuilder<>& b, Scalar s) {
  return is_float(s) ? type_of(b.getContext(), kind_of(s)) : b.getIntNTy(bits_of(s));
}

}  // namespace

// An index outside its array is an exception or undefined, so every address on the way is inside the array.
Value* Translator::element_address(const typed::Access& access, int32_t line) {
  const Type& type = *access.type;
  Value* address = read(access.array + array_data_slot, Kind::pointer);
  Value* inner = nullptr;  // the index on the contiguous axis
  for (int axis = 0; axis < type.ndim; ++axis) {
    Slot slot = access.index[static_cast<size_t>(axis)], extent = access.array + array_shape_slot(type.ndim, axis);
    Value* given = read(slot, Kind::word);
    Value* index = given;
    bool wraps = access.wraparound && !access.index_unsigned && !signs_.nonnegative[slot];
    bool inside = signs_.nonnegative[slot] && signs_.below[slot] != typed::no_slot && signs_.below[slot] == signs_.origin[extent];
    if (wraps || (access.bounds_check && !inside)) {
      Value* size = read(extent, Kind::word);
      if (wraps) index = b_.CreateSelect(b_.CreateICmpSLT(given, b_.getInt64(0)), b_.CreateAdd(given, size), given);
      if (access.bounds_check && !inside) {
        llvm::BasicBlock* beyond = block("beyond");
        branch_off(b_.CreateICmpUGE(index, size), beyond);
        llvm::IRBuilder<>::InsertPointGuard guard(b_);
        b_.SetInsertPoint(beyond);
        const Helpers& helpers = module_.helpers();
        b_.CreateCall(
            access.index_unsigned ? helpers.raise_index_unsigned : helpers.raise_index,
            {helpers.sites, b_.getInt32(static_cast<uint32_t>(site(line))), given, b_.getInt64(static_cast<uint64_t>(axis)), size});
        b_.CreateBr(failed());
      }
    }
    if (is_contiguous(type, axis)) {
      inner = index;
      continue;
    }
    Value* stride = read(access.array + array_stride_slot(type.ndim, axis), Kind::word);
    address = b_.CreateInBoundsGEP(b_.getInt8Ty(), address, b_.CreateNSWMul(index, stride));
  }
  return inner ? b_.CreateInBoundsGEP(memory_type(b_, type.scalar), address, inner) : address;
}

// Elements may lie anywhere: NumPy's arrays need not be aligned.
const llvm::Align any_alignment(1);

void Translator::load(const Instr& i) {
  const typed::Access& access = typed_.accesses[i.aux];
  Scalar scalar = access.type->scalar;
  Value* address = element_address(access, i.line);
  Value* value = b_.CreateAlignedLoad(memory_type(b_, scalar), address, any_alignment);
  if (scalar == Scalar::boolean) {
    value = b_.CreateICmpNE(value, b_.getInt8(0));
  } else if (!is_float(scalar)) {
    value = widen(b_, value, scalar);
  }
  write(i.d, value, kind_of(scalar));
}

void Translator::store(const Instr& i) {
  const typed::Access& access = typed_.accesses[i.aux];
  Scalar scalar = access.type->scalar;
  Value* value = read(i.a, kind_of(scalar));
  Value* address = element_address(access, i.line);
  if (scalar == Scalar::boolean) {
    value = b_.CreateZExt(value, b_.getInt8Ty());
  } else if (!is_float(scalar)) {
    value = b_.CreateTrunc(value, b_.getIntNTy(bits_of(scalar)));
  }
  b_.CreateAlignedStore(value, address, any_alignment);
}

}  // namespace px::jit::baseline
