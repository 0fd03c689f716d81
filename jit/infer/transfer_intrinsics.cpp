// Rules: calls of intrinsics (jit/intrinsic.h).
#include <algorithm>

#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"
#include "jit/intrinsic.h"
#include "runtime/context.h"

namespace px::jit::transfer {

using typed::Slot;

namespace {

// Arguments: the entry, then the intrinsic's own.
int32_t call_entry_of(const uint64_t* arguments, uint64_t* result) {
  runtime::Context* context = runtime::Context::current();
  runtime::ExcInfo* exc = &context->exc;
  return reinterpret_cast<Entry>(arguments[0])(arguments + 1, result, &exc);
}

bool is_of_numbers(const Type* type) {
  return type->is_tuple() ? std::ranges::all_of(type->elements, is_of_numbers) : type->is_number() || type->is_none();
}

bool may_be_returned(const Type* type) {
  if (type->is_optional()) return may_be_returned(type->elements[0]);
  return type->is_tuple() ? std::ranges::all_of(type->elements, may_be_returned) : type->is_array() || is_of_numbers(type);
}

// What the service can make an argument of. Texts and element types are constants, which have no slots.
bool may_be_given(const Type* type) {
  return is_of_numbers(type) || type->kind == TypeKind::string || type->kind == TypeKind::dtype || type->is_array();
}

// The argument by its value: "Literal[int](3)"; "" where that is not known.
std::string spell_literal(const Argument& argument) {
  if (!argument.literal || argument.type != types::int64()) return "";
  auto* number = std::get_if<int64_t>(&argument.literal->value);
  return number ? "Literal[int](" + std::to_string(*number) + ")" : "";
}

}  // namespace

Plan call_intrinsic(const Intrinsic& intrinsic, std::vector<Argument> arguments, std::span<const std::string_view> names) {
  IntrinsicCall plain{&intrinsic, {}, {names.begin(), names.end()}}, literal = plain;
  std::string listed;
  for (size_t k = 0; k < arguments.size(); ++k) {
    Argument& a = arguments[k];
    Inference::require_known(a.type);
    a = Inference::value_of(a);
    const std::string text = to_string(a.type), value = spell_literal(a);
    listed += (listed.empty() ? "" : ", ") + text;
    plain.arguments.push_back(text);
    literal.arguments.push_back(value.empty() ? text : value);
    if (!may_be_given(a.type))
      unsupported("a value of type " + text + " given to the intrinsic " + intrinsic.name, "numbers, tuples of numbers or arrays");
  }
  const std::string shown = "the intrinsic " + intrinsic.name + "(" + listed + ")";
  if (!intrinsic.trouble.empty())
    unsupported(shown + ": it cannot be sent to the compile service: " + intrinsic.trouble,
                "define it in a module, or write in Python what it does");
  // As Numba asks: by the types, then by the values that are known, unless the intrinsic wants these first.
  std::vector<IntrinsicCall> ways{plain};
  if (literal != plain) ways.insert(intrinsic.prefers_literals ? ways.begin() : ways.end(), literal);
  std::shared_ptr<const IntrinsicCode> code;
  std::string refusal;
  for (auto& way : ways) {
    code = find_code(way);
    if (!code) unsupported(shown + " has no code yet", "");
    if (code->result || !code->by_types) break;
    if (&way == &ways.front()) refusal = code->refusal;
  }
  if (!code->result && code->by_types) mistyped(shown + " has no rule for these types: " + refusal);
  if (!code->result) unsupported(shown + ", which the compile service makes code for: " + code->refusal, "write in Python what it does");
  if (!may_be_returned(code->result))
    unsupported(shown + ", which returns " + to_string(code->result), "an intrinsic that returns numbers, arrays or tuples of them");
  std::vector<Argument> reads, writes;
  for (auto& a : arguments)
    if (a.type->is_array()) (a.type->writable ? writes : reads).push_back(a);
  return {.results = {{code->result}},
          .callees = {},
          .lower =
              [code, arguments, name = intrinsic.name](Lowering& low, std::span<const Slot> d) {
                std::vector<Slot> slots = {low.emitter.constant(reinterpret_cast<uint64_t>(code->entry), types::uint64())};
                for (auto& a : arguments) {
                  Slot first = low.of(a);
                  for (uint32_t k = 0; k < a.type->slots; ++k) slots.push_back(first + k);
                }
                low.emitter.call_runtime(name.c_str(), call_entry_of, std::move(slots), d[0], code->result->slots);
              },
          .reads = std::move(reads),
          .writes = std::move(writes)};
}

}  // namespace px::jit::transfer
