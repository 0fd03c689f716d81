// Handlers of one element access each: every element type, reach, with and without checks.
#include "jit/interp/kinds.h"
#include "jit/interp/registry.h"

namespace px::jit::interp {

namespace {

template <AccessMode mode, class... Index>
void add_access(Registry& registry) {
  using T = RegisterType<mode.element>;
  registry.add<Straight<Set<T, Load<mode, Index...>>>>();
  registry.add<Straight<Store<mode, Reg, Index...>>>();
}

template <Scalar element, bool checked, bool wraps>
void add_mode(Registry& registry) {
  add_access<AccessMode{element, Reach::c1, checked, wraps}, Reg>(registry);
  add_access<AccessMode{element, Reach::s1, checked, wraps}, Reg>(registry);
  add_access<AccessMode{element, Reach::c2, checked, wraps}, Reg, Reg>(registry);
  add_access<AccessMode{element, Reach::g2, checked, wraps}, Reg, Reg>(registry);
  add_access<AccessMode{element, Reach::g3, checked, wraps}, Reg, Reg, Reg>(registry);
}

// Any number of dimensions: lanes are value or result, array, axes, flags (1 checked, 2 wraps), then the indices.
char* place_n(const uint64_t* pc, uint64_t* fp, State* state, bool& failed) {
  const uint64_t* array = fp + read_lane(pc, 1);
  int axes = read_lane(pc, 2);
  bool checked = read_lane(pc, 3) & 1, wraps = read_lane(pc, 3) & 2;
  uint64_t offset = 0;
  for (int axis = 0; axis < axes; ++axis) {
    auto index = static_cast<int64_t>(fp[read_lane(pc, 4 + axis)]);
    uint64_t size = array[array_shape_slot(axes, axis)];
    index = !checked ? (wraps ? place<false, true>(index, size, axis, state, failed) : index)
            : wraps  ? place<true, true>(index, size, axis, state, failed)
                     : place<true, false>(index, size, axis, state, failed);
    if (failed) return nullptr;
    offset += static_cast<uint64_t>(index) * array[array_stride_slot(axes, axis)];
  }
  return reinterpret_cast<char*>(array[array_data_slot] + offset);  // strides may be negative
}

template <Scalar element>
PX_HANDLER load_n(PX_HANDLER_PARAMETERS) {
  bool failed = false;
  const char* address = place_n(PX_STATEMENT_ARGUMENTS);
  if (failed) [[unlikely]]
    PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
  fp[read_lane(pc, 0)] = put<RegisterType<element>>(load_element<element>(address));
  pc += words_for(4 + read_lane(pc, 2));
  PX_DISPATCH;
}
template <Scalar element>
PX_HANDLER store_n(PX_HANDLER_PARAMETERS) {
  bool failed = false;
  char* address = place_n(PX_STATEMENT_ARGUMENTS);
  if (failed) [[unlikely]]
    PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
  store_element<element>(address, get<RegisterType<element>>(fp[read_lane(pc, 0)]));
  pc += words_for(4 + read_lane(pc, 2));
  PX_DISPATCH;
}

}  // namespace

void add_memory(Registry& registry) {
  for_each_scalar([&]<Scalar element> {
    add_mode<element, true, true>(registry);
    add_mode<element, true, false>(registry);
    add_mode<element, false, true>(registry);
    add_mode<element, false, false>(registry);
    registry.put(key_special(Special::load_n, static_cast<uint32_t>(element)), &load_n<element>);
    registry.put(key_special(Special::store_n, static_cast<uint32_t>(element)), &store_n<element>);
  });
}

}  // namespace px::jit::interp
