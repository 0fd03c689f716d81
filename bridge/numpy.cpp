#define PX_NUMPY_OWNER
#include "bridge/numpy.h"

#include <cstring>

namespace px::bridge::numpy {
namespace {

jit::Scalar signed_of(size_t bytes) {
  switch (bytes) {
    case 1:
      return jit::Scalar::i8;
    case 2:
      return jit::Scalar::i16;
    case 4:
      return jit::Scalar::i32;
    default:
      return jit::Scalar::i64;
  }
}

jit::Scalar unsigned_of(size_t bytes) {
  switch (bytes) {
    case 1:
      return jit::Scalar::u8;
    case 2:
      return jit::Scalar::u16;
    case 4:
      return jit::Scalar::u32;
    default:
      return jit::Scalar::u64;
  }
}

}  // namespace

bool ready(bool import) {
  static bool loaded = false;
  if (loaded) return true;
  if (!import) {
    // Not the package "numpy" alone: it stands in sys.modules while its C half is still to be imported.
    PyObject* modules = PyImport_GetModuleDict();
    if (!PyDict_GetItemString(modules, "numpy._core._multiarray_umath") && !PyDict_GetItemString(modules, "numpy.core._multiarray_umath")) {
      return false;
    }
  }
  if (_import_array() < 0) {
    if (!import) PyErr_Clear();
    return false;
  }
  return loaded = true;
}

std::optional<jit::Scalar> scalar_of(PyArray_Descr* descr) {
  if (!PyArray_ISNBO(descr->byteorder)) return std::nullopt;
  switch (descr->type_num) {
    case NPY_BOOL:
      return jit::Scalar::boolean;
    case NPY_BYTE:
      return signed_of(1);
    case NPY_SHORT:
      return signed_of(sizeof(short));
    case NPY_INT:
      return signed_of(sizeof(int));
    case NPY_LONG:
      return signed_of(sizeof(long));
    case NPY_LONGLONG:
      return signed_of(sizeof(long long));
    case NPY_UBYTE:
      return unsigned_of(1);
    case NPY_USHORT:
      return unsigned_of(sizeof(short));
    case NPY_UINT:
      return unsigned_of(sizeof(int));
    case NPY_ULONG:
      return unsigned_of(sizeof(long));
    case NPY_ULONGLONG:
      return unsigned_of(sizeof(long long));
    case NPY_FLOAT:
      return jit::Scalar::f32;
    case NPY_DOUBLE:
      return jit::Scalar::f64;
    case NPY_CFLOAT:
      return jit::Scalar::c64;
    case NPY_CDOUBLE:
      return jit::Scalar::c128;
    default:
      return std::nullopt;
  }
}

int type_number(jit::Scalar scalar) {
  switch (scalar) {
    case jit::Scalar::boolean:
      return NPY_BOOL;
    case jit::Scalar::i8:
      return NPY_INT8;
    case jit::Scalar::i16:
      return NPY_INT16;
    case jit::Scalar::i32:
      return NPY_INT32;
    case jit::Scalar::i64:
      return NPY_INT64;
    case jit::Scalar::u8:
      return NPY_UINT8;
    case jit::Scalar::u16:
      return NPY_UINT16;
    case jit::Scalar::u32:
      return NPY_UINT32;
    case jit::Scalar::u64:
      return NPY_UINT64;
    case jit::Scalar::f32:
      return NPY_FLOAT32;
    case jit::Scalar::f64:
      return NPY_FLOAT64;
    case jit::Scalar::c64:
      return NPY_COMPLEX64;
    case jit::Scalar::c128:
      return NPY_COMPLEX128;
  }
  return NPY_VOID;
}

bool is_array(PyObject* value) {
  if (Py_TYPE(value) == &PyArray_Type) return true;
  return PyArray_Check(value) && std::strcmp(Py_TYPE(value)->tp_name, "memmap") == 0;
}

}  // namespace px::bridge::numpy
