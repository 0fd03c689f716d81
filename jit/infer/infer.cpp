#include "jit/infer/infer.h"

#include <algorithm>

#include "jit/code/named_tuple.h"
#include "jit/code/unroll.h"
#include "jit/infer/conversion.h"
#include "jit/infer/enumeration.h"
#include "jit/intrinsic.h"
#include "jit/library.h"
#include "jit/types/record.h"

namespace px::jit {

void unsupported(const std::string& what, const std::string& instead) {
  throw InferenceError{runtime::ExcKind::UnsupportedError, what + (instead.empty() ? "" : "; instead: " + instead)};
}
void mistyped(const std::string& what) {
  throw InferenceError{runtime::ExcKind::TypingError, what};
}

const Type* tuple_type(std::span<const Type* const> elements) {
  size_t parts = 1;
  for (auto* e : elements) parts += e->parts;
  if (parts > types::max_tuple_parts) unsupported("a tuple of more than " + std::to_string(types::max_tuple_parts) + " values", "an array");
  return types::tuple(elements);
}

const Type* constant_type(const Constant& value) {
  struct Typer {
    const Type* operator()(NoneValue) const { return types::none(); }
    const Type* operator()(bool) const { return types::boolean(); }
    const Type* operator()(int64_t) const { return types::int64(); }
    const Type* operator()(uint64_t) const { return types::uint64(); }
    const Type* operator()(double) const { return types::float64(); }
    const Type* operator()(const std::complex<double>&) const { return types::scalar(Scalar::c128); }
    const Type* operator()(const std::string& s) const { return types::string(s); }
    const Type* operator()(const NamedValue& v) const {
      switch (v.kind) {
        case NamedValue::Kind::builtin:
          if (v.name == "Ellipsis") return types::ellipsis();
          if (v.name.starts_with("namedtuple:")) return types::tuple_class(std::string_view(v.name).substr(sizeof "namedtuple:" - 1));
          return types::builtin(v.name);
        case NamedValue::Kind::exception:
          return types::exception(v.name);
        case NamedValue::Kind::module:
          return types::module(v.name);
        case NamedValue::Kind::dtype:
          if (is_record_text(v.name)) return record_dtype(types::record(v.name));
          for (size_t k = 0; k < element_count; ++k)
            if (v.name == "numpy." + std::string(numpy_name(static_cast<Scalar>(k)))) return types::dtype(static_cast<Scalar>(k));
          return nullptr;
      }
      return nullptr;
    }
    const Type* operator()(const std::shared_ptr<const ConstantTuple>& items) const {
      const auto named = named_tuple_of(*items);
      std::vector<const Type*> elements;
      for (auto& item : std::span(*items).first(items->size() - (named ? 1 : 0))) {
        elements.push_back(constant_type(item));
        if (!elements.back()) return nullptr;
      }
      if (named && is_enum_text(*named)) return elements.size() == 1 ? types::enum_member(*named, elements[0]) : nullptr;
      return types::tuple(elements, named.value_or(""));
    }
  };
  return std::visit(Typer{}, value.value);
}

Inference::Inference(Specialisation& spec)
    : spec_(spec), code_(&spec.function->code()), cfg_(build_cfg(*code_)), prunes_all_(is_library(*spec.function)) {}

CompileError Inference::located(const InferenceError& e, int32_t line) const {
  return {e.kind, code_->file + ":" + std::to_string(code_->first_line + line) + ": in " + code_->name + ": " + e.message};
}

bool Inference::analyse(CompileError& error) {
  const Type* result = spec_.result;
  const std::vector<HiddenArgument> hidden = spec_.hidden;
  if (analyse_once(error)) return true;
  if (!numbas_way_) return false;  // it would end in the same
  // A branch that the arguments' types decide may have a side that cannot be typed: then it is left out, where Numba gives up.
  prunes_all_ = true;
  spec_.result = result;
  spec_.hidden = hidden;
  lists_ = {};
  return analyse_once(error);
}

bool Inference::analyse_once(CompileError& error) {
  const Type* result = spec_.result;
  for (;; spec_.result = result) {
    try {
      return attempt(error);
    } catch (const ListsWidened&) {
    } catch (const Unroll& loop) {
      if (!unroll(loop, error)) return false;
    }
  }
}

bool Inference::unroll(const Unroll& loop, CompileError& error) {
  auto longer = jit::unroll(*code_, loop.iter, loop.count, loop.items.get());
  if (!longer) {
    error =
        located({runtime::ExcKind::UnsupportedError, "this loop over a tuple of different types; instead: index the tuple with constants"},
                code_->instructions[loop.iter].line);
    return false;
  }
  unrolled_ = std::move(longer);
  code_ = unrolled_.get();
  cfg_ = build_cfg(*code_);
  lists_ = {};  // these know instructions by their numbers
  return true;
}

bool Inference::attempt(CompileError& error) {
  entry_.assign(cfg_.blocks.size(), {});
  exit_.assign(cfg_.blocks.size(), {});
  plans_.assign(code_->instructions.size(), {});
  dirty_.assign(cfg_.blocks.size(), false);
  stops_.assign(cfg_.blocks.size(), std::nullopt);
  result_ = spec_.result;  // of the round before, in a recursive cycle
  spec_.callees.clear();
  FlowState start;
  start.reached = true;
  start.registers.resize(code_->registers.size());
  start.maybe_unset.assign(code_->registers.size(), false);
  try {
    for (size_t p = 0; p < spec_.parameters.size(); ++p) {
      auto reg = static_cast<int32_t>(p);
      start.registers[p] = fixed({spec_.entered()[p], {}, reg, 0}, reg);
    }
    flow(0, start);
    // What has changed, the first in code order first: a loop settles before what follows it is looked at. What comes after would keep the
    // types of a round that came to others (abs() of what is uint8 there, int64 in the end), as where Numba finds types.
    for (uint32_t b = 0; b < cfg_.blocks.size();) {
      next_ = b + 1;  // or one that the visit changes
      if (dirty_[b]) {
        dirty_[b] = false;
        visit(b);
      }
      b = next_;
    }
    bool open = std::ranges::any_of(stops_, [](auto& stop) { return stop && !stop->error; });
    for (auto& stop : stops_)
      if (stop && stop->error && !(open && stop->waits)) {
        at_ = stop->at;
        throw *stop->error;
      }
    // No `return` is ever reached: None, as Numba says. (Where a call is still open, one may be reached later.)
    if (!open && !result_) result_ = spec_.result = types::none();
  } catch (const InferenceError& e) {
    error = located(e, code_->instructions[at_].line);
    return false;
  }
  return true;
}

void Inference::flow(uint32_t to, const FlowState& from) {
  FlowState& into = entry_[to];
  bool changed = !into.reached;
  if (!into.reached) {
    into.reached = true;
    into.registers.resize(from.registers.size());
    into.maybe_unset.assign(from.registers.size(), false);
    for (size_t r = 0; r < from.registers.size(); ++r)
      if (cfg_.live_in(to, static_cast<int32_t>(r))) {
        into.registers[r] = from.registers[r];
        into.maybe_unset[r] = from.maybe_unset[r] || !from.registers[r].type;
      }
  } else {
    for (size_t r = 0; r < from.registers.size(); ++r) {
      if (!cfg_.live_in(to, static_cast<int32_t>(r))) continue;
      auto& old = into.registers[r];
      auto& now = from.registers[r];
      if ((from.maybe_unset[r] || !now.type) && !into.maybe_unset[r]) into.maybe_unset[r] = changed = true;
      if (!now.type) continue;
      if (!old.type) {
        old = now;
        changed = true;
        continue;
      }
      if (old.literal && !(now.literal && *now.literal == *old.literal)) {
        old.literal.reset();
        changed = true;
      }
      if (old.type == now.type && !old.type->is_list()) continue;
      const Type* both = meet(old, now);
      if (!both) {
        auto line = [&](const Argument& a) { return std::to_string(code_->first_line + a.line); };
        mistyped(register_name(static_cast<int32_t>(r)) + " is " + to_string(old.type) + " (line " + line(old) + ") on one path and " +
                 to_string(now.type) + " (line " + line(now) + ") on another: give it one type");
      }
      if (both != old.type) {
        old.type = both;
        changed = true;
      }
    }
  }
  dirty_[to] = dirty_[to] || changed;
  if (changed) next_ = std::min(next_, to);
}

void Inference::visit(uint32_t b) {
  auto& block = cfg_.blocks[b];
  now_ = entry_[b];
  stops_[b].reset();
  open_expressions_.clear();
  for (at_ = block.begin; at_ < block.end; ++at_) {
    auto& i = code_->instructions[at_];
    unset_.clear();
    try {
      plans_[at_] = transfer_rule(i.op)(*this, code_->operands_of(i));
      plans_[at_].unset = unset_;
      if (plans_[at_].pending) stops_[b] = Stop{at_, {}};
    } catch (const NotYet& missing) {
      stops_[b] = Stop{at_, InferenceError{missing.kind, missing.message}};
    } catch (const InferenceError& mistake) {
      stops_[b] = Stop{at_, mistake, false};
    }
    if (stops_[b]) return;  // the rest of the block waits for what is missing
    FlowState before;
    if (i.op == Opcode::next_ || i.handler >= 0) before = now_;
    size_t next = 0;
    std::vector<Argument> given;  // what registers of fixed types are assigned
    for_registers(
        *code_, i, [](int32_t) {},
        [&](int32_t reg) {
          Argument value = plans_[at_].results[next++];
          value.reg = reg;
          value.line = i.line;
          value.whole = nullptr;
          value.offset = 0;
          if (cfg_.definition_count[reg] != 1) value.literal.reset();  // Numba takes constants from variables assigned once
          given.push_back(value);
          value = fixed(value, reg);
          now_.registers[reg] = value;
          open_expressions_.written(reg, plans_[at_].expression);
          now_.maybe_unset[reg] = false;
        });
    if (at_ + 1 < block.end) continue;
    exit_[b].assign(block.successors.size(), now_);
    if (i.op == Opcode::next_) exit_[b][1] = before;
    if (i.handler >= 0) exit_[b].back() = before;
    for (size_t s = 0; s < block.successors.size(); ++s)
      if ((i.handler >= 0 && s + 1 == block.successors.size()) || (s == 0 ? plans_[at_].takes_first : plans_[at_].takes_second))
        flow(block.successors[s], exit_[b][s]);
    // An item is converted on the way into the loop's body.
    if (i.op == Opcode::next_) exit_[b][0].registers[given[0].reg] = given[0];
    return;
  }
}

const Type* Inference::fixed_type(int32_t reg) const {
  auto& locals = spec_.function->options().locals;
  if (locals.empty() || &spec_.function->outermost() != spec_.function) return nullptr;
  auto place = std::ranges::find(locals, code_->registers[reg], &std::pair<std::string, const Type*>::first);
  return place == locals.end() ? nullptr : place->second;
}

Argument Inference::fixed(Argument value, int32_t reg) const {
  const Type* type = fixed_type(reg);
  if (!type || !value.type) return value;
  if (conversion(value.type, type) == Conversion::impossible)
    mistyped(register_name(reg) + " is " + to_string(type) + " by `locals` and cannot hold " + to_string(value.type));
  Argument as{type};
  as.reg = reg;
  as.line = value.line;
  return as;
}

void Inference::refuse_write(const Argument& array) {
  throw InferenceError{
      runtime::ExcKind::ProtectionError,
      register_name(array.reg) + " is read-only here: a context writes only to arrays that it was handed as writable arguments"};
}

Argument Inference::read(int32_t reg) {
  Argument value = now_.registers[reg];
  if (!value.type)
    throw NotYet{runtime::ExcKind::UnboundLocalError,
                 "cannot access local variable " + register_name(reg) + " where it is not associated with a value"};
  value.reg = reg;
  if (now_.maybe_unset[reg]) {
    zeroed_.insert({reg, value.type});
    std::vector<uint32_t> addresses;
    add_addresses(value.type, 0, addresses);
    if (!addresses.empty()) unset_.push_back(value);
  }
  return value;
}

void add_addresses(const Type* t, uint32_t offset, std::vector<uint32_t>& out) {
  if (t->is_list() || t->kind == TypeKind::interlocked || t->kind == TypeKind::python || t->kind == TypeKind::work ||
      (t->kind == TypeKind::iterator && t->text == "shared"))
    return out.push_back(offset);
  if (t->is_record() || (t->is_array() && t->ndim == 0)) return out.push_back(offset);
  if (t->is_optional() || t->is_records()) return;  // zero is None, or no elements
  uint32_t own = t->slots;
  for (auto* e : t->elements) own -= e->slots;
  offset += own;
  for (auto* e : t->elements) {
    add_addresses(e, offset, out);
    offset += e->slots;
  }
}

Argument Inference::read_value(int32_t reg) {
  return present(read(reg));
}

Argument Inference::value_of(Argument a) {
  return with_numbers(present(std::move(a)));
}

Argument Inference::present(Argument a) {
  if (a.type->is_optional()) {
    a.held = a.type;
    a.type = a.type->elements[0];
  }
  return a;
}

void Inference::add_return(const Type* type) {
  if (const Type* declared = spec_.declared_result) {
    if (conversion(type, declared) == Conversion::impossible)
      mistyped("returns " + to_string(type) + ", where the signature says " + to_string(declared));
    result_ = spec_.result = declared;
    return;
  }
  const Type* both = result_ ? unify(result_, type) : type;
  if (!both) mistyped("returns " + to_string(result_) + " on one path and " + to_string(type) + " on another: return one type");
  result_ = spec_.result = both;  // a recursive call further down takes it from there
}

uint32_t Inference::add_hidden(const HiddenArgument& hidden) {
  auto& list = spec_.hidden;
  auto place = std::ranges::find(list, hidden);
  if (place == list.end()) place = list.insert(list.end(), hidden);
  return static_cast<uint32_t>(place - list.begin());
}

namespace {
// The places of a deep chain of calls: the outer ones and the innermost.
std::string shortened(const std::string& text) {
  size_t outer = text.find("calling ", 300), innermost = text.rfind("calling ");
  if (text.size() < 1000 || outer == std::string::npos || outer >= innermost) return text;
  return text.substr(0, outer) + "… " + text.substr(innermost);
}
}  // namespace

Specialisation* Inference::callee(Function& function, std::span<const Type* const> types) {
  if (const Intrinsic* intrinsic = find_intrinsic(function))
    unsupported("the intrinsic " + intrinsic->name + " given to what calls it", "a function that calls it");
  CompileError error;
  Specialisation* spec = function.specialise(types, error);
  if (!spec) throw InferenceError{error.kind, "calling " + function.code().name + ": " + shortened(error.message)};
  if (std::ranges::find(spec_.callees, spec) == spec_.callees.end()) spec_.callees.push_back(spec);
  if (spec != &spec_)
    for (auto& hidden : spec->hidden) add_hidden(hidden);
  return spec;
}

}  // namespace px::jit
