#include "jit/infer/emitter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>
#include <mutex>

#include "jit/flow/flow.h"
#include "jit/interp/value.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;

Emitter::Slot Emitter::allocate(const Type* type, uint32_t slots, const std::string& name) {
  Slot first = out_.frame_slots;
  out_.frame_slots += slots;
  out_.slot_names.resize(out_.frame_slots, name);
  out_.slot_types.resize(out_.frame_slots, nullptr);
  if (slots) out_.slot_types[first] = type;
  return first;
}

Emitter::Slot Emitter::temporary(const Type* type, uint32_t slots) {
  return allocate(type, slots ? slots : type->slots, "");
}

Emitter::Slot Emitter::variable(int32_t reg, const Type* type, const std::string& name) {
  auto [place, added] = variables_.try_emplace({reg, type}, 0);
  if (added) place->second = allocate(type, type->slots, name);
  return place->second;
}

Emitter::Slot Emitter::constant(uint64_t bits, const Type* type) {
  auto [place, added] = constants_.try_emplace({bits, type}, 0);
  if (added) {
    place->second = allocate(type, 1, "");
    out_.constants.push_back({place->second, bits});
  }
  return place->second;
}

Emitter::Slot Emitter::int_constant(int64_t value) {
  return constant(static_cast<uint64_t>(value), types::int64());
}
Emitter::Slot Emitter::float_constant(double value) {
  return constant(std::bit_cast<uint64_t>(value), types::float64());
}

Emitter::Slot Emitter::constant_value(const Constant& value, const Type* type) {
  if (type->is_scalar()) return constant(constant_bits(value, type->scalar), type);
  if (type->is_complex()) {
    auto* both = std::get_if<std::complex<double>>(&value.value);
    const Type* part = types::scalar(part_of_complex(type->scalar));
    Slot run = temporary(type);
    move(run, constant_value(both ? Constant{both->real()} : value, part), 1);
    move(run + 1, constant_value(Constant{both ? both->imag() : 0.0}, part), 1);
    return run;
  }
  if (type->is_tuple()) {
    auto& items = *std::get<std::shared_ptr<const ConstantTuple>>(value.value);
    Slot run = temporary(type), at = run;
    for (size_t k = 0; k < type->elements.size(); ++k) {  // a named tuple's class is not among them
      uint32_t slots = type->elements[k]->slots;
      if (slots) move(at, constant_value(items[k], type->elements[k]), slots);
      at += slots;
    }
    return run;
  }
  if (type->is_enum_member())  // its value, before its class
    return constant_value(std::get<std::shared_ptr<const ConstantTuple>>(value.value)->front(), type->elements[0]);
  return temporary(type);  // no slots
}

uint32_t Emitter::emit(typed::Instr instr) {
  instr.line = line;
  out_.code.push_back(instr);
  auto index = static_cast<uint32_t>(out_.code.size() - 1);
  if (handler != out_of_function && instr.op != Op::guard_ && flow::may_fail(out_, instr)) {
    uint32_t next = new_label();
    emit({.op = Op::guard_, .target = next, .target2 = handler});
    bind(next);
  }
  return index;
}

uint32_t Emitter::move(Slot to, Slot from, uint32_t slots) {
  if (slots == 0 || to == from) return static_cast<uint32_t>(out_.code.size());
  return emit({.op = Op::move_, .d = to, .a = from, .aux = slots});
}

void Emitter::binary(Op op, Scalar kind, Slot d, Slot a, Slot b, uint32_t aux) {
  emit({.op = op, .kind = kind, .d = d, .a = a, .b = b, .aux = aux});
}
void Emitter::unary(Op op, Scalar kind, Slot d, Slot a, uint32_t aux) {
  emit({.op = op, .kind = kind, .d = d, .a = a, .aux = aux});
}

namespace {
// Whether a slot that holds a `from` holds the same bits as a `to`.
bool same_bits(const Type* from, const Type* to) {
  if (from == to || !from->is_scalar() || !to->is_scalar())
    return from == to || (from->is_array() && to->is_array()) || (from->kind == TypeKind::function && to->kind == TypeKind::function) ||
           ((from->is_record() || from->is_records()) && from->kind == to->kind);
  Scalar f = from->scalar, t = to->scalar;
  if (is_float(f) || is_float(t) || t == Scalar::boolean) return f == t;
  if (f == Scalar::boolean) return true;
  if (item_size(t) == 8) return true;  // narrow integers are extended already; i64 and u64 share their bits
  // A narrower unsigned value fits a wider signed one; a signed one only fits a signed one.
  return item_size(f) < item_size(t) ? (is_unsigned(f) || is_signed(t)) : f == t;
}
}  // namespace

void Emitter::convert_into(Slot d, Slot value, const Type* from, const Type* to) {
  if (from->is_tuple() && to->is_tuple()) {
    for (size_t k = 0; k < from->elements.size(); ++k) {
      convert_into(d, value, from->elements[k], to->elements[k]);
      d += to->elements[k]->slots;
      value += from->elements[k]->slots;
    }
  } else if (same_bits(from, to)) {
    move(d, value, to->slots);
  } else if (to->kind == TypeKind::choice) {
    convert_to_choice(d, value, from, to);
  } else if (to->is_optional()) {
    convert_to_optional(d, value, from, to);
  } else if (from->is_optional()) {
    check_optional(value, from);
    convert_into(d, value + 1, from->elements[0], to);
  } else if (from->is_enum_member()) {
    convert_into(d, value, from->elements[0], to);
  } else if (to->is_complex()) {
    const Type* part = types::scalar(part_of_complex(to->scalar));
    const Type* given = from->is_complex() ? types::scalar(part_of_complex(from->scalar)) : from;
    Slot real = convert(value, given, part), imaginary = from->is_complex() ? convert(value + 1, given, part) : constant(0, part);
    move(d, real, 1);
    move(d + 1, imaginary, 1);
  } else if (from->is_complex()) {  // to a boolean, the only conversion that there is
    const Type* part = types::scalar(part_of_complex(from->scalar));
    Slot imaginary = convert(value + 1, part, to);
    convert_into(d, value, part, to);
    binary(Op::bit_or_, Scalar::boolean, d, d, imaginary);
  } else {
    emit({.op = Op::convert_, .kind = register_kind(from->scalar), .to = to->scalar, .d = d, .a = value});
  }
}

void Emitter::convert_to_choice(Slot d, Slot value, const Type* from, const Type* to) {
  auto place = [&](const Type* function) { return int_constant(std::ranges::find(to->elements, function) - to->elements.begin()); };
  if (from->kind == TypeKind::function) return void(move(d, place(from), 1));
  choose(value, *from, [&](size_t k) { move(d, place(from->elements[k]), 1); });
}

void Emitter::choose(Slot value, const Type& choice, const std::function<void(size_t)>& each) {
  const Slot chosen = temporary(types::boolean()), which = temporary(types::int64());
  const uint32_t done = new_label();
  move(which, value, 1);  // `each` may write where the value is
  for (size_t k = 0; k < choice.elements.size(); ++k) {
    const uint32_t here = new_label(), more = new_label();
    if (k + 1 < choice.elements.size()) {
      binary(Op::eq_, Scalar::i64, chosen, which, int_constant(static_cast<int64_t>(k)));
      branch(chosen, here, more);
    } else {
      jump(here);
    }
    bind(here);
    each(k);
    jump(done);
    bind(more);
  }
  bind(done);
}

void Emitter::convert_to_optional(Slot d, Slot value, const Type* from, const Type* to) {
  const Type* of = to->elements[0];
  if (from->is_none()) {
    const Type* part = of->is_scalar() ? of : of->is_complex() ? types::scalar(part_of_complex(of->scalar)) : types::int64();
    move(d, constant(0, types::boolean()), 1);
    for (uint32_t k = 1; k < to->slots; ++k) move(d + k, constant(0, part), 1);
  } else if (!from->is_optional()) {
    convert_into(d + 1, value, from, of);
    move(d, constant(1, types::boolean()), 1);
  } else {  // where there is none, the slots hold zeros, which convert to something
    convert_into(d + 1, value + 1, from->elements[0], of);
    move(d, value, 1);
  }
}

void Emitter::check_optional(Slot value, const Type* type) {
  uint32_t missing = new_label(), there = new_label();
  branch(value, there, missing);
  bind(missing);
  raise(runtime::ExcKind::TypeError, "expected " + to_string(type->elements[0]) + ", got None");
  bind(there);
}

Emitter::Slot Emitter::convert(Slot value, const Type* from, const Type* to) {
  if (same_bits(from, to)) return value;
  Slot d = temporary(to);
  convert_into(d, value, from, to);
  return d;
}

void Emitter::call_runtime(const char* symbol, typed::RuntimeFunction function, std::vector<Slot> arguments, Slot result,
                           uint32_t result_slots) {
  out_.runtime_calls.push_back({function, symbol, std::move(arguments), result, result_slots});
  emit({.op = Op::runtime_, .aux = static_cast<uint32_t>(out_.runtime_calls.size() - 1)});
}

void Emitter::call_math(Slot d, Scalar kind, void* function, Slot a, Slot b) {
  size_t k = 0;
  while (k < out_.pointers.size() && out_.pointers[k] != function) ++k;
  if (k == out_.pointers.size()) out_.pointers.push_back(function);
  emit({.op = b == typed::no_slot ? Op::call_math1_ : Op::call_math2_,
        .kind = kind,
        .d = d,
        .a = a,
        .b = b,
        .aux = static_cast<uint32_t>(k)});
}

namespace {

// Kept for ever: code and exceptions in flight refer to it.
const typed::Raise* keep(typed::Raise raise) {
  static auto& lock = *new std::mutex;
  static auto& all = *new std::deque<typed::Raise>;
  std::scoped_lock locked(lock);
  return &all.emplace_back(std::move(raise));
}

// Argument: a typed::Raise, then the slots of the exception's arguments.
int32_t raise_kept(const uint64_t* x, uint64_t*) {
  auto& raise = *reinterpret_cast<const typed::Raise*>(x[0]);
  auto& exc = runtime::Context::current()->exc;
  if (raise.has_message) {
    exc.set(raise.kind, raise.message);
  } else {
    exc.set(raise.kind);
  }
  if (!raise.types.empty()) {
    exc.has_message = false;
    exc.argument_types = &raise.types;
    std::copy_n(x + 1, std::min(raise.arguments.size(), runtime::ExcInfo::max_argument_slots), exc.arguments);
  }
  return 1;
}

}  // namespace

void Emitter::raise(runtime::ExcKind kind, std::string message) {
  raise({.kind = kind, .message = std::move(message), .types = {}, .arguments = {}, .has_message = true});
}

void Emitter::raise(typed::Raise raise) {
  if (handler != out_of_function) {  // a call that always fails
    std::vector<Slot> slots = {0};
    slots.insert(slots.end(), raise.arguments.begin(), raise.arguments.end());
    slots[0] = int_constant(static_cast<int64_t>(reinterpret_cast<uintptr_t>(keep(std::move(raise)))));
    call_runtime("px_raise_kept", raise_kept, std::move(slots), temporary(types::int64()), 1);
    return jump(handler);
  }
  out_.raises.push_back(std::move(raise));
  emit({.op = Op::raise_, .aux = static_cast<uint32_t>(out_.raises.size() - 1)});
}

uint32_t Emitter::new_label() {
  labels_.push_back(unbound);
  return static_cast<uint32_t>(labels_.size() - 1);
}
void Emitter::bind(uint32_t label) {
  labels_[label] = static_cast<uint32_t>(out_.code.size());
}
void Emitter::jump(uint32_t label) {
  emit({.op = Op::jump_, .target = label});
}
void Emitter::branch(Slot condition, uint32_t if_true, uint32_t if_false) {
  emit({.op = Op::branch_, .kind = Scalar::boolean, .a = condition, .target = if_true, .target2 = if_false});
}

void Emitter::resolve_labels() {
  for (auto& i : out_.code) {
    if (i.op == Op::jump_ || i.op == Op::branch_ || i.op == Op::range_next_) i.target = labels_[i.target];
    if (i.op == Op::guard_) i.target = labels_[i.target];
    if (i.op == Op::branch_ || i.op == Op::guard_) i.target2 = labels_[i.target2];
  }
}

uint64_t constant_bits(const Constant& value, Scalar s) {
  double real = 0;
  uint64_t integer = 0;
  if (auto* x = std::get_if<bool>(&value.value)) {
    integer = *x;
    real = *x;
  } else if (auto* x = std::get_if<int64_t>(&value.value)) {
    integer = static_cast<uint64_t>(*x);
    real = static_cast<double>(*x);
  } else if (auto* x = std::get_if<uint64_t>(&value.value)) {
    integer = *x;
    real = static_cast<double>(*x);
  } else if (auto* x = std::get_if<double>(&value.value)) {
    real = *x;
    integer = interp::float_to_integer<Scalar::i64>(*x);
  }
  switch (s) {
    case Scalar::f64:
      return std::bit_cast<uint64_t>(real);
    case Scalar::f32:
      return std::bit_cast<uint32_t>(static_cast<float>(real));
    case Scalar::boolean:
      return std::holds_alternative<double>(value.value) ? real != 0 : integer != 0;
    case Scalar::i8:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(integer)));
    case Scalar::i16:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int16_t>(integer)));
    case Scalar::i32:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(integer)));
    case Scalar::u8:
      return static_cast<uint8_t>(integer);
    case Scalar::u16:
      return static_cast<uint16_t>(integer);
    case Scalar::u32:
      return static_cast<uint32_t>(integer);
    default:
      return integer;
  }
}

}  // namespace px::jit
