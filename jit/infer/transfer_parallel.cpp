// The rule of a prange loop that has become a region (jit/builtins/parallel.h).
#include <algorithm>

#include "jit/builtins/children.h"
#include "jit/builtins/parallel.h"
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"

namespace px::jit::transfer {

using typed::Slot;

namespace {

constexpr int most_rounds = 8;

// Whether contexts may look at a value side by side: what they could change only element by element, or not at all. A list is not of that
// kind.
bool may_be_shared(const Type* t) {
  switch (t->kind) {
    case TypeKind::none:
    case TypeKind::scalar:
    case TypeKind::array:
    case TypeKind::records:
    case TypeKind::record:
    case TypeKind::string:
    case TypeKind::dtype:
    case TypeKind::range:
    case TypeKind::builtin:
    case TypeKind::exception:
    case TypeKind::module:
    case TypeKind::slice:
    case TypeKind::ellipsis:
    case TypeKind::interlocked:
    case TypeKind::python:
    case TypeKind::enum_member:
    case TypeKind::choice:
      return true;
    case TypeKind::tuple:
    case TypeKind::function:
      return std::ranges::all_of(t->elements, may_be_shared);
    default:
      return false;
  }
}

void check_shared(const Type* values, const std::string& where) {
  for (auto* t : values->elements)
    if (!may_be_shared(t)) unsupported(to_string(t) + " " + where, "an array, or px.interlocked.List");
}

struct Sums {
  std::vector<const Type*> types;
  std::vector<Combine> operators;
};

// The specialisation of the body whose sums have the types that they end with, as at any loop's header. Null while a result is open.
Specialisation* settled(Inference& inf, Function& body, const Type* captured, Sums& sums) {
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<const Type*> types(3, types::int64());
    types.insert(types.end(), captured->elements.begin(), captured->elements.end());
    types.insert(types.end(), sums.types.begin(), sums.types.end());
    Specialisation* spec = inf.callee(body, types);
    if (!spec->result || sums.types.empty()) return spec->result ? spec : nullptr;
    bool same = true;
    for (size_t k = 0; k < sums.types.size(); ++k) {
      const Type *now = sums.types[k], *then = spec->result->elements[k], *both = unify(now, then);
      if (!both)
        mistyped("a sum over prange is " + to_string(now) + " before the loop and " + to_string(then) + " in it: give it one type");
      same = same && both == now && then == now;
      sums.types[k] = both;
    }
    if (same) return spec;
  }
  mistyped("the types of sums over prange do not settle: give them one type before the loop");
}

}  // namespace

Plan parallel_region(Inference& inf, std::span<const Argument> given) {
  auto& body = *const_cast<Function*>(given[0].type->function);
  std::vector<Argument> bounds(given.begin() + 1, given.begin() + 4);
  for (auto& b : bounds)
    if (!b.type->is_scalar() || !is_integer(b.type->scalar)) mistyped("prange takes integers, not " + to_string(b.type));
  Sums sums;
  for (auto* text : given[4].type->elements) sums.operators.push_back(*combine_named(text->text));
  sums.types = given[6].type->elements;
  for (auto* t : sums.types)
    if (!t->is_scalar())
      unsupported("a sum over prange that is " + to_string(t), t->is_array() ? "add to its elements: a[j] += x" : "numbers");
  Argument captured = given[5], before = given[6];
  check_shared(captured.type, "in a prange loop, which contexts share");
  if (holds_list(captured.type)) unsupported("a list in a prange loop, whose rounds are contexts", "an array, or px.interlocked.List");
  Specialisation* spec = settled(inf, body, captured.type, sums);
  std::vector<const Type*> wide;
  for (auto* t : sums.types) wide.push_back(t);
  const Type* result = wide.empty() ? types::none() : types::tuple(wide);
  if (!spec) return {.results = {{}}, .pending = true, .callees = {}, .lower = {}};
  return {.results = {{result}},
          .callees = {spec},
          .lower =
              [=](Lowering& low, std::span<const Slot> d) {
                auto& e = low.emitter;
                std::vector<Slot> slots{e.int_constant(reinterpret_cast<int64_t>(spec))};
                for (auto& b : bounds) slots.push_back(e.convert(low.of(b), b.type, types::int64()));
                uint32_t hidden = 0;
                for (auto& h : spec->hidden) hidden += h.type->slots;
                slots.insert(slots.end(), {e.int_constant(captured.type->slots), e.int_constant(hidden),
                                           e.int_constant(static_cast<int64_t>(wide.size()))});
                for (size_t k = 0; k < wide.size(); ++k) {
                  slots.push_back(e.int_constant(static_cast<int64_t>(sums.operators[k])));
                  slots.push_back(e.int_constant(static_cast<int64_t>(wide[k]->scalar)));
                }
                for (uint32_t k = 0; k < captured.type->slots; ++k) slots.push_back(low.of(captured) + k);
                for (auto& h : spec->hidden) {
                  Slot first = low.hidden(low.inference().add_hidden(h));
                  for (uint32_t k = 0; k < h.type->slots; ++k) slots.push_back(first + k);
                }
                Slot at = wide.empty() ? typed::no_slot : low.of(before);
                for (size_t k = 0; k < wide.size(); ++k)
                  slots.push_back(e.convert(at + static_cast<Slot>(k), before.type->elements[k], wide[k]));
                Slot to = wide.empty() ? e.temporary(types::int64()) : d[0];
                e.call_runtime("px_parallel_region", px::jit::parallel_region, std::move(slots), to, wide.empty() ? 1 : result->slots);
              },
          .handed = {captured}};
}

namespace {

// Whether somebody may read what the current instruction writes to `reg`.
bool is_read(Inference& inf, int32_t reg) {
  auto& code = inf.code();
  auto& block = inf.cfg().blocks[inf.cfg().block_of[inf.at()]];
  for (uint32_t at = inf.at() + 1; at < block.end; ++at) {
    bool read = false, written = false;
    for_registers(
        code, code.instructions[at], [&](int32_t r) { read = read || r == reg; }, [&](int32_t r) { written = written || r == reg; });
    if (read || written) return read;
  }
  return std::ranges::any_of(block.successors, [&](uint32_t next) { return inf.cfg().live_in(next, reg); });
}

}  // namespace

Plan submit_work(Inference& inf, std::span<const Argument> given, int32_t result) {
  if (given[0].type->kind != TypeKind::function) mistyped("px.submit_work takes a px function, not " + to_string(given[0].type));
  Argument arguments = given.size() > 1 ? given[1] : Argument{types::tuple({}), {}, -1, 0};
  if (!arguments.type->is_tuple()) mistyped("the arguments of px.submit_work are a tuple, not " + to_string(arguments.type));
  check_shared(arguments.type, "handed to a child context");
  if (!given[0].type->elements.empty()) unsupported("a child context of a function that captures variables", "hand them over as arguments");
  auto& function = *const_cast<Function*>(given[0].type->function);
  std::vector<int> sources;
  std::vector<const Type*> parameters = arguments.type->elements;
  if (holds_list(arguments.type) || !given[0].type->elements.empty())
    throw InferenceError{
        runtime::ExcKind::PersistenceError,
        "a list, or a function that captures variables, handed to another context would outlive its own: hand over arrays"};
  // What `*rest` takes is one value, whose slots are theirs.
  const size_t named = function.code().parameters.size() - 1;
  if (function.code().variadic && parameters.size() >= named) {
    const Type* rest = tuple_type(std::span(parameters).subspan(named));
    parameters.resize(named);
    parameters.push_back(rest);
  }
  std::string wrong = function.match_arguments(parameters.size(), {}, sources);
  if (!wrong.empty()) throw InferenceError{runtime::ExcKind::TypeError, wrong};
  if (sources.size() != parameters.size()) unsupported("a default of a function that is submitted", "give every argument");
  Specialisation* spec = inf.callee(function, parameters);
  const bool wanted = is_read(inf, result);
  if (wanted && !spec->result) return {.results = {{}}, .pending = true, .callees = {}, .lower = {}};
  const Type* type = wanted ? types::work(spec->result) : types::none();
  return {.results = {{type}}, .callees = {}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            std::vector<Slot> own;
            for (uint32_t k = 0; k < arguments.type->slots; ++k) own.push_back(low.of(arguments) + k);
            for (auto& h : spec->hidden) {
              Slot first = low.hidden(low.inference().add_hidden(h));
              for (uint32_t k = 0; k < h.type->slots; ++k) own.push_back(first + k);
            }
            std::vector<Slot> slots{e.int_constant(reinterpret_cast<int64_t>(spec)),
                                    e.int_constant(reinterpret_cast<int64_t>(arguments.type)), e.int_constant(wanted),
                                    e.int_constant(static_cast<int64_t>(own.size()))};
            slots.insert(slots.end(), own.begin(), own.end());
            e.call_runtime("px_submit_child", submit_child, std::move(slots), wanted ? d[0] : e.temporary(types::int64()), 1);
          }};
}

}  // namespace px::jit::transfer
