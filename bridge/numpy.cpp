#define PX_NUMPY_OWNER
#include "bridge/numpy.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "jit/types/record.h"

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

// What is known of structured dtypes. Under the GIL; each dtype is kept for ever.
struct Records {
  std::unordered_map<PyArray_Descr*, const jit::Type*> types;
  std::unordered_map<std::string, PyArray_Descr*> dtypes;  // by the type's text, none of a recarray's
};
Records& records() {
  static auto& all = *new Records;
  return all;
}

bool is_identifier(const char* name) {
  if (!std::isalpha(static_cast<unsigned char>(*name)) && *name != '_') return false;
  for (; *name; ++name)
    if (!std::isalnum(static_cast<unsigned char>(*name)) && *name != '_') return false;
  return true;
}

// What a field's dtype is: a number, a record, or an array of these.
bool read_element(PyObject* dtype, jit::Field& out) {
  auto extents = Object::steal(PyObject_GetAttrString(dtype, "shape"));
  auto base = Object::steal(PyObject_GetAttrString(dtype, "base"));
  if (!extents || !base || !PyTuple_Check(extents.get())) return PyErr_Clear(), false;
  const Py_ssize_t axes = PyTuple_GET_SIZE(extents.get());
  for (Py_ssize_t i = 0; i < axes; ++i) out.shape.push_back(PyLong_AsLongLong(PyTuple_GET_ITEM(extents.get(), i)));
  if (axes > 8 || std::ranges::any_of(out.shape, [](int64_t n) { return n <= 0; })) return false;
  auto* descr = reinterpret_cast<PyArray_Descr*>(base.get());
  if (const auto scalar = scalar_of(descr)) {
    out.scalar = *scalar;
    return true;
  }
  const jit::Type* record = record_of(descr);
  if (record) out.record = record->text;
  return record != nullptr;
}

// One field: its name is a key of the dtype's `fields`, which has (dtype, offset) for it.
bool read_field(PyObject* name, PyObject* entry, jit::Field& out, std::string& why) {
  const char* text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : nullptr;
  if (!text || !PyTuple_Check(entry) || PyTuple_GET_SIZE(entry) < 2) {
    PyErr_Clear();
    why = "a field without a name";
    return false;
  }
  out = {text, jit::Scalar::f64, PyLong_AsSize_t(PyTuple_GET_ITEM(entry, 1)), {}, {}};
  if (is_identifier(text) && PyTuple_GET_SIZE(entry) == 2 && read_element(PyTuple_GET_ITEM(entry, 0), out)) return true;
  why = std::string("the field '") + text + "', which is neither numbers nor records under a plain name";
  return false;
}

const jit::Type* read_record(PyArray_Descr* descr, std::string& why) {
  auto* object = reinterpret_cast<PyObject*>(descr);
  auto fields = Object::steal(PyObject_GetAttrString(object, "fields"));
  auto bytes = Object::steal(PyObject_GetAttrString(object, "itemsize"));
  auto aligned = Object::steal(PyObject_GetAttrString(object, "isalignedstruct"));
  auto items = Object::steal(fields && fields.get() != Py_None ? PyMapping_Items(fields.get()) : nullptr);
  if (!items || !bytes || !aligned) {
    PyErr_Clear();
    why = "no fields";
    return nullptr;
  }
  std::vector<jit::Field> list;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items.get()); ++i) {
    PyObject* item = PyList_GET_ITEM(items.get(), i);
    if (!read_field(PyTuple_GET_ITEM(item, 0), PyTuple_GET_ITEM(item, 1), list.emplace_back(), why)) return nullptr;
  }
  if (list.empty()) return nullptr;
  std::string text = jit::record_text(std::move(list), PyLong_AsSize_t(bytes.get()), aligned.get() == Py_True);
  if (jit::is_record_text(text)) return jit::types::record(text);
  why = "records in each other so deep";
  return nullptr;
}

}  // namespace

const jit::Type* record_of(PyArray_Descr* descr, std::string* why) {
  if (descr->type_num != NPY_VOID) return nullptr;
  auto found = records().types.find(descr);
  if (found != records().types.end()) return found->second;
  std::string text;
  const jit::Type* type = read_record(descr, text);
  if (why) *why = text;
  if (!type) return nullptr;
  Py_INCREF(descr);
  records().types[descr] = type;
  if (!records().dtypes.contains(type->text)) {
    auto pair = Object::steal(Py_BuildValue("(OO)", &PyVoidArrType_Type, descr));
    PyArray_Descr* plain = nullptr;
    if (!pair || PyArray_DescrConverter(pair.get(), &plain) != NPY_SUCCEED) {
      PyErr_Clear();
      Py_INCREF(plain = descr);
    }
    records().dtypes[type->text] = plain;
  }
  return type;
}

PyArray_Descr* descr_of(const jit::Type* record) {
  auto found = records().dtypes.find(record->text);
  return found == records().dtypes.end() ? nullptr : found->second;
}

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
  if (!PyArray_Check(value)) return false;
  PyObject* bases = Py_TYPE(value)->tp_mro;
  for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); ++i) {
    auto* base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(bases, i));
    if (base == &PyArray_Type) break;
    if (std::strcmp(base->tp_name, "MaskedArray") == 0) return false;
    PyObject* own = base->tp_dict ? PyDict_GetItemString(base->tp_dict, "__numba_array_subtype_dispatch__") : nullptr;
    if (own && own != Py_False) return false;
  }
  return true;
}

}  // namespace px::bridge::numpy
