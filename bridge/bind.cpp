#include "bridge/bind.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "bridge/callable.h"
#include "bridge/enumeration.h"
#include "bridge/errors.h"
#include "bridge/globals.h"
#include "bridge/interlocked.h"
#include "bridge/named.h"
#include "bridge/names.h"
#include "bridge/numpy.h"
#include "bridge/reflected.h"
#include "jit/types/record.h"

namespace px::bridge {
namespace {

using jit::Scalar;
using jit::Type;

// Beside the eight dimensions that types::array takes.
constexpr int max_dimensions = 8;

const Type* type_of_int(PyObject* value) {
  int overflow = 0;
  (void)PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow == 0) return jit::types::int64();
  if (overflow > 0) {
    (void)PyLong_AsUnsignedLongLong(value);
    if (!PyErr_Occurred()) return jit::types::uint64();
    PyErr_Clear();
  }
  PyErr_Format(PyExc_OverflowError, "Int value is too large: %S", value);
  return nullptr;
}

const Type* type_of_array(PyObject* value, bool writable) {
  auto* array = reinterpret_cast<PyArrayObject*>(value);
  PyArray_Descr* descr = PyArray_DESCR(array);
  const auto element = numpy::scalar_of(descr);
  std::string why;
  const Type* record = element ? nullptr : numpy::record_of(descr, &why);
  if (!element && !record) {
    if (!why.empty()) {
      raise_px("TypingError", "px takes no arrays of dtype %S: records have numbers alone, not %s", descr, why.c_str());
    } else if (!PyArray_ISNBO(descr->byteorder)) {
      raise_px("TypingError", "px takes arrays in this machine's byte order: convert with `a.astype(a.dtype.newbyteorder('='))`");
    } else {
      raise_px("TypingError",
               "px takes no arrays of dtype %S: bool, int8 to int64, uint8 to uint64, float32, float64, complex64 and complex128 work",
               descr);
    }
    return nullptr;
  }
  if (!PyArray_ISALIGNED(array)) {
    raise_px("TypingError", "px takes aligned arrays only: copy this one with `np.require(a, requirements='A')`");
    return nullptr;
  }
  const int ndim = PyArray_NDIM(array);
  if (ndim > max_dimensions) {
    raise_px("TypingError", "px takes arrays of up to %d dimensions, not %d", max_dimensions, ndim);
    return nullptr;
  }
  const int flags = PyArray_FLAGS(array);
  const auto layout = flags & NPY_ARRAY_C_CONTIGUOUS ? jit::Layout::c : flags & NPY_ARRAY_F_CONTIGUOUS ? jit::Layout::f : jit::Layout::any;
  return record ? jit::types::records(record, ndim, layout, writable) : jit::types::array(*element, ndim, layout, writable);
}

const Type* type_of_numpy_scalar(PyObject* value) {
  auto descr = Object::steal(reinterpret_cast<PyObject*>(PyArray_DescrFromScalar(value)));
  if (!descr) return nullptr;
  const auto scalar = numpy::scalar_of(reinterpret_cast<PyArray_Descr*>(descr.get()));
  if (scalar) return jit::types::scalar(*scalar);
  if (PyArray_IsScalar(value, Void)) {
    const Type* record = numpy::record_of(reinterpret_cast<PyArray_Descr*>(descr.get()));
    const bool writable = reinterpret_cast<PyVoidScalarObject*>(value)->flags & NPY_ARRAY_WRITEABLE;
    if (record) return jit::types::record(record->text, writable);
  }
  raise_px("TypingError", "px has no type for a NumPy scalar of dtype %S", descr.get());
  return nullptr;
}

thread_local int tuple_depth = 0;

const Type* type_of_tuple(PyObject* value) {
  if (tuple_depth >= deepest_tuple) {
    raise_px("TypingError", "px takes tuples up to %d deep in each other", deepest_tuple);
    return nullptr;
  }
  struct Level {
    Level() { ++tuple_depth; }
    ~Level() { --tuple_depth; }
  } level;
  std::vector<const Type*> elements;
  elements.reserve(static_cast<size_t>(PyTuple_GET_SIZE(value)));
  size_t parts = 0;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
    const Type* element = type_of(PyTuple_GET_ITEM(value, i));
    if (!element) return nullptr;
    parts += element->parts;
    if (parts > largest_tuple) {
      raise_px("TypingError", "px takes tuples of up to %zu values: pass an array", largest_tuple);
      return nullptr;
    }
    elements.push_back(element);
  }
  if (PyTuple_CheckExact(value)) return jit::types::tuple(elements);
  const std::string* named = named_tuple_text(reinterpret_cast<PyObject*>(Py_TYPE(value)));
  if (named) return jit::types::tuple(elements, *named);
  raise_px("TypingError", "px has no type for an argument of type %s: pass a plain tuple", Py_TYPE(value)->tp_name);
  return nullptr;
}

bool holds_list(const Type* type) {
  return type->is_list() || std::ranges::any_of(type->elements, holds_list);
}

const Type* refuse_nested_list() {
  raise_px("TypingError", "px takes lists of numbers, tuples and arrays, not lists of lists");
  return nullptr;
}

// As Numba: all items of one type, and no lists among them. A third list within others is not looked into: it may be the first one.
const Type* type_of_list(PyObject* value) {
  static int depth = 0;  // GIL
  if (depth >= 2) return refuse_nested_list();
  struct Level {
    Level() { ++depth; }
    ~Level() { --depth; }
  } level;
  const Py_ssize_t size = PyList_GET_SIZE(value);
  if (size == 0) {
    PyErr_SetString(PyExc_ValueError, "cannot compute fingerprint of empty list");
    return nullptr;
  }
  const Type* item = nullptr;
  for (Py_ssize_t i = 0; i < size; ++i) {
    const Type* type = type_of(PyList_GET_ITEM(value, i));
    if (!type) return nullptr;
    if (item && type != item) {
      PyErr_SetString(PyExc_TypeError, "can't unbox heterogeneous list: its items must have one type");
      return nullptr;
    }
    item = type;
  }
  return holds_list(item) ? refuse_nested_list() : jit::types::list(item);
}

// A text is part of the type: a function is specialised for each.
constexpr Py_ssize_t longest_literal = 64;
const Type* type_of_text(PyObject* value) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value, &size);
  return text ? jit::types::string({text, static_cast<size_t>(size)}) : nullptr;
}

// np.float32, np.dtype("f4") and Numba's types: the type says which.
const Type* type_of_dtype(PyObject* value) {
  jit::NamedValue named;
  const bool known = name_of(value, named) && named.kind == jit::NamedValue::Kind::dtype;
  for (size_t k = 0; known && k < jit::element_count; ++k)
    if (named.name == "numpy." + std::string(jit::numpy_name(static_cast<Scalar>(k)))) return jit::types::dtype(static_cast<Scalar>(k));
  if (known && jit::is_record_text(named.name)) return jit::record_dtype(jit::types::record(named.name));
  raise_px("TypingError", "px has no type for the argument %R: np.float64 and the like work", value);
  return nullptr;
}
bool is_numbas_type(PyObject* value) {
  jit::NamedValue named;
  return PyObject_HasAttrString(reinterpret_cast<PyObject*>(Py_TYPE(value)), "mangling_args") && name_of(value, named) &&
         named.kind == jit::NamedValue::Kind::dtype;
}

// The register form of a NumPy scalar (or array item) at `p`.
uint64_t load_scalar(const void* p, Scalar scalar) {
  auto read = [p]<typename T>(T) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
  };
  switch (scalar) {
    case Scalar::boolean:
      return read(uint8_t{}) != 0;
    case Scalar::i8:
      return static_cast<uint64_t>(int64_t{read(int8_t{})});
    case Scalar::i16:
      return static_cast<uint64_t>(int64_t{read(int16_t{})});
    case Scalar::i32:
      return static_cast<uint64_t>(int64_t{read(int32_t{})});
    case Scalar::u8:
      return read(uint8_t{});
    case Scalar::u16:
      return read(uint16_t{});
    case Scalar::u32:
      return read(uint32_t{});
    case Scalar::f32:
      return std::bit_cast<uint32_t>(read(float{}));
    case Scalar::i64:
    case Scalar::u64:
    case Scalar::f64:
      return read(uint64_t{});
    case Scalar::c64:
    case Scalar::c128:
      break;  // two slots: store
  }
  return 0;
}

}  // namespace

const Type* type_of(PyObject* value) {
  if (PyFloat_CheckExact(value)) return jit::types::float64();
  if (PyBool_Check(value)) return jit::types::boolean();
  if (PyLong_CheckExact(value)) return type_of_int(value);
  if (value == Py_None) return jit::types::none();
  if (PyTuple_Check(value)) return type_of_tuple(value);
  if (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) <= longest_literal) return type_of_text(value);
  if (PyList_CheckExact(value) && ReflectedLists::accepts()) return type_of_list(value);
  if (Callable* callable = as_callable(value)) {
    const jit::Function* function = function_of(callable);
    return function ? jit::types::function(function) : nullptr;
  }
  if (const Type* member = enum_member_type(value)) return member;
  if (numpy::ready()) {
    if (numpy::is_array(value)) return type_of_array(value, PyArray_ISWRITEABLE(reinterpret_cast<PyArrayObject*>(value)));
    if (PyArray_IsScalar(value, Generic)) return type_of_numpy_scalar(value);
  }
  if (const Type* interlocked = interlocked_type(value)) return interlocked;
  if (PyComplex_Check(value)) return jit::types::scalar(Scalar::c128);
  if (PyFloat_Check(value)) return jit::types::float64();
  if (PyLong_Check(value)) return type_of_int(value);
  if (auto callable = as_px_function(value)) {
    const jit::Function* function = function_of(as_callable(callable.get()));
    return function ? jit::types::function(function) : nullptr;
  }
  if (PyErr_Occurred()) return nullptr;
  if (PyType_Check(value) || (numpy::ready() && PyArray_DescrCheck(value)) || is_numbas_type(value)) return type_of_dtype(value);
  const char* way_out = PyList_Check(value)       ? ": only direct calls take lists: pass a NumPy array or a tuple"
                        : PyFunction_Check(value) ? ": mark it with @px.jit"
                                                  : ": bool, int, float, complex, None, NumPy scalars and arrays, and tuples of them work";
  raise_px("TypingError", "px has no type for an argument of type %s%s", Py_TYPE(value)->tp_name, way_out);
  return nullptr;
}

void store(PyObject* value, const Type* type, uint64_t* out) {
  switch (type->kind) {
    case jit::TypeKind::scalar:
      if (PyFloat_Check(value)) {  // numpy.float64 too
        *out = std::bit_cast<uint64_t>(PyFloat_AS_DOUBLE(value));
      } else if (PyBool_Check(value)) {
        *out = value == Py_True;
      } else if (PyLong_Check(value)) {
        *out = type->scalar == Scalar::u64 ? PyLong_AsUnsignedLongLong(value) : static_cast<uint64_t>(PyLong_AsLongLong(value));
      } else {
        alignas(16) char raw[16] = {};
        PyArray_ScalarAsCtype(value, raw);
        *out = load_scalar(raw, type->scalar);
      }
      return;
    case jit::TypeKind::complex:
      if (PyComplex_Check(value)) {  // numpy.complex128 too
        out[0] = std::bit_cast<uint64_t>(PyComplex_RealAsDouble(value));
        out[1] = std::bit_cast<uint64_t>(PyComplex_ImagAsDouble(value));
      } else {
        alignas(16) float raw[4] = {};
        PyArray_ScalarAsCtype(value, raw);
        out[0] = std::bit_cast<uint32_t>(raw[0]);
        out[1] = std::bit_cast<uint32_t>(raw[1]);
      }
      return;
    case jit::TypeKind::record:
      *out = reinterpret_cast<uint64_t>(reinterpret_cast<PyVoidScalarObject*>(value)->obval);
      return;
    case jit::TypeKind::array:
    case jit::TypeKind::records:
      store_array(value, type->ndim, out);
      return;
    case jit::TypeKind::list:
      *out = reinterpret_cast<uint64_t>(ReflectedLists::add(value, type));
      return;
    case jit::TypeKind::tuple:
      for (size_t i = 0; i < type->elements.size(); ++i) {
        store(PyTuple_GET_ITEM(value, static_cast<Py_ssize_t>(i)), type->elements[i], out);
        out += type->elements[i]->slots;
      }
      return;
    case jit::TypeKind::python:
      *out = reinterpret_cast<uint64_t>(value);
      return;
    case jit::TypeKind::enum_member:
      return store_enum_member(value, type, out);
    case jit::TypeKind::interlocked:
      *out = interlocked_address(value);
      return;
    default:
      return;  // no slots
  }
}

void store_array(PyObject* value, int ndim, uint64_t* out) {
  auto* array = reinterpret_cast<PyArrayObject*>(value);
  out[jit::array_data_slot] = reinterpret_cast<uint64_t>(PyArray_DATA(array));
  for (int axis = 0; axis < ndim; ++axis) {
    out[jit::array_shape_slot(ndim, axis)] = static_cast<uint64_t>(PyArray_DIM(array, axis));
    out[jit::array_stride_slot(ndim, axis)] = static_cast<uint64_t>(PyArray_STRIDE(array, axis));
  }
  out[jit::array_flags_slot(ndim)] = PyArray_ISWRITEABLE(array) ? 1 : 0;
}

const Type* global_array_type(PyObject* array) {
  return type_of_array(array, false);
}

}  // namespace px::bridge
