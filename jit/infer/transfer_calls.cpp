// Rules: calls, return and raise.
#include <algorithm>

#include "jit/builtins/children.h"
#include "jit/builtins/interlocked.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/parallel.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/races.h"
#include "jit/infer/transfer.h"
#include "jit/intrinsic.h"
#include "jit/library.h"
#include "jit/types/record.h"

namespace px::jit::transfer {

using typed::Slot;

namespace {

struct Arguments {
  std::vector<Argument> positional;
  std::vector<std::string_view> names;  // of keywords
  std::vector<Argument> keywords;
};

Plan call_dtype(Inference& inf, const Type* type, const Arguments& given) {
  if (is_record_dtype(type)) unsupported("a record made by calling its dtype", "an element of an array: np.zeros(1, dtype)[0]");
  std::string shown = "np." + std::string(numpy_name(type->scalar));
  static const Builtin cast{
      "cast",  [](std::span<const Argument> a, const Builtin& self) { return resolve_cast(a[0], *static_cast<const Scalar*>(self.data)); },
      "",      "",
      {},      0,
      nullptr, 1,
      1};
  Builtin entry = cast;
  entry.data = &type->scalar;
  if (!given.keywords.empty()) mistyped(shown + " takes no keyword arguments");
  return inf.call_builtin(entry, given.positional, shown);
}

// What a method of a list puts into it decides what the list holds.
void put_into_list(Inference& inf, std::string_view method, std::vector<Argument>& arguments) {
  size_t count = arguments.size();
  if (method == "append" && count == 2) arguments[0] = inf.widened(arguments[0], arguments[1].type);
  if (method == "insert" && count == 3) arguments[0] = inf.widened(arguments[0], arguments[2].type);
  if (method == "extend" && count == 2) {
    const Type* it = iterator_of(arguments[1].type);
    Inference::require_known(arguments[1].type);
    if (it) arguments[0] = inf.widened(arguments[0], yielded(it));
  }
  if (method != "clear") Inference::require_known(arguments[0].type);
}

// A call of an entry of the tables.
Plan call_table(Inference& inf, const Argument& callee, const Arguments& given) {
  auto* type = callee.type;
  if (type->text == parallel_region_name) return parallel_region(inf, given.positional);
  if (type->text == submit_work_name) {
    if (!given.keywords.empty()) mistyped("px.submit_work in a px function takes a function and a tuple of arguments: no keywords");
    return submit_work(inf, given.positional, inf.code().operands_of(inf.code().instructions[inf.at()])[0]);
  }
  if (type->text == "px.contexts.snapshot_begin" && inf.lists_live())
    unsupported("a list that is there when px.snapshot() begins", "make it inside, or use an array: a list's own memory is rolled back");
  bool method = type->kind == TypeKind::method;
  auto* entry = !method                                            ? find_builtin(type->text)
                : type->elements[0]->is_list()                     ? find_list_method(type->text)
                : type->elements[0]->kind == TypeKind::interlocked ? find_interlocked_method(type->elements[0], type->text)
                : type->elements[0]->kind == TypeKind::work        ? find_work_method(type->text)
                : type->elements[0]->is_number()                   ? find_builtin("number." + type->text)
                                                                   : find_method(type->text);
  if (!entry) unsupported("a call of " + type->text, "write the loop out, or call it outside px");
  std::vector<Argument> arguments = given.positional;
  if (method) {
    Argument self{type->elements[0], {}, -1, 0};
    self.origin = callee.origin;
    arguments.insert(arguments.begin(), self);
    if (self.type->is_list()) put_into_list(inf, type->text, arguments);
  }
  if (!method && type->text.starts_with("heapq.") && !arguments.empty() && arguments[0].type->is_list())
    put_into_list(inf, "append", arguments);
  for (auto& a : arguments)
    if (!method && type->text != "len") Inference::require_known(a.type);
  if (given.names.size() == 1 && given.names[0] == "out" && !entry->ufunc.empty() && entry->parameters.empty()) {
    arguments.push_back(given.keywords[0]);  // np.add(a, b, out=c): as np.add(a, b, c)
  } else if (!given.keywords.empty()) {
    if (entry->parameters.empty()) mistyped(type->text + " takes no keyword arguments");
    std::vector<std::optional<Argument>> slots(entry->parameters.size());
    if (arguments.size() > slots.size()) mistyped(type->text + " takes at most " + std::to_string(slots.size()) + " arguments");
    for (size_t k = 0; k < arguments.size(); ++k) slots[k] = arguments[k];
    for (size_t k = 0; k < given.names.size(); ++k) {
      auto place = std::find(entry->parameters.begin(), entry->parameters.end(), given.names[k]);
      if (place == entry->parameters.end()) unsupported("the keyword argument " + std::string(given.names[k]) + " of " + type->text, "");
      slots[static_cast<size_t>(place - entry->parameters.begin())] = given.keywords[k];
    }
    arguments.clear();
    size_t last = slots.size();
    while (last > 0 && !slots[last - 1]) --last;
    for (size_t k = 0; k < last; ++k) {
      if (!slots[k] && k >= entry->required) slots[k] = Argument{types::none()};  // not given: as its default None
      if (!slots[k]) mistyped(type->text + " lacks its argument " + std::string(entry->parameters[k]));
      arguments.push_back(*slots[k]);
    }
  }
  const bool sorts = entry->name == "list.sort", sorted = entry->name == "sorted";
  if ((sorts || sorted) && arguments.size() > 1 && !arguments[1].type->is_none()) {
    if (sorts)
      arguments[0] = [&] {
        Argument list = callee;  // the method's slot is its list's
        list.type = type->elements[0];
        list.whole = type;
        return list;
      }();
    return sort_by_key(inf, arguments[0], arguments[1], arguments.size() > 2 ? &arguments[2] : nullptr, sorts);
  }
  if (arguments.size() < entry->required) mistyped(type->text + " lacks its argument " + std::string(entry->parameters[arguments.size()]));
  return inf.call_builtin(*entry, std::move(arguments), method ? "the method " + type->text : type->text, method ? &callee : nullptr);
}

namespace {

// Where a parameter's value comes from: the caller's registers, a constant, or a global of the callee's.
struct Source {
  Argument argument;
  std::optional<Constant> constant;
  std::optional<HiddenArgument> hidden;
};

Source default_constant(const Constant& value) {
  const Type* type = constant_type(value);
  if (!type) unsupported("the default " + to_string(value), "");
  return {{type}, value, {}};
}

Source default_global(const Function& function, const Parameter& parameter) {
  auto index = static_cast<uint32_t>(parameter.default_global);
  const GlobalValue& value = function.globals()->at(index);
  switch (value.kind) {
    case GlobalValue::Kind::constant:
      return default_constant(value.constant);
    case GlobalValue::Kind::function:
      return {{types::function(value.function)}, {}, {}};
    case GlobalValue::Kind::array:
      return {{value.array}, {}, HiddenArgument{&function.outermost(), index, value.array}};
    case GlobalValue::Kind::unresolved:
    case GlobalValue::Kind::unsupported:
      break;
  }
  unsupported("the default of '" + parameter.name + "', " + value.what, "give the argument");
}

}  // namespace

// The function that the call means: itself, or what another package has made of it for Numba with these types.
Function& meant(const Type& type, const Arguments& given) {
  auto& function = *const_cast<Function*>(type.function);
  const std::string name = overloaded_name(function);
  if (name.empty()) return function;
  std::vector<const Type*> types;
  for (auto* part : {&given.positional, &given.keywords}) {
    for (auto& argument : *part) {
      Inference::require_known(argument.type);
      types.push_back(argument.type);
    }
  }
  Function* found = find_overload(function, types, given.names);
  if (!found) {
    std::string listed;
    for (auto* t : types) listed += (listed.empty() ? "" : ", ") + to_string(t);
    mistyped("Numba was taught nothing that px can use of " + name + "(" + listed + ")");
  }
  return *found;
}

Plan call_function(Inference& inf, const Argument& value, const Arguments& given) {
  const Type* type = value.type;
  if (const Intrinsic* intrinsic = find_intrinsic(*type->function)) {
    std::vector<Argument> all = given.positional;
    all.insert(all.end(), given.keywords.begin(), given.keywords.end());
    return call_intrinsic(*intrinsic, std::move(all), given.names);
  }
  auto& function = meant(*type, given);
  std::vector<int> sources;
  // What `*rest` takes: one value for all of them.
  const size_t named = function.code().parameters.size() - function.code().captured - (function.code().variadic ? 1 : 0);
  const bool packs = function.code().variadic && given.positional.size() > named;
  std::string wrong = function.match_arguments(packs ? named + 1 : given.positional.size(), given.names, sources);
  if (!wrong.empty()) throw InferenceError{runtime::ExcKind::TypeError, wrong};
  std::vector<Source> arguments;
  std::vector<const Type*> types;
  uint32_t offset = 0;
  for (auto* captured : type->elements) {
    types.push_back(captured);
    arguments.push_back({{captured, {}, value.reg, 0, type, offset}, {}});
    offset += captured->slots;
  }
  for (size_t p = 0; p < sources.size(); ++p) {
    if (packs && p == named) {
      std::vector<const Type*> rest;
      for (size_t k = named; k < given.positional.size(); ++k) {
        Inference::require_known(given.positional[k].type);
        arguments.push_back({given.positional[k], {}});
        rest.push_back(given.positional[k].type);
      }
      types.push_back(tuple_type(rest));
      continue;
    }
    if (sources[p] < 0) {
      auto& parameter = function.code().parameters[function.code().captured + p];
      arguments.push_back(parameter.default_global < 0 ? default_constant(*parameter.default_value) : default_global(function, parameter));
    } else {
      auto k = static_cast<size_t>(sources[p]);
      if (packs && k > named) k += given.positional.size() - named - 1;  // keywords come after all that was given by position
      arguments.push_back({k < given.positional.size() ? given.positional[k] : given.keywords[k - given.positional.size()], {}});
    }
    types.push_back(arguments.back().argument.type);
    Inference::require_known(types.back());
  }
  for (auto& a : arguments)
    if (a.hidden) inf.add_hidden(*a.hidden);
  Specialisation* callee = inf.callee(function, types);
  if (!callee->result) return {.results = {{}}, .pending = true, .lower = {}};
  std::vector<Argument> handed;
  for (auto& a : arguments)
    if (!a.constant && !a.hidden) handed.push_back(a.argument);
  return {.results = {{callee->result}},
          .callees = {callee},
          .lower =
              [callee, arguments = std::move(arguments)](Lowering& low, std::span<const Slot> d) {
                typed::Call call{.callee = callee, .arguments = {}, .result = d[0], .result_slots = callee->result->slots};
                for (auto& a : arguments) {
                  Slot first = a.constant ? low.emitter.constant_value(*a.constant, a.argument.type)
                               : a.hidden ? low.hidden(low.inference().add_hidden(*a.hidden))
                                          : low.of(a.argument);
                  for (uint32_t k = 0; k < a.argument.type->slots; ++k) call.arguments.push_back(first + k);
                }
                for (auto& h : callee->hidden) {
                  Slot first = low.hidden(low.inference().add_hidden(h));
                  for (uint32_t k = 0; k < h.type->slots; ++k) call.arguments.push_back(first + k);
                }
                emit_race_origin(low, *callee->function);
                auto& out = low.emitter.out();
                out.calls.push_back(std::move(call));
                low.emitter.emit({.op = typed::Op::call_, .aux = static_cast<uint32_t>(out.calls.size() - 1)});
              },
          .handed = std::move(handed)};
}

// One of several functions is called: each is typed, and their results have one type.
Plan call_choice(Inference& inf, const Argument& value, const Arguments& given) {
  std::vector<Plan> plans;
  const Type* result = nullptr;
  Plan all{.results = {{}}, .lower = {}};
  for (auto* function : value.type->elements) {
    Plan plan = call_function(inf, {function}, given);
    if (plan.pending) {
      all.pending = true;
      continue;
    }
    const Type* one = plan.results[0].type;
    const Type* both = result ? unify(result, one) : one;
    if (!both) mistyped("calling a function that gives " + to_string(result) + ", or another that gives " + to_string(one));
    result = both;
    all.callees.insert(all.callees.end(), plan.callees.begin(), plan.callees.end());
    all.handed.insert(all.handed.end(), plan.handed.begin(), plan.handed.end());
    plans.push_back(std::move(plan));
  }
  if (all.pending) return all;
  all.results[0].type = result;
  all.lower = [value, result, plans = std::move(plans)](Lowering& low, std::span<const Slot> d) {
    auto& e = low.emitter;
    const Slot to = e.temporary(result);
    e.choose(low.of(value), *value.type, [&](size_t k) {
      const Type* one = plans[k].results[0].type;
      const Slot part[] = {e.temporary(one)};
      plans[k].lower(low, part);
      e.convert_into(to, part[0], one, result);
    });
    e.move(d[0], to, result->slots);
  };
  return all;
}

// The function that px/library has where the tables have none, or none for these types.
Function* library_of(const Type* type) {
  if (type->kind != TypeKind::method) return find_library(type->text);
  auto* of = type->elements[0];
  return of->is_array()    ? find_library("array." + type->text)
         : of->is_number() ? find_library("number." + type->text)
         : of->is_tuple()  ? find_library("tuple." + type->text)
                           : nullptr;
}

// Built-ins get members of an IntEnum as numbers; a list, or another context, holds them as they are.
Arguments for_entry(const Argument& callee, const Arguments& given) {
  const bool holds = callee.type->kind == TypeKind::method && callee.type->elements[0]->is_list();
  if (holds || callee.type->text == submit_work_name || callee.type->text == parallel_region_name) return given;
  Arguments numbers = given;
  for (auto& a : numbers.positional) a = with_numbers(a);
  for (auto& a : numbers.keywords) a = with_numbers(a);
  return numbers;
}

Plan call_entry(Inference& inf, const Argument& callee, const Arguments& as_given) {
  const Arguments given = for_entry(callee, as_given);
  std::optional<InferenceError> refused;
  try {
    return call_table(inf, callee, given);
  } catch (const InferenceError& e) {
    refused = e;
  }
  Function* library = library_of(callee.type);
  if (!library) throw *refused;
  const bool method = callee.type->kind == TypeKind::method;
  Arguments all = given;
  if (method) {
    Argument self = callee;  // the method's slots are its array's
    self.type = callee.type->elements[0];
    self.whole = callee.type;
    all.positional.insert(all.positional.begin(), self);
  }
  try {
    return call_function(inf, {types::function(library)}, all);
  } catch (const InferenceError&) {
    if (method || find_builtin(callee.type->text)) throw *refused;
    std::string list;
    for (auto& a : given.positional) list += (list.empty() ? "" : ", ") + to_string(a.type);
    mistyped(callee.type->text + " has no rule for (" + list + ")");
  }
}

// A named tuple is made.
Plan call_tuple_class(const Type* type, const Arguments& given) {
  auto fields = fields_of(type->text);
  std::vector<std::optional<Argument>> found(fields.size());
  if (given.positional.size() > fields.size()) mistyped(type->text + " takes " + std::to_string(fields.size()) + " values");
  std::ranges::copy(given.positional, found.begin());
  for (size_t k = 0; k < given.names.size(); ++k) {
    auto place = std::ranges::find(fields, given.names[k]);
    if (place == fields.end()) mistyped(type->text + " has no field '" + std::string(given.names[k]) + "'");
    found[static_cast<size_t>(place - fields.begin())] = given.keywords[k];
  }
  std::vector<const Type*> elements;
  std::vector<Argument> items;
  for (size_t k = 0; k < found.size(); ++k) {
    if (!found[k]) mistyped(type->text + " lacks its field '" + std::string(fields[k]) + "'");
    items.push_back(*found[k]);
    elements.push_back(found[k]->type);
  }
  const Type* result = types::tuple(elements, type->text);
  return {.results = {{result}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            Slot to = low.emitter.temporary(result), at = to;  // through a copy: an item may be in the tuple that is replaced
            for (auto& item : items) {
              low.emitter.move(at, low.of(item), item.type->slots);
              at += item.type->slots;
            }
            low.emitter.move(d[0], to, result->slots);
          }};
}

Plan dispatch(Inference& inf, const Argument& callee, const Arguments& given) {
  switch (callee.type->kind) {
    case TypeKind::builtin:
    case TypeKind::method:
      return call_entry(inf, callee, given);
    case TypeKind::tuple_class:
      return call_tuple_class(callee.type, given);
    case TypeKind::dtype:
      return call_dtype(inf, callee.type, for_entry(callee, given));
    case TypeKind::function:
      return call_function(inf, callee, given);
    case TypeKind::choice:
      return call_choice(inf, callee, given);
    case TypeKind::python:
      unsupported(inf.register_name(callee.reg) + " is an ordinary Python function: mark it with @px.jit",
                  "or queue the call: px.call_from_main_thread(f, …)");
    case TypeKind::exception:
      unsupported("an exception as a value", "raise it where it is made");
    default:
      mistyped(inf.register_name(callee.reg) + " is " + to_string(callee.type) + " and cannot be called");
  }
}

}  // namespace

Plan call(Inference& inf, std::span<const int32_t> operands) {
  Arguments given;
  for (int32_t k = 0; k < operands[2]; ++k) given.positional.push_back(inf.read(operands[3 + static_cast<size_t>(k)]));
  return dispatch(inf, inf.read(operands[1]), given);
}

Plan call_star(Inference& inf, std::span<const int32_t> operands) {
  Argument callee = inf.read(operands[1]), tuple = inf.read(operands[2]);
  if (!tuple.type->is_tuple()) unsupported("`*` before " + to_string(tuple.type) + " in a call", "a tuple");
  Arguments given;
  uint32_t at = 0;
  for (auto* e : tuple.type->elements) {
    given.positional.push_back({e, {}, tuple.reg, tuple.line, tuple.type, at});
    at += e->slots;
  }
  return dispatch(inf, callee, given);
}

Plan call_kw(Inference& inf, std::span<const int32_t> operands) {
  Arguments given;
  auto& names = *std::get<std::shared_ptr<const ConstantTuple>>(inf.code().constants[operands[2]].value);
  auto count = static_cast<size_t>(operands[3]);
  for (size_t k = 0; k < count; ++k) {
    Argument a = inf.read(operands[4 + k]);
    if (k + names.size() < count) {
      given.positional.push_back(a);
    } else {
      given.names.push_back(std::get<std::string>(names[k + names.size() - count].value));
      given.keywords.push_back(a);
    }
  }
  return dispatch(inf, inf.read(operands[1]), given);
}

// Whether a value, or each part of a tuple, is one that may leave the function.
template <class Allowed>
bool consists_of(const Type* type, Allowed allowed) {
  if (!type->is_tuple()) return allowed(*type);
  return std::ranges::all_of(type->elements, [&](const Type* part) { return consists_of(part, allowed); });
}

Plan ret(Inference& inf, std::span<const int32_t> operands) {
  Argument value = inf.read(operands[0]);
  auto returnable = [](const Type& t) {
    return t.is_none() || t.is_number() || t.is_array() || t.is_optional() || t.is_list() || t.is_record() || t.is_records() ||
           t.kind == TypeKind::string || t.is_enum_member();
  };
  if (value.type->text.starts_with("text:") || !consists_of(value.type, returnable))
    unsupported("returning " + to_string(value.type), "return numbers, arrays, literal texts or tuples of them");
  inf.add_return(value.type);
  return {.lower = [value](Lowering& low, std::span<const Slot>) {
    const Type* result = low.inference().result();
    Slot s = low.emitter.convert(low.of(value), value.type, result);
    low.emitter.emit({.op = typed::Op::ret_, .a = s, .aux = result->slots});
  }};
}

Plan raise_exception(Inference& inf, std::span<const int32_t> operands) {
  Argument what = inf.read(operands[0]);
  if (what.type->kind != TypeKind::exception)
    mistyped("exceptions must be classes derived from BaseException, not " + to_string(what.type));
  int32_t kind = runtime::find_exception(what.type->text);
  if (kind < 0) unsupported("raising " + what.type->text, "a built-in exception");
  std::vector<Argument> arguments;
  for (int32_t k = 0; k < operands[1]; ++k) {
    arguments.push_back(inf.read(operands[2 + static_cast<size_t>(k)]));
    auto* t = arguments.back().type;
    if (!consists_of(t, [](const Type& part) { return part.is_scalar() || part.is_none() || part.kind == TypeKind::string; }))
      unsupported("an exception's argument of type " + to_string(t), "numbers and text");
  }
  size_t slots = 0;
  for (auto& a : arguments) slots += a.type->slots;
  if (slots > runtime::ExcInfo::max_argument_slots)
    unsupported("an exception with more than " + std::to_string(runtime::ExcInfo::max_argument_slots) + " values", "fewer arguments");
  return {.lower = [kind, arguments](Lowering& low, std::span<const Slot>) {
    typed::Raise raise{.kind = static_cast<runtime::ExcKind>(kind), .message = {}, .types = {}, .arguments = {}};
    if (arguments.size() == 1 && arguments[0].type->kind == TypeKind::string) {
      raise.has_message = true;
      raise.message = arguments[0].type->text;
    } else {
      for (auto& a : arguments) {
        raise.types.push_back(a.type);
        Slot first = low.of(a);
        for (uint32_t k = 0; k < a.type->slots; ++k) raise.arguments.push_back(first + k);
      }
    }
    low.emitter.raise(std::move(raise));
  }};
}

}  // namespace px::jit::transfer
