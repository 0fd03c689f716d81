#include "jit/infer/array_expression.h"

#include <algorithm>
#include <mutex>

#include "jit/builtins/complex.h"
#include "jit/builtins/elementwise.h"
#include "jit/infer/lowering.h"

namespace px::jit {

using typed::Slot;

namespace {

bool is_array_or_number(const Type* t) {
  return t->is_array() || t->is_number();
}

// What an entry makes of elements: as one of NumPy's loops, or of Numba's array expressions, where an operator computes as with scalars.
Resolution resolve_element(const Builtin& entry, std::span<const Argument> elements, bool as_loop) {
  if (std::ranges::none_of(elements, [](auto& a) { return a.type->is_complex(); })) return entry.resolve(elements, entry);
  std::vector<Argument> given(elements.begin(), elements.end());
  const Type* type = complex_loop(elements);
  if (as_loop)
    for (auto& a : given) a.type = type;
  Resolution r = resolve_complex(given, entry);
  if (!r.result) return entry.resolve(elements, entry);
  if (as_loop && r.parameters.empty()) r.parameters.assign(given.size(), type);
  return r;
}

bool is_numpy_function(const Builtin& entry) {
  return entry.name.starts_with("numpy.");
}

// An argument as an element of it. What is a constant in the same expression is one for the element's computation too: `a ** 2`.
Argument element_of(const Argument& a, bool literal) {
  return {types::scalar(a.type->scalar), literal ? a.literal : std::nullopt, -1, a.line};
}

bool is_constant(Inference& inf, const Argument& a) {
  return a.literal && a.type->is_number() && inf.code().registers[a.reg].empty();
}

// One tree under construction: its kernel and the arguments that it reads.
class Kernel {
 public:
  explicit Kernel(Inference& inf) : inf_(inf), emitter_(function_) { emitter_.error_model_python = false; }

  std::shared_ptr<Elementwise> make(const ArrayExpression& root, bool into) {
    leaves_of(root);
    std::vector<const Type*> operands;
    for (auto& a : leaves) {
      operands.push_back(a.type);
      slots_.push_back(emitter_.temporary(types::scalar(a.type->scalar)));
    }
    auto [slot, type] = emit(root);
    slot = emitter_.convert(slot, type, types::scalar(root.type->scalar));
    auto made = make_elementwise(function_, std::move(operands), root.type, slot);
    if (!made) unsupported("'" + std::string(root.entry->name) + "' of arrays", "a loop over the elements");
    made->into = into;
    return made;
  }

  std::vector<Argument> leaves;

 private:
  size_t leaf(const Argument& a) const {
    return static_cast<size_t>(std::ranges::find_if(leaves, [&](auto& b) { return b.reg == a.reg; }) - leaves.begin());
  }
  void leaves_of(const ArrayExpression& x) {
    for (auto& operand : x.operands) {
      if (auto* child = std::get_if<std::shared_ptr<ArrayExpression>>(&operand)) {
        leaves_of(**child);
      } else if (auto& a = std::get<Argument>(operand); !is_constant(inf_, a) && leaf(a) == leaves.size()) {
        leaves.push_back(a);
      }
    }
  }

  std::pair<Slot, const Type*> emit(const ArrayExpression& x) {
    std::vector<Slot> slots;
    std::vector<const Type*> types;
    std::vector<Argument> arguments;
    for (auto& operand : x.operands) {
      if (auto* child = std::get_if<std::shared_ptr<ArrayExpression>>(&operand)) {
        auto [slot, type] = emit(**child);
        slots.push_back(slot);
        arguments.push_back({type, {}, -1, 0});
      } else {
        auto& a = std::get<Argument>(operand);
        bool constant = is_constant(inf_, a);
        arguments.push_back(element_of(a, constant));
        slots.push_back(constant ? emitter_.constant_value(*a.literal, a.type) : slots_[leaf(a)]);
      }
      types.push_back(arguments.back().type);
    }
    Resolution r = resolve_element(*x.entry, arguments, is_numpy_function(*x.entry));
    if (!r.result || !r.result->is_number()) {
      std::string list;
      for (auto* t : types) list += (list.empty() ? "" : ", ") + to_string(t);
      mistyped(std::string(x.entry->name) + " has no rule for elements of types (" + list + ")");
    }
    Slot d = emitter_.temporary(r.result);
    r.emit(emitter_, types, slots, d);
    return {d, r.result};
  }

  Inference& inf_;
  typed::Function function_;
  Emitter emitter_;
  std::vector<Slot> slots_;  // of the leaves
};

// Typed code refers to it by its address: it lives as long as the process, as types do.
void keep(const std::shared_ptr<Elementwise>& made) {
  static std::mutex& mutex = *new std::mutex;
  static auto& all = *new std::vector<std::shared_ptr<Elementwise>>;
  std::scoped_lock lock(mutex);
  all.push_back(made);
}

// The element type that NumPy's loops give, null where none takes these types, or none can be `called` in every tier.
const Type* loop_result(const Builtin& ufunc, std::span<const Argument> arguments, bool called) {
  std::vector<Argument> elements;
  for (auto& a : arguments) elements.push_back(element_of(a, false));
  Resolution r = resolve_element(ufunc, elements, true);
  return r.result && r.result->is_number() && (r.callable() || !called) ? r.result : nullptr;
}

// NumPy's casting='same_kind'.
bool same_kind(Scalar from, Scalar to) {
  auto kind = [](Scalar s) { return s == Scalar::boolean ? 0 : is_unsigned(s) ? 1 : is_signed(s) ? 2 : is_float(s) ? 3 : 4; };
  return kind(from) <= kind(to);
}

const Type* result_array(Scalar element, std::span<const Argument> arguments) {
  int ndim = 0;
  bool c = false, f = false;
  for (auto& a : arguments) {
    if (!a.type->is_array()) continue;
    ndim = std::max<int>(ndim, a.type->ndim);
    c = c || a.type->layout == Layout::c;
    f = f || a.type->layout == Layout::f;
  }
  return types::array(element, ndim, f && !c ? Layout::f : Layout::c);
}

// Of arrays in no dimensions a number, as in Numba.
Plan of_single_elements(const Builtin& ufunc, std::span<const Argument> inputs, const std::string& shown) {
  std::vector<Argument> given(inputs.begin(), inputs.end()), numbers;
  for (auto& a : given) numbers.push_back(element_of(a, false));
  Resolution r = resolve_element(ufunc, numbers, true);
  if (!r.callable()) mistyped(shown + " has no rule for arrays in no dimensions of these types");
  Plan plan{.results = {{r.result}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
              auto& e = low.emitter;
              std::vector<Slot> slots;
              std::vector<const Type*> types;
              for (size_t k = 0; k < given.size(); ++k) {
                types.push_back(numbers[k].type);
                slots.push_back(low.of(given[k]));
                if (!given[k].type->is_array()) continue;
                if (types[k]->is_complex()) {
                  Slot array = std::exchange(slots[k], e.temporary(types[k]));
                  emit_element(e, given[k].type, array, {}, slots[k]);
                  continue;
                }
                e.out().accesses.push_back({.array = slots[k],
                                            .type = types::array(types[k]->scalar, 0, Layout::c),
                                            .index = {},
                                            .bounds_check = false,
                                            .wraparound = false});
                slots[k] = e.temporary(types[k]);
                e.emit({.op = typed::Op::load_,
                        .kind = register_kind(types[k]->scalar),
                        .d = slots[k],
                        .aux = static_cast<uint32_t>(e.out().accesses.size() - 1)});
              }
              r.emit(e, types, slots, d[0]);
            }};
  for (auto& a : given)
    if (a.type->is_array()) plan.reads.push_back(a);
  return plan;
}

// Whether the expression's value is read once, and in its block.
bool read_once(Inference& inf, const ArrayExpression& x, int32_t reg) {
  auto& code = inf.code();
  auto& cfg = inf.cfg();
  const auto& block = cfg.blocks[cfg.block_of[x.at]];
  int reads = 0;
  for (uint32_t at = x.at + 1; at < block.end; ++at) {
    bool over = false;
    for_registers(code, code.instructions[at], [&](int32_t r) { reads += r == reg; }, [&](int32_t r) { over = over || r == reg; });
    if (over) return reads == 1;
  }
  return reads == 1 && std::ranges::none_of(block.successors, [&](uint32_t next) { return cfg.live_in(next, reg); });
}

}  // namespace

void OpenExpressions::written(int32_t reg, std::shared_ptr<ArrayExpression> expression) {
  auto reads = [&](const auto& self, const ArrayExpression& x) -> bool {
    return std::ranges::any_of(x.operands, [&](auto& operand) {
      if (auto* child = std::get_if<std::shared_ptr<ArrayExpression>>(&operand)) return self(self, **child);
      return std::get<Argument>(operand).reg == reg;
    });
  };
  // What read the register's old value cannot be computed later any more.
  std::erase_if(open_, [&](auto& entry) { return entry.first == reg || reads(reads, *entry.second); });
  if (expression) open_[reg] = std::move(expression);
}

std::shared_ptr<ArrayExpression> OpenExpressions::find(int32_t reg) const {
  auto place = open_.find(reg);
  return place == open_.end() ? nullptr : place->second;
}

bool is_elementwise(const Builtin& entry, std::span<const Argument> arguments) {
  return !entry.ufunc.empty() && std::ranges::all_of(arguments, [](auto& a) { return is_array_or_number(a.type); }) &&
         std::ranges::any_of(arguments, [](auto& a) { return a.type->is_array(); });
}

Plan elementwise(Inference& inf, const Builtin& entry, const std::vector<Argument>& arguments, const std::string& shown, bool in_place) {
  auto refuse = [&] {
    std::string list;
    for (auto& a : arguments) list += (list.empty() ? "" : ", ") + to_string(a.type);
    mistyped(shown + " has no rule for (" + list + ")");
  };
  auto* ufunc = find_builtin(entry.ufunc);
  size_t count = entry.most;  // of inputs
  if (!ufunc || arguments.size() < entry.least || arguments.size() > count + 1) refuse();
  std::span<const Argument> inputs(arguments.data(), std::min(count, arguments.size()));
  std::optional<Argument> out = in_place ? arguments[0] : arguments.size() > count ? std::optional(arguments.back()) : std::nullopt;
  bool single = std::ranges::all_of(inputs, [](auto& a) { return !a.type->is_array() || a.type->ndim == 0; });
  if (single && !out) return of_single_elements(*ufunc, inputs, shown);
  auto x = std::make_shared<ArrayExpression>();
  x->entry = out ? ufunc : &entry;
  const Type* element = loop_result(*ufunc, inputs, x->entry == ufunc);
  if (!element) refuse();
  x->at = inf.at();
  x->type = result_array(element->scalar, inputs);
  if (out) {
    if (!out->type->is_array()) mistyped(shown + ": the result goes into an array, not " + to_string(out->type));
    if (!out->type->writable) inf.refuse_write(*out);
    if (!same_kind(element->scalar, out->type->scalar)) refuse();
    if (x->type->ndim > out->type->ndim) mistyped(shown + ": the result has more dimensions than the array that it goes into");
    x->type = out->type;
  }
  for (auto& a : inputs) {
    auto child = out ? nullptr : inf.open_expressions().find(a.reg);
    if (child && inf.code().registers[a.reg].empty() && read_once(inf, *child, a.reg)) {
      x->operands.emplace_back(child);
    } else {
      x->operands.emplace_back(a);
    }
  }
  Kernel kernel(inf);
  auto made = kernel.make(*x, out.has_value());
  for (auto& operand : x->operands)
    if (auto* child = std::get_if<std::shared_ptr<ArrayExpression>>(&operand)) (*child)->taken = true;
  keep(made);
  Plan plan{.results = {{x->type}}, .lower = [x, made, out, leaves = kernel.leaves](Lowering& low, std::span<const Slot> d) {
              if (x->taken) return;
              auto& e = low.emitter;
              std::vector<Slot> slots = {e.int_constant(static_cast<int64_t>(reinterpret_cast<uintptr_t>(made.get())))};
              auto add = [&](const Argument& a) {
                for (uint32_t k = 0; k < a.type->slots; ++k) slots.push_back(low.of(a) + k);
              };
              for (auto& a : leaves) add(a);
              if (out) add(*out);
              e.call_runtime("px_elementwise", evaluate_elementwise, std::move(slots), d[0], x->type->slots);
            }};
  for (auto& a : kernel.leaves)
    if (a.type->is_array()) plan.reads.push_back(a);
  if (out) plan.writes.push_back(*out);
  if (!out) plan.expression = x;
  return plan;
}

}  // namespace px::jit
