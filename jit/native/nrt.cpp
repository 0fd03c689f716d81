#include "jit/native/nrt.h"

#include <bit>
#include <cstring>

#include "jit/native/heap.h"

namespace {

using px::jit::native::heap_allocate;
using px::jit::native::heap_free;
using px::jit::native::heap_size;
namespace detail = px::jit::native::detail;

// UBSan's check of a called function's type reads the bytes before it, which linked code does not have.
#define PX_CALLS_LINKED_CODE __attribute__((no_sanitize("function")))

constexpr size_t default_alignment = 16, runtime_alignment = px::runtime::BlockPool::alignment;
constexpr size_t largest = size_t{1} << 47;  // no request above it can be met, and sums below it cannot wrap

px_meminfo* make(size_t size, size_t align, px_nrt_dtor dtor, void* info) {
  if (size > largest || align > 4096) return nullptr;
  if (align < default_alignment) align = default_alignment;
  align = std::bit_ceil(align);  // a power of two that does as well: no division below
  // Blocks lie at 64, and the data 64 behind.
  static_assert(runtime_alignment == sizeof(detail::BlockHeader) + sizeof(px_meminfo));
  size_t slack = align > runtime_alignment ? align : 0;
  auto* base = static_cast<char*>(heap_allocate(sizeof(px_meminfo) + size + slack));
  if (!base) return nullptr;
  auto* mi = reinterpret_cast<px_meminfo*>(base);
  auto data = reinterpret_cast<uintptr_t>(base + sizeof(px_meminfo));
  data = (data + align - 1) & ~(align - 1);
  *mi = {1, dtor, info, reinterpret_cast<void*>(data), size, nullptr};
  return mi;
}

PX_CALLS_LINKED_CODE void dtor_of(void* data, size_t size, void* info) {
  if (info) reinterpret_cast<px_nrt_dtor>(info)(data, size, nullptr);
}

// Of a block with data of its own beside the MemInfo, which containers make larger as they grow.
PX_CALLS_LINKED_CODE void varsize_dtor(void* data, size_t, void* info) {
  if (info) reinterpret_cast<void (*)(void*)>(info)(data);
  NRT_Free(data);
}

}  // namespace

extern "C" {

void* px_free_blocks() {
  px::runtime::Context* context = px::runtime::Context::current();
  return context ? context->blocks.table() : px::runtime::BlockPool::no_table();
}
px_meminfo* px_meminfo_alloc(size_t size, uint32_t align) {
  return make(size, align, nullptr, nullptr);
}
void px_meminfo_drop(px_meminfo* mi) {
  NRT_MemInfo_call_dtor(mi);
}

px_meminfo* NRT_MemInfo_alloc(size_t size) {
  return make(size, 0, nullptr, nullptr);
}
px_meminfo* NRT_MemInfo_alloc_aligned(size_t size, uint32_t align) {
  return make(size, align, nullptr, nullptr);
}
px_meminfo* NRT_MemInfo_alloc_dtor(size_t size, px_nrt_dtor dtor) {
  return make(size, 0, dtor ? dtor_of : nullptr, reinterpret_cast<void*>(dtor));
}

// Numba's "safe" ones mark fresh and freed memory for debugging, which no program can rely on.
px_meminfo* NRT_MemInfo_alloc_safe(size_t size) {
  return NRT_MemInfo_alloc(size);
}
px_meminfo* NRT_MemInfo_alloc_safe_aligned(size_t size, uint32_t align) {
  return NRT_MemInfo_alloc_aligned(size, align);
}
px_meminfo* NRT_MemInfo_alloc_dtor_safe(size_t size, px_nrt_dtor dtor) {
  return NRT_MemInfo_alloc_dtor(size, dtor);
}

px_meminfo* NRT_MemInfo_new(void* data, size_t size, px_nrt_dtor dtor, void* dtor_info) {
  auto* mi = static_cast<px_meminfo*>(heap_allocate(sizeof(px_meminfo)));
  if (mi) *mi = {1, dtor, dtor_info, data, size, nullptr};
  return mi;
}

px_meminfo* NRT_MemInfo_new_varsize(size_t size) {
  void* data = NRT_Allocate(size);
  if (!data) return nullptr;
  px_meminfo* mi = NRT_MemInfo_new(data, size, varsize_dtor, nullptr);
  if (!mi) NRT_Free(data);
  return mi;
}

px_meminfo* NRT_MemInfo_new_varsize_dtor(size_t size, px_nrt_dtor dtor) {
  px_meminfo* mi = NRT_MemInfo_new_varsize(size);
  if (mi) mi->dtor_info = reinterpret_cast<void*>(dtor);
  return mi;
}

void* NRT_MemInfo_varsize_alloc(px_meminfo* mi, size_t size) {
  mi->data = NRT_Allocate(size);
  if (mi->data) mi->size = size;
  return mi->data;
}

void* NRT_MemInfo_varsize_realloc(px_meminfo* mi, size_t size) {
  void* data = NRT_Reallocate(mi->data, size);
  if (!data) return nullptr;  // the old block stays, and stays the MemInfo's
  mi->data = data;
  mi->size = size;
  return data;
}

void NRT_MemInfo_varsize_free(px_meminfo* mi, void* pointer) {
  NRT_Free(pointer);
  if (pointer == mi->data) mi->data = nullptr;
}

void NRT_MemInfo_acquire(px_meminfo* mi) {
  ++mi->refct;
}
void NRT_MemInfo_release(px_meminfo* mi) {
  if (--mi->refct == 0) NRT_MemInfo_call_dtor(mi);
}
PX_CALLS_LINKED_CODE void NRT_MemInfo_call_dtor(px_meminfo* mi) {
  if (mi->dtor) mi->dtor(mi->data, mi->size, mi->dtor_info);
  heap_free(mi);
}
void NRT_MemInfo_destroy(px_meminfo* mi) {
  heap_free(mi);
}
void* NRT_MemInfo_data(px_meminfo* mi) {
  return mi->data;
}
size_t NRT_MemInfo_size(px_meminfo* mi) {
  return mi->size;
}
size_t NRT_MemInfo_refcount(px_meminfo* mi) {
  return mi && mi->data ? mi->refct : SIZE_MAX;
}
void* NRT_MemInfo_parent(px_meminfo* mi) {
  return mi->dtor_info;
}

void NRT_incref(px_meminfo* mi) {
  if (mi) ++mi->refct;
}
void NRT_decref(px_meminfo* mi) {
  if (mi) NRT_MemInfo_release(mi);
}

void* NRT_Allocate(size_t size) {
  return size > largest ? nullptr : heap_allocate(size);
}
void NRT_Free(void* pointer) {
  if (pointer) heap_free(pointer);
}
void* NRT_Reallocate(void* pointer, size_t size) {
  if (!pointer) return NRT_Allocate(size);
  size_t old = heap_size(pointer);
  if (size <= old) return pointer;
  void* fresh = NRT_Allocate(size);
  if (!fresh) return nullptr;
  std::memcpy(fresh, pointer, old);
  heap_free(pointer);
  return fresh;
}

}  // extern "C"
