// Typed functions built by hand, and runs of them.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "jit/function.h"
#include "jit/interp/interp.h"
#include "jit/interp/program.h"

namespace px::jit::test {

using typed::Instr;
using typed::Op;
using typed::Slot;

inline uint64_t bits(double v) {
  return std::bit_cast<uint64_t>(v);
}
inline uint64_t bits(float v) {
  return std::bit_cast<uint32_t>(v);
}
inline uint64_t bits(int64_t v) {
  return static_cast<uint64_t>(v);
}
inline uint64_t bits(int v) {
  return static_cast<uint64_t>(static_cast<int64_t>(v));
}
inline uint64_t bits(uint64_t v) {
  return v;
}
inline uint64_t bits(bool v) {
  return v;
}
inline double as_double(uint64_t v) {
  return std::bit_cast<double>(v);
}

// Writes typed code an instruction at a time. Parameters come first, then constants, then variables.
class Builder {
 public:
  explicit Builder(std::string name = "f") { f_.name = std::move(name); }

  Slot parameter(uint32_t slots = 1) {
    f_.parameter_slots += slots;
    return take(slots);
  }
  Slot constant(uint64_t value) {
    f_.constants.push_back({take(1), value});
    return f_.constants.back().slot;
  }
  Slot variable(uint32_t slots = 1) { return take(slots); }

  void line(int32_t line) { line_ = line; }
  uint32_t here() const { return static_cast<uint32_t>(f_.code.size()); }
  uint32_t emit(Instr instr) {
    instr.line = line_;
    f_.code.push_back(instr);
    return here() - 1;
  }
  uint32_t op(Op op, Scalar kind, Slot d, Slot a, Slot b = typed::no_slot, uint32_t aux = 0) {
    return emit({.op = op, .kind = kind, .d = d, .a = a, .b = b, .aux = aux});
  }
  Slot value(Op op, Scalar kind, Slot a, Slot b = typed::no_slot, uint32_t aux = 0) {
    Slot d = variable();
    this->op(op, kind, d, a, b, aux);
    return d;
  }
  void move(Slot d, Slot a, uint32_t slots = 1) { emit({.op = Op::move_, .d = d, .a = a, .aux = slots}); }
  void convert(Scalar kind, Scalar to, Slot d, Slot a) { emit({.op = Op::convert_, .kind = kind, .to = to, .d = d, .a = a}); }
  uint32_t access(Slot array, const Type* type, std::vector<Slot> index) {
    f_.accesses.push_back({array, type, std::move(index), false, true, true});
    return static_cast<uint32_t>(f_.accesses.size()) - 1;
  }
  void load(Slot d, Slot array, const Type* type, std::vector<Slot> index) {
    uint32_t aux = access(array, type, std::move(index));
    emit({.op = Op::load_, .d = d, .aux = aux});
  }
  void store(Slot array, const Type* type, std::vector<Slot> index, Slot a) {
    uint32_t aux = access(array, type, std::move(index));
    emit({.op = Op::store_, .a = a, .aux = aux});
  }
  typed::Access& last_access() { return f_.accesses.back(); }
  void range(Slot iterator, Slot range, Scalar kind = Scalar::i64) {
    emit({.op = Op::range_init_, .kind = kind, .d = iterator, .a = range});
  }
  uint32_t next(Slot d, Slot iterator, uint32_t exhausted = 0) {
    return emit({.op = Op::range_next_, .d = d, .a = iterator, .target = exhausted});
  }
  uint32_t jump(uint32_t target = 0) { return emit({.op = Op::jump_, .target = target}); }
  uint32_t branch(Slot a, uint32_t yes = 0, uint32_t no = 0) {
    return emit({.op = Op::branch_, .kind = Scalar::boolean, .a = a, .target = yes, .target2 = no});
  }
  void land(uint32_t jump) { f_.code[jump].target = here(); }
  void land2(uint32_t branch) { f_.code[branch].target2 = here(); }
  void call(Specialisation& callee, std::vector<Slot> arguments, Slot result, uint32_t result_slots = 1) {
    f_.calls.push_back({&callee, std::move(arguments), result, result_slots});
    emit({.op = Op::call_, .aux = static_cast<uint32_t>(f_.calls.size()) - 1});
  }
  void runtime(typed::RuntimeFunction function, std::vector<Slot> arguments, Slot result, uint32_t result_slots = 1) {
    f_.runtime_calls.push_back({function, "test", std::move(arguments), result, result_slots});
    emit({.op = Op::runtime_, .aux = static_cast<uint32_t>(f_.runtime_calls.size()) - 1});
  }
  uint32_t pointer(void* p) {
    f_.pointers.push_back(p);
    return static_cast<uint32_t>(f_.pointers.size()) - 1;
  }
  void raise(typed::Raise raise) {
    f_.raises.push_back(std::move(raise));
    emit({.op = Op::raise_, .aux = static_cast<uint32_t>(f_.raises.size()) - 1});
  }
  void ret(Slot a = 0, uint32_t slots = 1) {
    f_.result_slots = slots;
    emit({.op = Op::ret_, .a = a, .aux = slots});
  }

  typed::Function& function() { return f_; }

 private:
  typed::Function f_;
  int32_t line_ = 1;
  Slot take(uint32_t slots) {
    f_.frame_slots += slots;
    return f_.frame_slots - slots;
  }
};

// A specialisation with a program of its own.
class Compiled {
 public:
  Compiled() = default;
  explicit Compiled(Builder& builder) { define(builder); }
  void define(Builder& builder) {
    specialisation.typed = std::make_unique<typed::Function>(std::move(builder.function()));
    specialisation.program = interp::assemble(*specialisation.typed, specialisation);
  }
  // The address of this object stands for the function in tracebacks.
  void name_function() { specialisation.function = reinterpret_cast<Function*>(this); }

  int32_t run(std::vector<uint64_t> args) {
    runtime::Context& context = runtime::Context::of_thread();
    runtime::Context::Scope scope(context);
    context.exc.clear();
    result.assign(std::max<size_t>(specialisation.typed->result_slots, 1), 0xdead);
    args.resize(std::max<size_t>(args.size(), 1));
    return interp::run(*specialisation.program, args.data(), result.data(), context);
  }
  uint64_t value(std::vector<uint64_t> args) {
    EXPECT_EQ(run(std::move(args)), 0) << error();
    return result[0];
  }
  // "IndexError: message @1 @2": what was raised, and the lines of the traceback, innermost first.
  static std::string error() {
    const runtime::ExcInfo& exc = runtime::Context::of_thread().exc;
    std::string text(runtime::exception_table()[static_cast<size_t>(exc.kind)].name);
    if (exc.has_message) text += std::string(": ") + exc.message;
    for (uint32_t i = 0; i < exc.trace_count; ++i) text += " @" + std::to_string(exc.trace[i].line);
    return text;
  }
  std::string failure(std::vector<uint64_t> args) { return run(std::move(args)) == 0 ? "no exception" : error(); }

  Specialisation specialisation;
  std::vector<uint64_t> result;
};

// A NumPy array: elements of one scalar type and the slots that describe them.
class Array {
 public:
  Array(Scalar element, std::vector<int64_t> shape, Layout layout = Layout::c, int64_t gap = 0)
      : type(types::array(element, static_cast<int>(shape.size()), layout)), shape(shape) {
    auto item = static_cast<int64_t>(item_size(element));
    size_t ndim = shape.size();
    strides.resize(ndim);
    int64_t step = item + gap * (layout == Layout::any ? item : 0);
    for (size_t k = 0; k < ndim; ++k) {
      size_t axis = layout == Layout::f ? k : ndim - 1 - k;
      strides[axis] = step;
      step *= shape[axis];
    }
    memory.resize(static_cast<size_t>(step + item));
  }
  std::vector<uint64_t> slots() {
    std::vector<uint64_t> out{reinterpret_cast<uint64_t>(memory.data())};
    for (int64_t s : shape) out.push_back(bits(s));
    for (int64_t s : strides) out.push_back(bits(s));
    out.push_back(1);
    return out;
  }
  char* at(std::vector<int64_t> index) {
    int64_t offset = 0;
    for (size_t k = 0; k < index.size(); ++k) offset += index[k] * strides[k];
    return memory.data() + offset;
  }
  const Type* type;
  std::vector<int64_t> shape, strides;
  std::vector<char> memory;
};

inline std::vector<uint64_t> operator+(std::vector<uint64_t> a, const std::vector<uint64_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace px::jit::test
