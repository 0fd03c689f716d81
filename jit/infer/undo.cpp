#include "jit/infer/undo.h"

#include "jit/builtins/strided.h"
#include "jit/types/record.h"
#include "runtime/context.h"
#include "runtime/snapshot.h"

namespace px::jit {

using typed::Slot;

namespace {

int32_t failed(runtime::Context& context) {
  return context.set_no_memory("no memory left for a snapshot"), 1;
}

// Arguments: item size, ndim, whether indices are unsigned, the array, the indices.
int32_t keep_element(const uint64_t* x, uint64_t*) {
  auto& context = *runtime::Context::current();
  if (context.snapshots.empty()) return 0;
  const int ndim = static_cast<int>(x[1]);
  const uint64_t *array = x + 3, *index = array + 2 + 2 * ndim;
  const auto address = element_place(array, ndim, index, x[2] != 0);
  if (!address) return 0;  // the access itself raises
  return context.snapshots.back()->keep(reinterpret_cast<char*>(*address), x[0]) ? 0 : failed(context);
}

// Arguments: item size, ndim, the array.
int32_t keep_array(const uint64_t* x, uint64_t*) {
  auto& context = *runtime::Context::current();
  if (context.snapshots.empty()) return 0;
  const int ndim = static_cast<int>(x[1]);
  const uint64_t* array = x + 2;
  const bool kept = context.snapshots.back()->keep(array[array_data_slot], ndim, x[0], array + array_shape_slot(ndim, 0),
                                                   array + array_stride_slot(ndim, 0), false);
  return kept ? 0 : failed(context);
}

int32_t keep_all(const uint64_t*, uint64_t*) {
  auto& context = *runtime::Context::current();
  return context.snapshots.empty() || context.snapshots.back()->keep_all() ? 0 : failed(context);
}

bool holds_array(const Type* t) {
  if (t->kind == TypeKind::array || t->kind == TypeKind::array_iter || t->is_records() || t->is_record()) return true;
  for (auto* e : t->elements)
    if (holds_array(e)) return true;
  return false;
}

}  // namespace

void emit_keep(Lowering& low, const typed::Access& access) {
  auto& e = low.emitter;
  const Type* type = access.type;
  std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(item_size(type->scalar))), e.int_constant(type->ndim),
                          e.int_constant(access.index_unsigned)};
  for (uint32_t k = 0; k < type->slots; ++k) slots.push_back(access.array + k);
  slots.insert(slots.end(), access.index.begin(), access.index.end());
  e.call_runtime("px_snapshot_element", keep_element, std::move(slots), e.temporary(types::int64()), 1);
}

void emit_keep(Lowering& low, const Type* type, Slot at) {
  auto& e = low.emitter;
  if (!holds_array(type)) return;
  if (type->is_record()) {
    if (!type->writable) return;
    return e.call_runtime("px_snapshot_array", keep_array,
                          {e.int_constant(static_cast<int64_t>(record_bytes(type))), e.int_constant(0), at}, e.temporary(types::int64()),
                          1);
  }
  if (type->kind == TypeKind::array || type->kind == TypeKind::array_iter || type->is_records()) {
    if (!type->writable) return;
    std::vector<Slot> slots{e.int_constant(static_cast<int64_t>(element_bytes(type))), e.int_constant(type->ndim)};
    for (uint32_t k = 0; k < 2 + 2 * uint32_t{type->ndim}; ++k) slots.push_back(at + k);
    e.call_runtime("px_snapshot_array", keep_array, std::move(slots), e.temporary(types::int64()), 1);
    return;
  }
  // Lists, values that may be None, iterators whose state is elsewhere.
  if (type->is_list() || type->is_optional() || (type->kind == TypeKind::iterator && type->text == "shared"))
    return e.call_runtime("px_snapshot_all", keep_all, {}, e.temporary(types::int64()), 1);
  uint32_t own = type->slots;
  for (auto* element : type->elements) own -= element->slots;
  at += own;
  for (auto* element : type->elements) {
    emit_keep(low, element, at);
    at += element->slots;
  }
}

std::vector<int> open_snapshots(const Inference& inference) {
  auto& cfg = inference.cfg();
  std::vector<int> open(cfg.blocks.size(), -1);
  std::vector<uint32_t> todo{0};
  if (!open.empty()) open[0] = 0;
  while (!todo.empty()) {
    const uint32_t b = todo.back();
    todo.pop_back();
    int depth = open[b];
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) depth += inference.plan(at).snapshot;
    for (uint32_t next : cfg.blocks[b].successors) {
      if (open[next] >= 0) continue;
      open[next] = depth;
      todo.push_back(next);
    }
  }
  return open;
}

}  // namespace px::jit
