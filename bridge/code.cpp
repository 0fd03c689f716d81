#include "bridge/code.h"

#include <climits>
#include <unordered_map>

#include "bridge/enumeration.h"
#include "bridge/named.h"
#include "bridge/names.h"
#include "jit/code/named_tuple.h"

namespace px::bridge {
namespace {

using jit::CodeObject;
using jit::Constant;

bool to_text(PyObject* value, const char* what, std::string& out) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &size) : nullptr;
  if (!text) {
    if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "px code: %s must be str, not %s", what, Py_TYPE(value)->tp_name);
    return false;
  }
  out.assign(text, static_cast<size_t>(size));
  return true;
}

bool text_attribute(PyObject* code, const char* name, std::string& out) {
  auto value = Object::steal(PyObject_GetAttrString(code, name));
  return value && to_text(value.get(), name, out);
}

bool to_int32(PyObject* value, int32_t& out) {
  int overflow = 0;
  long wide = PyLong_AsLongAndOverflow(value, &overflow);
  if (wide == -1 && PyErr_Occurred()) return false;
  if (overflow || wide < INT32_MIN || wide > INT32_MAX) {
    PyErr_SetString(PyExc_OverflowError, "px code: an operand or a line does not fit into 32 bits");
    return false;
  }
  out = static_cast<int32_t>(wide);
  return true;
}

// Calls `each(item)` for every item of the attribute `name`, a sequence.
template <typename Each>
bool each_of(PyObject* code, const char* name, Each each) {
  auto value = Object::steal(PyObject_GetAttrString(code, name));
  if (!value) return false;
  auto items = Object::steal(PySequence_Fast(value.get(), "px code: a sequence was expected"));
  if (!items) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    if (!each(PySequence_Fast_GET_ITEM(items.get(), i))) return false;
  }
  return true;
}

bool text_list(PyObject* code, const char* name, std::vector<std::string>& out) {
  return each_of(code, name, [&](PyObject* item) {
    if (item == Py_None) {
      out.emplace_back();
      return true;
    }
    return to_text(item, name, out.emplace_back());
  });
}

// An opcode's number; its name is understood too.
bool to_opcode(PyObject* value, jit::Opcode& out) {
  const auto table = jit::opcode_table();
  if (PyUnicode_Check(value)) {
    std::string name;
    if (!to_text(value, "opcode", name)) return false;
    for (size_t i = 0; i < table.size(); ++i) {
      if (table[i].name == name) {
        out = static_cast<jit::Opcode>(i);
        return true;
      }
    }
    PyErr_Format(PyExc_ValueError, "px code: no opcode is called %R", value);
    return false;
  }
  int32_t number = 0;
  if (!to_int32(value, number)) return false;
  if (number < 0 || static_cast<size_t>(number) >= table.size()) {
    PyErr_Format(PyExc_ValueError, "px code: there is no opcode %d", number);
    return false;
  }
  out = static_cast<jit::Opcode>(number);
  return true;
}

bool to_instruction(PyObject* item, CodeObject& out) {
  auto parts = Object::steal(PySequence_Fast(item, "px code: an instruction is (opcode, line, operands)"));
  if (!parts) return false;
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(parts.get());
  if (size != 3 && size != 4) {
    PyErr_SetString(PyExc_ValueError, "px code: an instruction is (opcode, line, operands), or that and its handler");
    return false;
  }
  jit::Instruction instruction{};
  if (!to_opcode(PySequence_Fast_GET_ITEM(parts.get(), 0), instruction.op)) return false;
  if (!to_int32(PySequence_Fast_GET_ITEM(parts.get(), 1), instruction.line)) return false;
  if (size == 4 && !to_int32(PySequence_Fast_GET_ITEM(parts.get(), 3), instruction.handler)) return false;
  auto operands = Object::steal(PySequence_Fast(PySequence_Fast_GET_ITEM(parts.get(), 2), "px code: operands must be a sequence"));
  if (!operands) return false;
  instruction.first_operand = static_cast<uint32_t>(out.operands.size());
  instruction.operand_count = static_cast<uint32_t>(PySequence_Fast_GET_SIZE(operands.get()));
  for (uint32_t i = 0; i < instruction.operand_count; ++i) {
    if (!to_int32(PySequence_Fast_GET_ITEM(operands.get(), i), out.operands.emplace_back())) return false;
  }
  out.instructions.push_back(instruction);
  return true;
}

// (name,) or (name, NO_DEFAULT): no default. (name, value): a default, or (name, value, global) where it is no constant. NO_DEFAULT is
// whatever the front end's module calls so.
bool to_parameter(PyObject* item, PyObject* no_default, CodeObject& out) {
  auto parts = Object::steal(PySequence_Fast(item, "px code: a parameter is (name, default)"));
  if (!parts) return false;
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(parts.get());
  if (size < 1 || size > 3) {
    PyErr_SetString(PyExc_ValueError, "px code: a parameter is (name, default)");
    return false;
  }
  jit::Parameter parameter;
  if (!to_text(PySequence_Fast_GET_ITEM(parts.get(), 0), "a parameter's name", parameter.name)) return false;
  if (size == 3) {
    parameter.default_value.emplace();
    if (!to_int32(PySequence_Fast_GET_ITEM(parts.get(), 2), parameter.default_global)) return false;
  } else if (size == 2 && PySequence_Fast_GET_ITEM(parts.get(), 1) != no_default) {
    if (!to_constant(PySequence_Fast_GET_ITEM(parts.get(), 1), parameter.default_value.emplace())) return false;
  }
  out.parameters.push_back(std::move(parameter));
  return true;
}

}  // namespace

bool to_constant(PyObject* value, Constant& out) {
  if (const jit::Type* member = enum_member_type(value)) {
    out = enum_constant(value, member);
  } else if (value == Py_None) {
    out.value = jit::NoneValue{};
  } else if (PyBool_Check(value)) {
    out.value = value == Py_True;
  } else if (PyLong_Check(value)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (number == -1 && PyErr_Occurred()) return false;
    if (overflow == 0) {
      out.value = static_cast<int64_t>(number);
      return true;
    }
    const unsigned long long wide = overflow > 0 ? PyLong_AsUnsignedLongLong(value) : 0;
    if (overflow < 0 || PyErr_Occurred()) {
      PyErr_Clear();
      PyErr_SetString(PyExc_OverflowError, "int too large for 64 bits");
      return false;
    }
    out.value = static_cast<uint64_t>(wide);
  } else if (PyFloat_Check(value)) {
    out.value = PyFloat_AS_DOUBLE(value);
  } else if (PyComplex_Check(value)) {
    out.value = std::complex<double>(PyComplex_RealAsDouble(value), PyComplex_ImagAsDouble(value));
  } else if (PyUnicode_Check(value)) {
    std::string text;
    if (!to_text(value, "a constant", text)) return false;
    out.value = std::move(text);
  } else if (PyTuple_Check(value)) {
    auto items = std::make_shared<jit::ConstantTuple>();
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
      if (!to_constant(PyTuple_GET_ITEM(value, i), items->emplace_back())) return false;
    }
    if (!PyTuple_CheckExact(value)) {
      if (const auto* named = named_tuple_text(reinterpret_cast<PyObject*>(Py_TYPE(value))))
        items->push_back(jit::named_tuple_mark(*named));
    }
    out.value = std::shared_ptr<const jit::ConstantTuple>(std::move(items));
  } else if (jit::NamedValue named; name_of(value, named) && named.kind == jit::NamedValue::Kind::dtype) {
    out.value = std::move(named);
  } else {
    PyErr_Format(PyExc_TypeError, "px code: a constant of type %s", Py_TYPE(value)->tp_name);
    return false;
  }
  return true;
}

bool to_code(PyObject* code, CodeObject& out) {
  if (!text_attribute(code, "name", out.name) || !text_attribute(code, "qualified_name", out.qualified_name) ||
      !text_attribute(code, "module", out.module) || !text_attribute(code, "file", out.file) ||
      !text_attribute(code, "source", out.source)) {
    return false;
  }
  auto first_line = Object::steal(PyObject_GetAttrString(code, "first_line"));
  if (!first_line || !to_int32(first_line.get(), out.first_line)) return false;

  auto module = Object::steal(PyImport_ImportModule("px.frontend.code"));
  if (!module) return false;
  auto no_default = Object::steal(PyObject_GetAttrString(module.get(), "NO_DEFAULT"));
  if (!no_default) return false;
  if (!each_of(code, "parameters", [&](PyObject* item) { return to_parameter(item, no_default.get(), out); })) return false;
  if (!text_list(code, "registers", out.registers) || !text_list(code, "names", out.names)) return false;
  if (!each_of(code, "constants", [&](PyObject* item) { return to_constant(item, out.constants.emplace_back()); })) return false;
  if (!each_of(code, "globals", [&](PyObject* item) { return to_text(item, "a global", out.globals.emplace_back().path); })) return false;
  if (!each_of(code, "instructions", [&](PyObject* item) { return to_instruction(item, out); })) return false;
  auto variadic = Object::steal(PyObject_GetAttrString(code, "variadic"));
  if (!variadic) return false;
  out.variadic = variadic.get() == Py_True;
  auto keyword_only = Object::steal(PyObject_GetAttrString(code, "keyword_only"));
  int32_t keywords = 0;
  if (!keyword_only || !to_int32(keyword_only.get(), keywords)) return false;
  out.keyword_only = static_cast<size_t>(keywords);
  auto captured = Object::steal(PyObject_GetAttrString(code, "captured"));
  int32_t count = 0;
  if (!captured || !to_int32(captured.get(), count)) return false;
  out.captured = static_cast<size_t>(count);
  return each_of(code, "functions", [&](PyObject* item) {
    auto inner = std::make_shared<CodeObject>();
    if (!to_code(item, *inner)) return false;
    out.functions.push_back(std::move(inner));
    return true;
  });
}

}  // namespace px::bridge
