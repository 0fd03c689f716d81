"""Reference counting for px's objects: counts are not atomic, and are written out inline once Numba's pruning pass is done with them.

Allocation and destruction stay external: px gives them memory of the running context's arena.
"""

# Numba's MemInfo begins with its count.
DEFINITIONS = """
declare void @NRT_MemInfo_call_dtor(ptr)

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

# Of Numba's runtime, what px provides.
SYMBOLS = frozenset(
    {
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
