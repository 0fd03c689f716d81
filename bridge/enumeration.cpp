#include "bridge/enumeration.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "bridge/bind.h"
#include "bridge/class_texts.h"
#include "bridge/code.h"
#include "jit/code/named_tuple.h"
#include "jit/types/enum_text.h"

namespace px::bridge {
namespace {

using jit::Type;

struct EnumClass {
  PyObject* type = nullptr;      // kept for ever
  const Type* member = nullptr;  // null: its members are no values of px's
  std::vector<Object> in_order;  // the members, where a member is its place
  bool by_place() const { return !in_order.empty(); }
};

struct Classes {
  std::unordered_map<PyObject*, EnumClass> all;
  ClassTexts texts;  // of those whose members are values
};
Classes& classes() {
  static auto& all = *new Classes;
  return all;
}

// One of the classes of module `enum`, borrowed; null before anybody imported it.
PyObject* class_of_enum(const char* name) {
  PyObject* module = PyDict_GetItemString(PyImport_GetModuleDict(), "enum");
  auto found = Object::steal(module ? PyObject_GetAttrString(module, name) : nullptr);
  PyErr_Clear();
  return found.get();  // the module holds it
}

bool is_enum(PyTypeObject* type) {
  if (Py_TYPE(type) == &PyType_Type) return false;
  static PyObject* meta = nullptr;
  if (!meta) meta = class_of_enum("EnumMeta");
  return meta && PyType_IsSubtype(Py_TYPE(type), reinterpret_cast<PyTypeObject*>(meta));
}

bool of_numbers(const Type* type) {
  return type->is_tuple() ? std::ranges::all_of(type->elements, of_numbers) : type->is_number();
}

// What a member keeps as its value, borrowed: read without Python code. Null where somebody took it away.
PyObject* kept_value(PyObject* member) {
  auto dict = Object::steal(PyObject_GenericGetDict(member, nullptr));
  PyObject* value = dict ? PyDict_GetItemString(dict.get(), "_value_") : nullptr;
  PyErr_Clear();
  return value;  // the member holds its dict
}

const Type* type_of_value(PyObject* member) {
  PyObject* value = kept_value(member);
  const Type* type = value ? type_of(value) : nullptr;
  PyErr_Clear();
  return type;
}

// Whether the class finds its member by a value that is equal: nan is not.
bool finds_itself(PyObject* value) {
  if (PyTuple_Check(value)) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i)
      if (!finds_itself(PyTuple_GET_ITEM(value, i))) return false;
    return true;
  }
  auto equal = Object::steal(PyObject_RichCompare(value, value, Py_EQ));
  PyErr_Clear();
  return equal.get() == Py_True;
}

// The one type of all values, null where they have none.
const Type* value_type(const std::vector<Object>& members) {
  const Type* common = nullptr;
  for (auto& member : members) {
    const Type* type = type_of_value(member.get());
    if (!type || !of_numbers(type) || (common && type != common)) return nullptr;
    if (!finds_itself(kept_value(member.get()))) return nullptr;
    common = type;
  }
  return common;
}

// The class's name as a word: it stands in types' texts.
std::string name_of(PyTypeObject* type) {
  std::string text = type->tp_name;
  text = text.substr(text.rfind('.') + 1);
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 128) c = '_';
  return text;
}

EnumClass describe(PyTypeObject* type) {
  EnumClass made{.type = reinterpret_cast<PyObject*>(type)};
  PyObject* int_enum = class_of_enum("IntEnum");
  const bool numbers = int_enum && PyType_IsSubtype(type, reinterpret_cast<PyTypeObject*>(int_enum));
  if (!numbers && PyType_IsSubtype(type, &PyLong_Type)) return made;
  auto list = Object::steal(PySequence_List(made.type));
  PyErr_Clear();
  std::vector<Object> members;
  for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list.get()); ++i) members.push_back(Object::borrow(PyList_GET_ITEM(list.get(), i)));
  if (members.empty()) return made;
  const Type* value = value_type(members);
  if (numbers && (!value || !value->is_scalar())) return made;
  if (!value) made.in_order = std::move(members);
  const std::string plain = std::string(numbers ? jit::int_enum : value ? jit::plain_enum : jit::opaque_enum) + ":" + name_of(type);
  made.member = jit::types::enum_member(classes().texts.add(made.type, plain), value ? value : jit::types::int64());
  return made;
}

const EnumClass& class_named(const Type* member) {
  return classes().all.at(classes().texts.class_of(member->text));
}

// What stands for a member: its value, or its place.
Object value_of(PyObject* member, const Type* type) {
  auto& in_order = class_named(type).in_order;
  if (in_order.empty()) return Object::borrow(kept_value(member));
  auto place = std::ranges::find(in_order, member, [](auto& held) { return held.get(); });
  return Object::steal(PyLong_FromSsize_t(place - in_order.begin()));
}

}  // namespace

const Type* enum_member_type(PyObject* value) {
  PyTypeObject* type = Py_TYPE(value);
  if (!is_enum(type)) return nullptr;
  auto [place, added] = classes().all.try_emplace(reinterpret_cast<PyObject*>(type));
  auto& found = place->second;
  if (added) {
    Py_INCREF(type);
    found = describe(type);
  }
  if (!found.member) return nullptr;
  if (!found.by_place()) return type_of_value(value) == found.member->elements[0] ? found.member : nullptr;
  const bool known = std::ranges::any_of(found.in_order, [&](auto& held) { return held.get() == value; });
  return known ? found.member : nullptr;  // flags together are none of the members
}

void store_enum_member(PyObject* value, const Type* type, uint64_t* out) {
  if (auto held = value_of(value, type)) store(held.get(), type->elements[0], out);
}

jit::Constant enum_constant(PyObject* value, const Type* type) {
  auto items = std::make_shared<jit::ConstantTuple>(1);
  if (auto held = value_of(value, type)) (void)to_constant(held.get(), items->front());
  items->push_back(jit::named_tuple_mark(type->text));
  return {std::shared_ptr<const jit::ConstantTuple>(std::move(items))};
}

PyObject* promote_enum_member(const Type* type, const uint64_t* slots, Origin& origin) {
  auto& cls = class_named(type);
  if (cls.by_place()) return Py_NewRef(cls.in_order[*slots].get());
  auto value = Object::steal(promote(type->elements[0], slots, origin));
  return value ? PyObject_CallOneArg(cls.type, value.get()) : nullptr;
}

}  // namespace px::bridge
