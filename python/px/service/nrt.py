"""Reference counting for px's objects: counts are not atomic, and are written out inline once Numba's pruning pass is done with them.

So is the usual case of making and dropping a small object: a block is taken off the running context's list of free ones of its size, and
put back there. Lists and their layout are of runtime/block_pool.h, blocks of jit/native/heap.h: 16 bytes that begin with the size of what
follows, Numba's MemInfo, and the data, at a multiple of 64. Everything else is a call.
"""

_LARGEST = 512  # bytes of a block that is made inline: its class is its number of units of 64 bytes

# Numba's MemInfo begins with its count.
DEFINITIONS = """
define void @NRT_incref(ptr %info) alwaysinline nounwind {
  %null = icmp eq ptr %info, null
  br i1 %null, label %done, label %count
count:
  %old = load i64, ptr %info
  %new = add i64 %old, 1
  store i64 %new, ptr %info
  br label %done
done:
  ret void
}

define void @NRT_decref(ptr %info) alwaysinline nounwind {
  %null = icmp eq ptr %info, null
  br i1 %null, label %done, label %count
count:
  %old = load i64, ptr %info
  %new = sub i64 %old, 1
  store i64 %new, ptr %info
  %dead = icmp eq i64 %new, 0
  br i1 %dead, label %destroy, label %done
destroy:
  call void @NRT_MemInfo_call_dtor(ptr %info)
  br label %done
done:
  ret void
}
"""

# A thread runs one function in one context: where its lists are does not change meanwhile. Stores are what these cost: what nobody reads of
# a MemInfo that has no destructor is not written.
BLOCKS = f"""
declare ptr @px_free_blocks() nounwind willreturn memory(none)
declare noalias ptr @px_meminfo_alloc(i64, i32) nounwind
declare void @px_meminfo_drop(ptr)

define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) alwaysinline {{
  %small = icmp ule i64 %size, {_LARGEST - 64}
  %aligned = icmp ule i32 %align, 64
  %usual = and i1 %small, %aligned
  br i1 %usual, label %look, label %ask
look:
  %lists = call ptr @px_free_blocks()
  %current_at = load ptr, ptr %lists
  %current = load i64, ptr %current_at
  %generation_at = getelementptr inbounds i8, ptr %lists, i64 16
  %generation = load i64, ptr %generation_at
  %same = icmp eq i64 %current, %generation
  br i1 %same, label %take, label %ask
take:
  %padded = add i64 %size, 127
  %units = lshr i64 %padded, 6
  %at = add i64 %units, 3
  %list = getelementptr inbounds i64, ptr %lists, i64 %at
  %block = load ptr, ptr %list
  %none = icmp eq ptr %block, null
  br i1 %none, label %ask, label %taken
taken:
  %next = load ptr, ptr %block
  store ptr %next, ptr %list
  %rounded = add i64 %size, 63
  %bytes = and i64 %rounded, -16
  store i64 %bytes, ptr %block
  %info = getelementptr inbounds i8, ptr %block, i64 16
  store i64 1, ptr %info
  %dtor = getelementptr inbounds i8, ptr %block, i64 24
  store i64 0, ptr %dtor
  %data = getelementptr inbounds i8, ptr %block, i64 64
  %data_at = getelementptr inbounds i8, ptr %block, i64 40
  store ptr %data, ptr %data_at
  %size_at = getelementptr inbounds i8, ptr %block, i64 48
  store i64 %size, ptr %size_at
  ret ptr %info
ask:
  %made = call ptr @px_meminfo_alloc(i64 %size, i32 %align)
  ret ptr %made
}}

define void @NRT_MemInfo_call_dtor(ptr %info) alwaysinline {{
  %dtor_at = getelementptr inbounds i8, ptr %info, i64 8
  %dtor = load ptr, ptr %dtor_at
  %plain = icmp eq ptr %dtor, null
  %block = getelementptr inbounds i8, ptr %info, i64 -16
  %bytes = load i64, ptr %block
  %small = icmp ule i64 %bytes, {_LARGEST - 16}
  %usual = and i1 %plain, %small
  br i1 %usual, label %look, label %ask
look:
  %lists = call ptr @px_free_blocks()
  %current_at = load ptr, ptr %lists
  %current = load i64, ptr %current_at
  %generation_at = getelementptr inbounds i8, ptr %lists, i64 16
  %generation = load i64, ptr %generation_at
  %same = icmp eq i64 %current, %generation
  %held_place = getelementptr inbounds i8, ptr %lists, i64 8
  %held_at = load ptr, ptr %held_place
  %held = load i64, ptr %held_at
  %free = icmp eq i64 %held, 0
  %put = and i1 %same, %free
  br i1 %put, label %give, label %ask
give:
  %used = getelementptr inbounds i8, ptr %lists, i64 24
  store i64 1, ptr %used
  %padded = add i64 %bytes, 79
  %units = lshr i64 %padded, 6
  %at = add i64 %units, 3
  %list = getelementptr inbounds i64, ptr %lists, i64 %at
  %next = load ptr, ptr %list
  store ptr %next, ptr %block
  store ptr %block, ptr %list
  ret void
ask:
  call void @px_meminfo_drop(ptr %info)
  ret void
}}
"""
INLINE = ("NRT_incref", "NRT_decref", "NRT_MemInfo_alloc_aligned", "NRT_MemInfo_call_dtor")

# Of Numba's runtime, what px provides.
SYMBOLS = frozenset(
    {
        "px_free_blocks",
        "px_meminfo_alloc",
        "px_meminfo_drop",
        "NRT_Allocate",
        "NRT_Free",
        "NRT_Reallocate",
        "NRT_MemInfo_alloc",
        "NRT_MemInfo_alloc_aligned",
        "NRT_MemInfo_alloc_dtor",
        "NRT_MemInfo_alloc_safe",
        "NRT_MemInfo_alloc_safe_aligned",
        "NRT_MemInfo_call_dtor",
        "NRT_MemInfo_new",
        "NRT_MemInfo_new_varsize",
        "NRT_MemInfo_new_varsize_dtor",
        "NRT_MemInfo_varsize_alloc",
        "NRT_MemInfo_varsize_free",
        "NRT_MemInfo_varsize_realloc",
    }
)

# Reading the data pointer is a load: defined in every module, before optimisation.
DATA_FAST = """
define linkonce_odr ptr @NRT_MemInfo_data_fast(ptr %info) alwaysinline nounwind {
  %field = getelementptr inbounds i8, ptr %info, i64 24
  %data = load ptr, ptr %field
  ret ptr %data
}
"""
