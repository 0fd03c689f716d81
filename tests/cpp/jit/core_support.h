// What the tests of px code, inference and tiering share: modules of px functions written as text (core_assembler.h), called with C++
// values.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "jit/builtins/builtin.h"
#include "jit/function.h"
#include "jit/infer/infer.h"
#include "runtime/context.h"
#include "tests/cpp/jit/core_assembler.h"
#include "tests/cpp/jit/interp_support.h"

namespace px::jit::test {

// A px value: its type and its slots.
struct Value {
  const Type* type;
  std::vector<uint64_t> slots;
  Value(int v) : type(types::int64()), slots{bits(v)} {}
  Value(int64_t v) : type(types::int64()), slots{bits(v)} {}
  Value(uint64_t v) : type(types::uint64()), slots{v} {}
  Value(double v) : type(types::float64()), slots{bits(v)} {}
  Value(float v) : type(types::float32()), slots{bits(v)} {}
  Value(bool v) : type(types::boolean()), slots{bits(v)} {}
  Value(Array& a) : type(a.type), slots(a.slots()) {}
  Value(const Type* t) : type(t), slots(t->slots) {}  // zeros
  Value(const Type* t, std::vector<uint64_t> s) : type(t), slots(std::move(s)) {}
  static Value read_only(Array& a) { return {types::array(a.type->scalar, a.type->ndim, a.type->layout, false), a.slots()}; }
  static Value tuple(const std::vector<Value>& items) {
    Value v{types::none(), {}};
    std::vector<const Type*> elements;
    for (auto& item : items) {
      elements.push_back(item.type);
      v.slots.insert(v.slots.end(), item.slots.begin(), item.slots.end());
    }
    v.type = types::tuple(elements);
    return v;
  }
};

// "2.5", "(1, True)": a value as Python shows it.
inline std::string shown(const Type* type, const uint64_t* slots) {
  if (type->is_scalar()) {
    switch (type->scalar) {
      case Scalar::boolean:
        return slots[0] ? "True" : "False";
      case Scalar::f64:
        return to_string(Constant{as_double(slots[0])});
      case Scalar::f32:
        return to_string(Constant{static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(slots[0])))});
      default:
        return is_signed(type->scalar) ? std::to_string(static_cast<int64_t>(slots[0])) : std::to_string(slots[0]);
    }
  }
  if (type->is_tuple()) {
    std::string text = "(";
    for (auto* e : type->elements) {
      text += (text.size() > 1 ? ", " : "") + shown(e, slots);
      slots += e->slots;
    }
    return text + ")";
  }
  return type->is_none() ? "None" : "…";
}

inline std::string error_text(const CompileError& error) {
  return std::string(runtime::exception_table()[static_cast<size_t>(error.kind)].name) + ": " + error.message;
}

// "ValueError: message @3 @7": what is in flight in the context; the lines of the traceback innermost first.
inline std::string error_text(const runtime::ExcInfo& exc) {
  std::string text(runtime::exception_table()[static_cast<size_t>(exc.kind)].name);
  if (exc.has_message) text += std::string(": ") + exc.message;
  for (uint32_t i = 0; i < exc.trace_count; ++i) text += " @" + std::to_string(exc.trace[i].line);
  return text;
}

// Runs a specialisation by its best tier in the calling thread's context: "int64 7", or the error's text.
inline std::string run(Specialisation& spec, const std::vector<uint64_t>& slots) {
  runtime::Context& context = runtime::Context::of_thread();
  runtime::Context::Scope scope(context);
  context.exc.clear();
  std::vector<uint64_t> args = slots, result(spec.result->slots + 1, 0xdead);
  args.push_back(0);
  runtime::ExcInfo* exc = nullptr;
  if (call(spec, args.data(), result.data(), &exc) != 0) return error_text(*exc);
  return to_string(spec.result) + " " + shown(spec.result, result.data());
}

// Functions live as long as the process: types and other functions refer to them.
inline Function& keep(CodeObject code, Options options = {}) {
  static auto& all = *new std::deque<std::unique_ptr<Function>>;
  static auto& mutex = *new std::mutex;
  std::scoped_lock lock(mutex);
  return *all.emplace_back(std::make_unique<Function>(std::move(code), options));
}

// The functions of one text and their globals: each other by name, what `set` said, built-ins, dtypes and exceptions.
class Module {
 public:
  explicit Module(const std::string& text, Options options = {}) : Module(Assembler::assemble(text), options) {}
  explicit Module(std::vector<CodeObject> codes, Options options = {}) {
    for (auto& code : codes) {
      if (auto wrong = verify(code)) throw std::invalid_argument(code.name + ": " + *wrong);
      std::string name = code.name;
      functions_[name] = &keep(std::move(code), options);
    }
    bind();
  }

  Function& operator[](const std::string& name) { return *functions_.at(name); }

  void set(const std::string& path, GlobalValue value) {
    values_[path] = std::move(value);
    bind();
  }
  void set(const std::string& path, std::string_view constant) {
    GlobalValue value{.kind = GlobalValue::Kind::constant, .what = {}};
    value.constant = Assembler::constant(constant);
    set(path, value);
  }
  void set_array(const std::string& path, Array& array) {
    GlobalValue value{.kind = GlobalValue::Kind::array, .what = {}};
    value.array = types::array(array.type->scalar, array.type->ndim, array.type->layout, false);
    arrays_[path] = array.slots();
    set(path, value);
  }
  void unset(const std::string& path) {
    values_.erase(path);
    bind();
  }

  // Null with `error` set where the function cannot be typed for these arguments.
  Specialisation* specialise(const std::string& name, const std::vector<Value>& values) {
    std::vector<const Type*> types;
    for (auto& v : values) types.push_back(v.type);
    error = {};
    return (*this)[name].specialise(types, error);
  }

  // "int64 7": the result with its type, the exception raised, or why the function cannot be typed.
  std::string operator()(const std::string& name, const std::vector<Value>& values = {}) {
    Specialisation* spec = specialise(name, values);
    return spec ? run(*spec, slots(*spec, values)) : error_text(error);
  }

  // Arguments and the hidden arrays after them.
  std::vector<uint64_t> slots(const Specialisation& spec, const std::vector<Value>& values) {
    std::vector<uint64_t> all;
    for (auto& v : values) all.insert(all.end(), v.slots.begin(), v.slots.end());
    for (auto& h : spec.hidden) {
      auto& array = arrays_.at(h.owner->code().globals[h.global].path);
      all.insert(all.end(), array.begin(), array.end());
    }
    return all;
  }

  // "x@2: int64, y@3: float64": the definitions that are compared with Numba's.
  std::string definitions(const std::string& name, const std::vector<Value>& values) {
    Specialisation* spec = specialise(name, values);
    if (!spec) return error_text(error);
    std::string text;
    for (auto& d : spec->typed->definitions)
      text += (text.empty() ? "" : ", ") + d.variable + "@" + std::to_string(d.line) + ": " + to_string(d.type);
    return text;
  }

  CompileError error;

 private:
  static GlobalValue builtin(const std::string& path) {
    GlobalValue value{.kind = GlobalValue::Kind::constant, .what = {}};
    std::string full = path.starts_with("np.") ? "numpy." + path.substr(3) : path;
    NamedValue named{NamedValue::Kind::builtin, full};
    if (constant_type({NamedValue{NamedValue::Kind::dtype, full}})) {
      named.kind = NamedValue::Kind::dtype;
    } else if (runtime::find_exception(path) >= 0) {
      named.kind = NamedValue::Kind::exception;
    } else if (!find_builtin(full)) {
      return {};
    }
    value.constant = {named};
    return value;
  }

  void bind() {
    for (auto& [name, function] : functions_) {
      Globals globals;
      for (auto& g : function->code().globals) {
        if (auto set = values_.find(g.path); set != values_.end()) {
          globals.push_back(set->second);
        } else if (auto other = functions_.find(g.path); other != functions_.end()) {
          globals.push_back({.kind = GlobalValue::Kind::function, .function = other->second, .what = {}});
        } else {
          globals.push_back(builtin(g.path));
        }
      }
      function->set_globals(std::move(globals));
    }
  }

  std::map<std::string, Function*> functions_;
  std::map<std::string, GlobalValue> values_;
  std::map<std::string, std::vector<uint64_t>> arrays_;
};

}  // namespace px::jit::test
