#include "bridge/promote.h"

#include <bit>
#include <cstring>
#include <vector>

#include "bridge/enumeration.h"
#include "bridge/named.h"
#include "bridge/numpy.h"
#include "bridge/reflected.h"
#include "jit/builtins/list.h"
#include "jit/types/record.h"

namespace px::bridge {
namespace {

using jit::Scalar;
using jit::Type;

// From here on an array's pages are handed over instead of copied.
constexpr size_t handover_bytes = 64 * 1024;
constexpr int max_dimensions = 8;  // types::array takes no more

// The bytes that an array touches: [low, high).
struct Extent {
  char* low;
  char* high;
  bool inside(const Extent& other) const { return low >= other.low && high <= other.high; }
  bool overlaps(const Extent& other) const { return low < other.high && other.low < high; }
  size_t bytes() const { return static_cast<size_t>(high - low); }
};

struct ArrayValue {
  char* data;
  npy_intp shape[max_dimensions];
  npy_intp strides[max_dimensions];
  bool writable;
  Extent extent;
};

Extent extent_of(char* data, int ndim, const npy_intp* shape, const npy_intp* strides, size_t item) {
  Extent e{data, data + item};
  for (int axis = 0; axis < ndim; ++axis) {
    if (shape[axis] == 0) return {data, data};
    const npy_intp reach = (shape[axis] - 1) * strides[axis];
    (reach < 0 ? e.low : e.high) += reach;
  }
  return e;
}

ArrayValue read_array(const Type* type, const uint64_t* slots) {
  const int ndim = type->ndim;
  ArrayValue a{};
  a.data = reinterpret_cast<char*>(slots[jit::array_data_slot]);
  for (int axis = 0; axis < ndim; ++axis) {
    a.shape[axis] = static_cast<npy_intp>(slots[jit::array_shape_slot(ndim, axis)]);
    a.strides[axis] = static_cast<npy_intp>(slots[jit::array_stride_slot(ndim, axis)]);
  }
  a.writable = slots[jit::array_flags_slot(ndim)] & 1;
  a.extent = extent_of(a.data, ndim, a.shape, a.strides, jit::element_bytes(type));
  return a;
}

Extent extent_of(PyArrayObject* array) {
  return extent_of(PyArray_BYTES(array), PyArray_NDIM(array), PyArray_DIMS(array), PyArray_STRIDES(array),
                   static_cast<size_t>(PyArray_ITEMSIZE(array)));
}

bool same(const Type* type, const ArrayValue& a, PyArrayObject* array) {
  if (PyArray_BYTES(array) != a.data || PyArray_NDIM(array) != type->ndim) return false;
  if (type->is_records() ? numpy::record_of(PyArray_DESCR(array)) != type->elements[0]
                         : numpy::scalar_of(PyArray_DESCR(array)) != type->scalar)
    return false;
  for (int axis = 0; axis < type->ndim; ++axis) {
    if (PyArray_DIM(array, axis) != a.shape[axis] || PyArray_STRIDE(array, axis) != a.strides[axis]) return false;
  }
  return true;
}

// The array among `values` that `a` is, or else one whose memory it lies in; borrowed, null if there is none.
PyArrayObject* find_origin(const Type* type, const ArrayValue& a, std::span<PyObject* const> values, bool exact) {
  for (PyObject* value : values) {
    if (PyTuple_Check(value)) {
      std::span<PyObject* const> items{&PyTuple_GET_ITEM(value, 0), static_cast<size_t>(PyTuple_GET_SIZE(value))};
      if (auto* found = find_origin(type, a, items, exact)) return found;
    } else if (PyList_CheckExact(value)) {
      std::span<PyObject* const> items{reinterpret_cast<PyListObject*>(value)->ob_item, static_cast<size_t>(PyList_GET_SIZE(value))};
      if (auto* found = find_origin(type, a, items, exact)) return found;
    } else if (numpy::is_array(value)) {
      auto* array = reinterpret_cast<PyArrayObject*>(value);
      if (exact ? same(type, a, array) : a.extent.bytes() > 0 && a.extent.inside(extent_of(array))) return array;
    }
  }
  return nullptr;
}

// A new reference.
PyArray_Descr* element_descr(const Type* type) {
  if (!type->is_records()) return PyArray_DescrFromType(numpy::type_number(type->scalar));
  PyArray_Descr* descr = numpy::descr_of(type->elements[0]);
  Py_INCREF(descr);
  return descr;
}

PyObject* make_view(const Type* type, const ArrayValue& a, PyObject* base, bool writable) {
  PyArray_Descr* descr = nullptr;
  if (type->is_records() && numpy::is_array(base)) {  // a recarray's elements are numpy.record's, a plain array's are not
    auto* own = PyArray_DESCR(reinterpret_cast<PyArrayObject*>(base));
    if (numpy::record_of(own) == type->elements[0]) Py_INCREF(descr = own);
  }
  if (!descr) descr = element_descr(type);
  PyObject* view =
      PyArray_NewFromDescr(&PyArray_Type, descr, type->ndim, a.shape, a.strides, a.data, writable ? NPY_ARRAY_WRITEABLE : 0, nullptr);
  if (!view) return nullptr;
  Py_INCREF(base);
  if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(view), base) < 0) {
    Py_DECREF(view);
    return nullptr;
  }
  return view;
}

PyObject* copy_array(const Type* type, const ArrayValue& a) {
  if (type->layout != jit::Layout::any) {
    PyObject* copy = PyArray_Empty(type->ndim, a.shape, element_descr(type), type->layout == jit::Layout::f);
    if (copy && a.extent.bytes() > 0) std::memcpy(PyArray_DATA(reinterpret_cast<PyArrayObject*>(copy)), a.data, a.extent.bytes());
    return copy;
  }
  // Strided: its whole extent is copied, so that the strides stay what the function made them.
  npy_intp bytes = static_cast<npy_intp>(a.extent.bytes());
  auto memory = Object::steal(PyArray_EMPTY(1, &bytes, NPY_UINT8, 0));
  if (!memory) return nullptr;
  char* start = PyArray_BYTES(reinterpret_cast<PyArrayObject*>(memory.get()));
  if (bytes > 0) std::memcpy(start, a.extent.low, a.extent.bytes());
  ArrayValue moved = a;
  moved.data = start + (a.data - a.extent.low);
  return make_view(type, moved, memory.get(), a.writable);
}

PyObject* hand_over(const Type* type, const ArrayValue& a, const std::shared_ptr<runtime::PageList>& pages) {
  using Holder = std::shared_ptr<runtime::PageList>;
  auto capsule = Object::steal(PyCapsule_New(new Holder(pages), "px.pages",
                                             [](PyObject* self) { delete static_cast<Holder*>(PyCapsule_GetPointer(self, "px.pages")); }));
  return capsule ? make_view(type, a, capsule.get(), a.writable) : nullptr;
}

PyObject* promote_array(const Type* type, const uint64_t* slots, Origin& origin) {
  if (!numpy::ready(true)) return nullptr;
  const ArrayValue a = read_array(type, slots);
  if (PyArrayObject* whole = find_origin(type, a, origin.values(), true)) return Py_NewRef(reinterpret_cast<PyObject*>(whole));
  if (PyArrayObject* base = find_origin(type, a, origin.values(), false)) {
    return make_view(type, a, reinterpret_cast<PyObject*>(base), a.writable && PyArray_ISWRITEABLE(base));
  }
  if (origin.pages() && a.extent.bytes() > 0) return hand_over(type, a, origin.pages());
  return copy_array(type, a);
}

// The record itself where it was handed in; in an array it is NumPy's view of the element; else a copy.
PyObject* promote_record(const Type* type, uint64_t slot, Origin& origin) {
  if (!numpy::ready(true)) return nullptr;
  auto* data = reinterpret_cast<char*>(slot);
  for (PyObject* value : origin.values())
    if (PyArray_IsScalar(value, Void) && reinterpret_cast<PyVoidScalarObject*>(value)->obval == data) return Py_NewRef(value);
  const Type* single = jit::types::records(type, 0, jit::Layout::c, type->writable);
  ArrayValue a{};
  a.data = data;
  a.writable = type->writable;
  a.extent = {data, data + jit::record_bytes(type)};
  if (PyArrayObject* base = find_origin(single, a, origin.values(), false)) {
    PyObject* view = make_view(single, a, reinterpret_cast<PyObject*>(base), a.writable && PyArray_ISWRITEABLE(base));
    return view ? PyArray_Return(reinterpret_cast<PyArrayObject*>(view)) : nullptr;
  }
  return PyArray_Scalar(data, numpy::descr_of(type), nullptr);
}

// Collects the arrays of a value that no origin holds.
void arena_arrays(const Type* type, const uint64_t* slots, std::span<PyObject* const> values, std::vector<Extent>& out) {
  if (type->is_array() || type->is_records()) {
    const ArrayValue a = read_array(type, slots);
    if (a.extent.bytes() > 0 && !(numpy::ready() && find_origin(type, a, values, false))) out.push_back(a.extent);
  } else if (type->is_optional()) {
    if (slots[0]) arena_arrays(type->elements[0], slots + 1, values, out);
  } else if (type->is_tuple()) {
    for (const Type* element : type->elements) {
      arena_arrays(element, slots, values, out);
      slots += element->slots;
    }
  } else if (type->is_list() && !type->elements.empty()) {
    const auto& list = *reinterpret_cast<const jit::ListHeader*>(*slots);
    for (int64_t i = 0; i < list.size; ++i) arena_arrays(type->elements[0], list.items + i * type->elements[0]->slots, values, out);
  }
}

}  // namespace

bool holds_array(const Type* type) {
  if (type->is_array() || type->is_records() || type->is_list()) return true;
  for (const Type* element : type->elements) {
    if (holds_array(element)) return true;
  }
  return false;
}

PyObject* Origin::list_at(const jit::ListHeader* header) const {
  return lists_ ? lists_->object_at(header) : nullptr;
}

void Origin::prepare(const Type* type, const uint64_t* slots) {
  if (!detach_ || pages_ || !holds_array(type)) return;
  if (copied_) return;
  std::vector<Extent> arrays;
  arena_arrays(type, slots, values_, arrays);
  bool keep = false, shared = false;
  for (size_t i = 0; i < arrays.size(); ++i) {
    keep |= arrays[i].bytes() >= handover_bytes;
    for (size_t j = 0; j < i; ++j) shared |= arrays[i].overlaps(arrays[j]);  // copies would not share any more
  }
  if (!keep && !shared) return;
  pages_ = detach_(user_);
  // A forked child has no pages of the machine's pool.
  if (!shared && pages_->from_pool()) pages_.swap(copied_);
}

PyObject* promote_scalar(const Type* type, uint64_t slot) {
  switch (type->scalar) {
    case Scalar::boolean:
      return PyBool_FromLong(slot != 0);
    case Scalar::u8:
    case Scalar::u16:
    case Scalar::u32:
    case Scalar::u64:
      return PyLong_FromUnsignedLongLong(slot);
    case Scalar::f32:
      return PyFloat_FromDouble(std::bit_cast<float>(static_cast<uint32_t>(slot)));
    case Scalar::f64:
      return PyFloat_FromDouble(std::bit_cast<double>(slot));
    default:
      return PyLong_FromLongLong(static_cast<int64_t>(slot));
  }
}

namespace {

PyObject* promote_list(const Type* type, const uint64_t* slots, Origin& origin) {
  const auto& list = *reinterpret_cast<const jit::ListHeader*>(*slots);
  if (PyObject* own = origin.list_at(&list)) return Py_NewRef(own);
  auto made = Object::steal(PyList_New(list.size));
  for (int64_t i = 0; made && i < list.size; ++i) {
    PyObject* item = promote(type->elements[0], list.items + i * type->elements[0]->slots, origin);
    if (!item) return nullptr;
    PyList_SET_ITEM(made.get(), i, item);
  }
  return made.release();
}

// A text with values in it, as Python makes it: by `%`, or, of an f-string, by `format`.
PyObject* format(std::string_view text, PyObject* values) {
  const bool f_string = text.starts_with('\1');
  if (f_string) text.remove_prefix(1);
  auto pattern = Object::steal(PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
  if (!pattern || !f_string) return pattern ? PyUnicode_Format(pattern.get(), values) : nullptr;
  auto method = Object::steal(PyObject_GetAttrString(pattern.get(), "format"));
  return method ? PyObject_CallObject(method.get(), values) : nullptr;
}

}  // namespace

PyObject* promote(const Type* type, const uint64_t* slots, Origin& origin) {
  origin.prepare(type, slots);
  switch (type->kind) {
    case jit::TypeKind::none:
      return Py_NewRef(Py_None);
    case jit::TypeKind::scalar:
      return promote_scalar(type, *slots);
    case jit::TypeKind::complex: {
      auto part = [&](int k) {
        return type->scalar == Scalar::c64 ? std::bit_cast<float>(static_cast<uint32_t>(slots[k])) : std::bit_cast<double>(slots[k]);
      };
      return PyComplex_FromDoubles(part(0), part(1));
    }
    case jit::TypeKind::optional:
      return slots[0] ? promote(type->elements[0], slots + 1, origin) : Py_NewRef(Py_None);
    case jit::TypeKind::array:
    case jit::TypeKind::records:
      return promote_array(type, slots, origin);
    case jit::TypeKind::record:
      return promote_record(type, *slots, origin);
    case jit::TypeKind::string:
      return PyUnicode_FromStringAndSize(type->text.data(), static_cast<Py_ssize_t>(type->text.size()));
    case jit::TypeKind::tuple: {
      auto tuple = Object::steal(PyTuple_New(static_cast<Py_ssize_t>(type->elements.size())));
      for (size_t i = 0; tuple && i < type->elements.size(); ++i) {
        PyObject* item = promote(type->elements[i], slots, origin);
        if (!item) return nullptr;
        PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), item);
        slots += type->elements[i]->slots;
      }
      if (!tuple || type->text.empty()) return tuple.release();
      if (type->text.starts_with("text:")) return format(std::string_view(type->text).substr(sizeof "text:" - 1), tuple.get());
      auto make = Object::steal(PyObject_GetAttrString(named_tuple_class(type->text), "_make"));
      return make ? PyObject_CallOneArg(make.get(), tuple.get()) : nullptr;
    }
    case jit::TypeKind::list:
      return promote_list(type, slots, origin);
    case jit::TypeKind::enum_member:
      return promote_enum_member(type, slots, origin);
    default:
      PyErr_Format(PyExc_NotImplementedError, "px: a value of type %s cannot be returned to Python", jit::to_string(type).c_str());
      return nullptr;
  }
}

}  // namespace px::bridge
