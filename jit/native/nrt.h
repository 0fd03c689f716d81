// Numba's run-time memory functions over the running context's heap. The layout of MemInfo is Numba 0.68's; counts are plain integers,
// since an object made in a context is seen by one thread alone. Every function that allocates returns null where the heap says no.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
// The running context's lists of free blocks (runtime/block_pool.h); of no context: empty ones.
void* px_free_blocks();

using px_nrt_dtor = void (*)(void* data, size_t size, void* info);

struct px_meminfo {
  size_t refct;
  px_nrt_dtor dtor;
  void* dtor_info;
  void* data;
  size_t size;
  void* external_allocator;  // always null here
};

px_meminfo* NRT_MemInfo_alloc(size_t size);
// What Numba's code has no block for, or does not free, itself (python/px/service/nrt.py).
px_meminfo* px_meminfo_alloc(size_t size, uint32_t align);
void px_meminfo_drop(px_meminfo* mi);
px_meminfo* NRT_MemInfo_alloc_safe(size_t size);
px_meminfo* NRT_MemInfo_alloc_aligned(size_t size, uint32_t align);
px_meminfo* NRT_MemInfo_alloc_safe_aligned(size_t size, uint32_t align);
px_meminfo* NRT_MemInfo_alloc_dtor(size_t size, px_nrt_dtor dtor);
px_meminfo* NRT_MemInfo_alloc_dtor_safe(size_t size, px_nrt_dtor dtor);
px_meminfo* NRT_MemInfo_new(void* data, size_t size, px_nrt_dtor dtor, void* dtor_info);
px_meminfo* NRT_MemInfo_new_varsize(size_t size);
px_meminfo* NRT_MemInfo_new_varsize_dtor(size_t size, px_nrt_dtor dtor);
void* NRT_MemInfo_varsize_alloc(px_meminfo* mi, size_t size);
void* NRT_MemInfo_varsize_realloc(px_meminfo* mi, size_t size);
void NRT_MemInfo_varsize_free(px_meminfo* mi, void* pointer);
void NRT_MemInfo_acquire(px_meminfo* mi);
void NRT_MemInfo_release(px_meminfo* mi);
void NRT_MemInfo_call_dtor(px_meminfo* mi);
void NRT_MemInfo_destroy(px_meminfo* mi);
void* NRT_MemInfo_data(px_meminfo* mi);
size_t NRT_MemInfo_size(px_meminfo* mi);
size_t NRT_MemInfo_refcount(px_meminfo* mi);
void* NRT_MemInfo_parent(px_meminfo* mi);
void NRT_incref(px_meminfo* mi);  // both take null
void NRT_decref(px_meminfo* mi);
void* NRT_Allocate(size_t size);
void* NRT_Reallocate(void* pointer, size_t size);
void NRT_Free(void* pointer);
}
