#include "bridge/lasting.h"

#include <structmember.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>

#include "bridge/bind.h"
#include "bridge/errors.h"
#include "bridge/heap.h"
#include "bridge/process.h"
#include "bridge/promote.h"
#include "jit/builtins/strided.h"
#include "jit/types/record.h"
#include "runtime/context.h"

namespace px::bridge {
namespace {

using jit::Layout;
using jit::Type;
using jit::TypeKind;

struct Lasting {
  PyObject_HEAD LastingContext* context;
  PyObject* state;
};

PyTypeObject* lasting_type = nullptr;

PyObject* make_new(PyTypeObject*, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"state", nullptr};
  PyObject* state = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O", const_cast<char**>(names), &state)) return nullptr;
  return LastingContext::make(state).release();
}

void deallocate(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<Lasting*>(self)->context;
  Py_CLEAR(reinterpret_cast<Lasting*>(self)->state);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"state", T_OBJECT, offsetof(Lasting, state), READONLY, "The state after the last callback."},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot type_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(make_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_members, members},
    {Py_tp_doc, const_cast<char*>("A context that outlives its callbacks: of a timer with a state.")},
    {0, nullptr},
};
PyType_Spec type_spec = {"px._px.LastingContext", sizeof(Lasting), 0, Py_TPFLAGS_DEFAULT, type_slots};

// The type with its arrays read-only, of this layout if one is given; null of a value that is no state.
const Type* read_only(const Type* type, std::optional<Layout> layout = {}) {
  switch (type->kind) {
    case TypeKind::none:
    case TypeKind::scalar:
    case TypeKind::complex:
    case TypeKind::enum_member:
      return type;
    case TypeKind::array:
      return jit::types::array(type->scalar, type->ndim, layout.value_or(type->layout), false);
    case TypeKind::records:
      return jit::types::records(type->elements[0], type->ndim, layout.value_or(type->layout), false);
    case TypeKind::tuple: {
      if (type->text.starts_with("text:")) return nullptr;
      std::vector<const Type*> elements;
      for (const Type* element : type->elements) {
        elements.push_back(read_only(element, layout));
        if (!elements.back()) return nullptr;
      }
      return jit::types::tuple(elements, type->text);
    }
    default:
      return nullptr;
  }
}

// Calls `each(type, slots)` for every array of a state.
template <class Each>
void for_arrays(const Type* type, uint64_t* slots, Each each) {
  if (type->is_array() || type->is_records()) return each(type, slots);
  if (!type->is_tuple()) return;
  for (const Type* element : type->elements) {
    for_arrays(element, slots, each);
    slots += element->slots;
  }
}

// The same array where its elements lie side by side, in C order or Fortran's.
jit::Strided side_by_side(jit::Strided a, size_t item, Layout layout) {
  auto stride = static_cast<int64_t>(item);
  for (int k = 0; k < a.ndim; ++k) {
    const auto axis = static_cast<size_t>(layout == Layout::f ? k : a.ndim - 1 - k);
    a.strides[axis] = stride;
    stride *= std::max(a.shape[axis], int64_t{1});
  }
  return a;
}

// Makes all arrays read-only, and copies those to where `allocate` says that `stays` does not hold for or that do not have the type's
// layout. False where there is no memory.
template <class Stays, class Allocate>
bool own(const Type* type, uint64_t* slots, Stays stays, Allocate allocate) {
  bool all = true;
  for_arrays(type, slots, [&](const Type* array, uint64_t* at) {
    at[jit::array_flags_slot(array->ndim)] &= ~uint64_t{1};
    const auto value = jit::Strided::of(at, array->ndim);
    const size_t item = jit::element_bytes(array);
    auto copy = side_by_side(value, item, array->layout);
    if (!all || (stays(value.data) && (array->layout == Layout::any || value.strides == copy.strides))) return;
    copy.data = static_cast<char*>(allocate(static_cast<size_t>(value.size()) * item));
    if (!copy.data) return void(all = false);
    jit::for_lines(value, copy, [&](const char* from, int64_t n, int64_t step, char* to, int64_t step_to) {
      for (; n > 0; --n, from += step, to += step_to) std::memcpy(to, from, item);
      return true;
    });
    at[jit::array_data_slot] = reinterpret_cast<uint64_t>(copy.data);
    for (int axis = 0; axis < array->ndim; ++axis)
      at[jit::array_stride_slot(array->ndim, axis)] = static_cast<uint64_t>(copy.strides[static_cast<size_t>(axis)]);
  });
  return all;
}

}  // namespace

bool make_lasting_type(PyObject* module) {
  lasting_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&type_spec));
  return lasting_type && PyModule_AddObjectRef(module, "LastingContext", reinterpret_cast<PyObject*>(lasting_type)) == 0;
}

LastingContext* LastingContext::of(PyObject* object) {
  return Py_IS_TYPE(object, lasting_type) ? reinterpret_cast<Lasting*>(object)->context : nullptr;
}

Object LastingContext::make(PyObject* state) {
  const Type* type = type_of(state);
  if (!type) return {};
  const Type* kept = read_only(type);
  if (!kept) {
    raise_px("TypingError", "a timer's state is made of numbers, None, Enum members, arrays and tuples, not %s",
             jit::to_string(type).c_str());
    return {};
  }
  auto object = Object::steal(lasting_type->tp_alloc(lasting_type, 0));
  if (!object) return {};
  auto* self = reinterpret_cast<Lasting*>(object.get());
  self->context = new LastingContext(object.get(), kept);
  auto& context = *self->context;
  context.slots_.resize(kept->slots + 1);
  store(state, type, context.slots_.data());
  own(
      kept, context.slots_.data(), [](const char*) { return false; },
      [&](size_t bytes) { return context.first_.emplace_back(bytes + 1).data(); });
  Origin nowhere{{}};
  self->state = promote(kept, context.slots_.data(), nowhere);
  return self->state ? object : Object();
}

LastingContext::LastingContext(PyObject* owner, const Type* type) : owner_(owner), type_(type), generation_(process_generation()) {
  const runtime::HeapOptions* options = current_heap();
  heap_ = options ? new runtime::LastingHeap(*options) : new runtime::LastingHeap;
}

LastingContext::~LastingContext() {
  if (generation_ == process_generation()) delete heap_;  // a parent's pages may not be there
}

bool LastingContext::begin(const jit::Specialisation& spec) {
  const auto& code = spec.function->code();
  const Type* result = read_only(spec.result, Layout::any);
  if (generation_ != process_generation()) {
    PyErr_SetString(PyExc_RuntimeError, "this timer was made before the process forked: it runs in the parent only");
  } else if (runs_) {
    PyErr_Format(PyExc_RuntimeError, "two callbacks of one timer are queued at once: %s() runs already", code.name.c_str());
  } else if (result != read_only(type_, Layout::any)) {
    raise_px("TypingError",
             "%s(), file \"%s\", line %d: it returns %s where its timer's state is %s: begin with a state of the type that it returns",
             code.name.c_str(), code.file.c_str(), code.first_line, jit::to_string(spec.result).c_str(), jit::to_string(type_).c_str());
  } else {
    return runs_ = true;
  }
  return false;
}

bool LastingContext::keep(std::vector<uint64_t>& result, runtime::LastingHeap::Callback& callback, runtime::Context& context) {
  try {
    next_ = result;
    auto& arena = context.arena;
    const bool done = own(
        type_, next_.data(), [&](const char* data) { return arena.contains(data); }, [&](size_t bytes) { return arena.allocate(bytes); });
    if (!done) return context.set_no_memory("no memory left for a timer's state"), false;
    std::vector<uint64_t> addresses;
    for (auto* slots : {&slots_, &next_})  // which of the two stays, `end` says
      for_arrays(type_, slots->data(), [&](const Type*, const uint64_t* at) { addresses.push_back(at[jit::array_data_slot]); });
    callback.keep_only(addresses);
    result = next_;
    return true;
  } catch (const std::bad_alloc&) {
    return context.set_no_memory("no memory left for a timer's state"), false;
  }
}

void LastingContext::end(PyObject* state) {
  runs_ = false;
  if (!state) return;
  slots_.swap(next_);
  first_.clear();
  Py_XSETREF(reinterpret_cast<Lasting*>(owner_)->state, Py_NewRef(state));
}

}  // namespace px::bridge
