// What px provides to compiled code, as little as tests need: exceptions are recorded, memory is malloc's and counted.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char px_sites[1];

struct Record {
  int32_t raised, index_error, trace_count, depth_limit, live, allocations;
  int32_t trace[64];
  int64_t index, axis, size;
  const uint64_t* raw_arguments;
  uint64_t arguments[32];
} px_record = {-1};

void px_reset(int32_t depth_limit) {
  memset(&px_record, 0, sizeof px_record);
  px_record.raised = -1;
  px_record.depth_limit = depth_limit;
}
int32_t px_argument_count;  // set by the test before the call: how many argument slots to keep
void px_raise(const void* sites, int32_t site, const uint64_t* args) {
  if (sites != px_sites) abort();
  px_record.raised = site;
  for (int i = 0; args && i < px_argument_count; i++) px_record.arguments[i] = args[i];
}
void px_raise_index(const void* sites, int32_t site, int64_t index, int64_t axis, int64_t size) {
  if (sites != px_sites) abort();
  px_record.raised = site;
  px_record.index_error = 1;
  px_record.index = index;
  px_record.axis = axis;
  px_record.size = size;
}
void px_trace(const void* sites, int32_t site) {
  if (sites != px_sites) abort();
  if (px_record.trace_count < 64) px_record.trace[px_record.trace_count++] = site;
}
// What is raised again here is the last exception that there was.
void px_exception_keep(uint64_t* slot) { *slot = 1; }
void px_exception_again(const uint64_t* slot) { (void)slot; }
int32_t px_stack_low(void) { return px_record.depth_limit && --px_record.depth_limit == 0; }

struct MemInfo {
  size_t count;
  void (*dtor)(void*, size_t, void*);
  void* dtor_info;
  void* data;
  size_t size;
};
// No free blocks: every object is made and dropped by a call, which is noted.
void* px_free_blocks(void) {
  static const uint64_t current = 1, held = 0;
  static struct {
    const uint64_t *current, *held;
    uint64_t generation, used;
  } blocks = {&current, &held, 0, 0};
  return &blocks;
}
void* NRT_MemInfo_alloc_aligned(size_t size, uint32_t align) {
  uint64_t* block = malloc(16 + sizeof(struct MemInfo));
  block[0] = size;
  struct MemInfo* info = (struct MemInfo*)(block + 2);
  *info = (struct MemInfo){1, 0, 0, aligned_alloc(align, (size + align) / align * align), size};
  px_record.live++;
  px_record.allocations++;
  return info;
}
void* NRT_MemInfo_alloc_safe_aligned(size_t size, uint32_t align) { return NRT_MemInfo_alloc_aligned(size, align); }
void NRT_MemInfo_call_dtor(struct MemInfo* info) {
  free(info->data);
  free((uint64_t*)info - 2);
  px_record.live--;
}
void* px_meminfo_alloc(size_t size, uint32_t align) { return NRT_MemInfo_alloc_aligned(size, align); }
void px_meminfo_drop(struct MemInfo* info) { NRT_MemInfo_call_dtor(info); }

#define PX_MATH1(name)                                \
  double px_##name(double x) { return name(x); }      \
  float px_##name##f(float x) { return name##f(x); }
#define PX_MATH2(name)                                                    \
  double px_##name(double x, double y) { return name(x, y); }             \
  float px_##name##f(float x, float y) { return name##f(x, y); }
#include "jit/builtins/mathlib.def"

double numba_frexp(double x, int* e) { return frexp(x, e); }
double numba_ldexp(double x, int e) { return ldexp(x, e); }

// Numba's lists: one block that may be given another data block.
void* NRT_MemInfo_new_varsize_dtor(size_t size, void (*dtor)(void*, size_t, void*)) {
  struct MemInfo* info = NRT_MemInfo_alloc_aligned(size, 16);
  info->dtor = dtor;
  return info;
}
void* NRT_MemInfo_varsize_realloc(struct MemInfo* info, size_t size) {
  info->data = realloc(info->data, size);
  info->size = size;
  return info->data;
}
void* NRT_MemInfo_alloc_safe(size_t size) { return NRT_MemInfo_alloc_aligned(size, 16); }
void* NRT_MemInfo_alloc(size_t size) { return NRT_MemInfo_alloc_aligned(size, 16); }
void* NRT_Allocate(size_t size) { return malloc(size); }
void NRT_Free(void* data) { free(data); }
