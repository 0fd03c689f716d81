#include "bridge/library.h"

#include "bridge/callable.h"
#include "bridge/compiler.h"
#include "bridge/errors.h"
#include "bridge/globals.h"
#include "jit/forget.h"
#include "jit/library.h"

namespace px::bridge {
namespace {

// Makes the function of that name known to inference. False with a Python exception set.
bool load(const std::string& name) {
  auto module = Object::steal(PyImport_ImportModule("px.library"));
  auto made = Object::steal(module ? PyObject_CallMethod(module.get(), "load", "s", name.c_str()) : nullptr);
  Callable* callable = made ? as_callable(made.get()) : nullptr;
  State* state = callable ? state_of(callable) : nullptr;
  if (!state || !Watch().renew(*state)) return false;
  jit::register_library(name, *state->function);
  jit::forget_errors();  // the function may be an old one: what failed for want of it is tried again
  made.release();        // for ever: specialisations call it
  return true;
}

}  // namespace

const std::vector<std::string>& library_names() {
  static const auto& names = *[] {
    auto* list = new std::vector<std::string>;
    auto module = Object::steal(PyImport_ImportModule("px.library"));
    auto table = Object::steal(module ? PyObject_GetAttrString(module.get(), "NAMES") : nullptr);
    PyObject *key, *value;
    for (Py_ssize_t at = 0; table && PyDict_Check(table.get()) && PyDict_Next(table.get(), &at, &key, &value);) {
      if (const char* text = PyUnicode_AsUTF8(key)) list->emplace_back(text);
    }
    PyErr_Clear();
    jit::declare_library(*list);
    return list;
  }();
  return names;
}

bool note_overloaded(Callable* function, const std::string& key) {
  State* state = state_of(function);
  if (!state) return false;
  jit::note_overloaded(*state->function, key);
  return true;
}

bool note_intrinsic(Callable* function, jit::Intrinsic intrinsic) {
  State* state = state_of(function);
  if (!state) return false;
  jit::note_intrinsic(*state->function, std::move(intrinsic));
  return true;
}

jit::Specialisation* specialise(jit::Function& function, std::span<const jit::Type* const> types, jit::CompileError& error) {
  library_names();
  jit::take_wanted_library();
  jit::take_wanted_calls();
  jit::forget_failures();
  for (;;) {
    if (jit::Specialisation* spec = function.specialise(types, error)) return spec;
    bool loaded = false;
    for (const auto& name : jit::take_wanted_library()) {
      if (!load(name)) {
        // The error that there is says what is missing; of other packages' implementations, why they are of no use.
        auto why = take_exception();
        auto text = Object::steal(PyErr_GivenExceptionMatches(why.get(), PyExc_LookupError) ? nullptr : PyObject_Str(why.get()));
        if (const char* words = text ? PyUnicode_AsUTF8(text.get()) : nullptr) error.message += std::string(": ") + words;
        PyErr_Clear();
        return nullptr;
      }
      loaded = true;
    }
    for (const auto& call : jit::take_wanted_calls()) {
      if (!compile_intrinsic(call)) {
        const Object interrupt = take_exception();
        error = {runtime::ExcKind::KeyboardInterrupt, "while the compile service makes code for the intrinsic " + call.intrinsic->name};
        return nullptr;
      }
      loaded = true;
    }
    if (!loaded) return nullptr;
  }
}

}  // namespace px::bridge
