#include "bridge/interlocked.h"

#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "bridge/promote.h"
#include "runtime/interlocked.h"
#include "runtime/interlocked_list.h"

namespace px::bridge {
namespace {

using runtime::InterlockedList;

template <class T>
constexpr jit::Scalar scalar_of = std::is_same_v<T, int64_t>    ? jit::Scalar::i64
                                  : std::is_same_v<T, uint64_t> ? jit::Scalar::u64
                                                                : jit::Scalar::f64;
template <class T>
constexpr const char* name_of = std::is_same_v<T, int64_t>    ? "px._px.Int64"
                                : std::is_same_v<T, uint64_t> ? "px._px.UInt64"
                                                              : "px._px.Float64";

// The Python object. The number lies apart from it, in memory aligned to a cache line.
struct Number {
  PyObject_HEAD void* cell;  // runtime::Interlocked<T>
};
struct List {
  PyObject_HEAD InterlockedList* list;
};

PyTypeObject* number_types[3];  // as constants of their T; set once
PyTypeObject* list_type;

template <class T>
runtime::Interlocked<T>& cell(PyObject* self) {
  return *static_cast<runtime::Interlocked<T>*>(reinterpret_cast<Number*>(self)->cell);
}

// False with a Python exception set. Runs Python code (`__index__`, `__float__`).
template <class T>
bool read(PyObject* value, T& out) {
  if constexpr (std::is_floating_point_v<T>) {
    out = PyFloat_AsDouble(value);
    return !(out == -1.0 && PyErr_Occurred());
  } else {
    auto whole = Object::steal(PyNumber_Index(value));
    if (!whole) return false;
    if constexpr (std::is_signed_v<T>) {
      out = PyLong_AsLongLong(whole.get());
    } else {
      out = PyLong_AsUnsignedLongLong(whole.get());
    }
    return !(out == static_cast<T>(-1) && PyErr_Occurred());
  }
}
template <class T>
PyObject* made(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return PyFloat_FromDouble(value);
  } else if constexpr (std::is_signed_v<T>) {
    return PyLong_FromLongLong(value);
  } else {
    return PyLong_FromUnsignedLongLong(value);
  }
}

template <class T>
PyObject* make_number(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"value", nullptr};
  PyObject* given = nullptr;
  T value = 0;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O", const_cast<char**>(names), &given)) return nullptr;
  if (given && !read(given, value)) return nullptr;
  auto self = Object::steal(type->tp_alloc(type, 0));
  if (!self) return nullptr;
  auto* made = new (std::nothrow) runtime::Interlocked<T>(value);
  if (!made) return PyErr_NoMemory();
  reinterpret_cast<Number*>(self.get())->cell = made;
  return self.release();
}

template <class T>
void drop_number(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete static_cast<runtime::Interlocked<T>*>(reinterpret_cast<Number*>(self)->cell);
  type->tp_free(self);
  Py_DECREF(type);
}

template <class T>
PyObject* show(PyObject* self) {
  auto value = Object::steal(made(cell<T>(self).value()));
  return value ? PyUnicode_FromFormat("px.interlocked.%s(%R)", name_of<T> + 7, value.get()) : nullptr;
}

template <class T>
PyObject* get_value(PyObject* self, void*) {
  return made(cell<T>(self).value());
}
template <class T>
int set_value(PyObject* self, PyObject* value, void*) {
  T number;
  if (!value) {
    PyErr_SetString(PyExc_AttributeError, "an interlocked number always has a value");
    return -1;
  }
  if (!read(value, number)) return -1;
  cell<T>(self).set(number);
  return 0;
}

template <class T, T (runtime::Interlocked<T>::*change)(T)>
PyObject* method(PyObject* self, PyObject* argument) {
  T number;
  return read(argument, number) ? made((cell<T>(self).*change)(number)) : nullptr;
}
template <class T>
PyObject* compare_exchange(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  T expected, desired;
  if (count != 2) return PyErr_Format(PyExc_TypeError, "compare_exchange takes 2 arguments, not %zd", count);
  if (!read(args[0], expected) || !read(args[1], desired)) return nullptr;
  return made(cell<T>(self).compare_exchange(expected, desired));
}
template <class T>
PyObject* reduce(PyObject* self, PyObject*) {
  auto value = Object::steal(made(cell<T>(self).value()));
  return value ? Py_BuildValue("(O(O))", Py_TYPE(self), value.get()) : nullptr;
}

template <class T>
PyTypeObject* make_number_type() {
  using Cell = runtime::Interlocked<T>;
  static PyMethodDef methods[] = {
      {"add", method<T, &Cell::add>, METH_O, "Adds in one atomic step; integers wrap. The value before."},
      {"sub", method<T, &Cell::sub>, METH_O, "Subtracts in one atomic step; integers wrap. The value before."},
      {"max", method<T, &Cell::max>, METH_O, "Keeps the greater of the two. The value before."},
      {"min", method<T, &Cell::min>, METH_O, "Keeps the lesser of the two. The value before."},
      {"exchange", method<T, &Cell::exchange>, METH_O, "Stores. The value before."},
      {"compare_exchange", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(compare_exchange<T>)), METH_FASTCALL,
       "compare_exchange(expected, desired): stores `desired` if the value is `expected`, bit for bit. The value before."},
      {"__reduce__", reduce<T>, METH_NOARGS, nullptr},
      {nullptr, nullptr, 0, nullptr},
  };
  static PyGetSetDef attributes[] = {
      {"value", get_value<T>, set_value<T>, "The value now.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr},
  };
  static PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void*>(make_number<T>)},
      {Py_tp_dealloc, reinterpret_cast<void*>(drop_number<T>)},
      {Py_tp_repr, reinterpret_cast<void*>(show<T>)},
      {Py_tp_methods, methods},
      {Py_tp_getset, attributes},
      {Py_tp_doc, const_cast<char*>("A number that contexts may change together: each operation is one atomic step.")},
      {0, nullptr},
  };
  static PyType_Spec spec = {name_of<T>, sizeof(Number), 0, Py_TPFLAGS_DEFAULT, slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}

// --- List

InterlockedList& list_of(PyObject* self) {
  return *reinterpret_cast<List*>(self)->list;
}

PyObject* make_list(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "", const_cast<char**>(names))) return nullptr;
  auto self = Object::steal(type->tp_alloc(type, 0));
  if (!self) return nullptr;
  reinterpret_cast<List*>(self.get())->list = new (std::nothrow) InterlockedList;
  if (!reinterpret_cast<List*>(self.get())->list) return PyErr_NoMemory();
  return self.release();
}

void drop_list(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<List*>(self)->list;
  type->tp_free(self);
  Py_DECREF(type);
}

// The items now as a Python list. Copied first: making an object may run the collector, and with it code that clears the list.
Object contents(PyObject* self) {
  std::vector<std::pair<const jit::Type*, size_t>> items;  // with where its slots begin
  std::vector<uint64_t> slots;
  for (const auto* item : list_of(self).items()) {
    items.emplace_back(static_cast<const jit::Type*>(item->tag), slots.size());
    slots.insert(slots.end(), item->values(), item->values() + item->slots);
  }
  slots.push_back(0);
  auto all = Object::steal(PyList_New(static_cast<Py_ssize_t>(items.size())));
  Origin nowhere{{}};
  for (size_t i = 0; all && i < items.size(); ++i) {
    PyObject* value = promote(items[i].first, &slots[items[i].second], nowhere);
    if (!value) return {};
    PyList_SET_ITEM(all.get(), static_cast<Py_ssize_t>(i), value);
  }
  return all;
}

PyObject* iterate(PyObject* self) {
  auto all = contents(self);
  return all ? PyObject_GetIter(all.get()) : nullptr;
}
Py_ssize_t length(PyObject* self) {
  return static_cast<Py_ssize_t>(list_of(self).items().size());
}
PyObject* item(PyObject* self, PyObject* index) {
  auto all = contents(self);
  return all ? PyObject_GetItem(all.get(), index) : nullptr;
}
PyObject* show_list(PyObject* self) {
  auto all = contents(self);
  return all ? PyUnicode_FromFormat("px.interlocked.List(%R)", all.get()) : nullptr;
}
PyObject* clear_list(PyObject* self, PyObject*) {
  list_of(self).clear();
  Py_RETURN_NONE;
}
PyObject* refuse_copy(PyObject*, PyObject*) {
  PyErr_SetString(PyExc_TypeError, "an interlocked list cannot be copied or pickled: list(…) gives its items");
  return nullptr;
}

PyMethodDef list_methods[] = {
    {"clear", clear_list, METH_NOARGS, "Drops all items."},
    {"__reduce__", refuse_copy, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot list_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(make_list)},
    {Py_tp_dealloc, reinterpret_cast<void*>(drop_list)},
    {Py_tp_repr, reinterpret_cast<void*>(show_list)},
    {Py_tp_iter, reinterpret_cast<void*>(iterate)},
    {Py_mp_length, reinterpret_cast<void*>(length)},
    {Py_mp_subscript, reinterpret_cast<void*>(item)},
    {Py_tp_methods, list_methods},
    {Py_tp_doc,
     const_cast<char*>("A list that contexts append to together (`push`), in no particular order; it is read on the main thread.")},
    {0, nullptr},
};
PyType_Spec list_spec = {"px._px.List", sizeof(List), 0, Py_TPFLAGS_DEFAULT, list_slots};

bool add_type(PyObject* module, const char* name, PyTypeObject* type) {
  return type && PyModule_AddObjectRef(module, name, reinterpret_cast<PyObject*>(type)) == 0;
}

}  // namespace

bool make_interlocked_types(PyObject* module) {
  number_types[0] = make_number_type<int64_t>();
  number_types[1] = make_number_type<uint64_t>();
  number_types[2] = make_number_type<double>();
  list_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&list_spec));
  return add_type(module, "Int64", number_types[0]) && add_type(module, "UInt64", number_types[1]) &&
         add_type(module, "Float64", number_types[2]) && add_type(module, "List", list_type);
}

const jit::Type* interlocked_type(PyObject* value) {
  PyTypeObject* type = Py_TYPE(value);
  if (type == number_types[0]) return jit::types::interlocked(jit::Scalar::i64);
  if (type == number_types[1]) return jit::types::interlocked(jit::Scalar::u64);
  if (type == number_types[2]) return jit::types::interlocked(jit::Scalar::f64);
  return type == list_type ? jit::types::interlocked_list() : nullptr;
}

uint64_t interlocked_address(PyObject* value) {
  PyTypeObject* type = Py_TYPE(value);
  if (type == list_type) return reinterpret_cast<uint64_t>(reinterpret_cast<List*>(value)->list);
  void* number = reinterpret_cast<Number*>(value)->cell;
  return type == number_types[0]   ? reinterpret_cast<uint64_t>(static_cast<runtime::InterlockedInt64*>(number)->address())
         : type == number_types[1] ? reinterpret_cast<uint64_t>(static_cast<runtime::InterlockedUInt64*>(number)->address())
                                   : reinterpret_cast<uint64_t>(static_cast<runtime::InterlockedFloat64*>(number)->address());
}

}  // namespace px::bridge
