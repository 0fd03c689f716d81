#include <set>

#include "jit/code/code.h"

namespace px::jit {

namespace {

struct Verifier {
  const CodeObject& code;
  size_t at = 0;

  std::string fail(const std::string& what) const {
    auto op = static_cast<size_t>(code.instructions[at].op);
    return "instruction " + std::to_string(at) + (op < opcode_table().size() ? " (" + std::string(opcode_table()[op].name) + ")" : "") +
           ": " + what;
  }

  static bool in(int32_t x, size_t size) { return x >= 0 && static_cast<size_t>(x) < size; }

  // Nothing goes back to the first instruction: entering the function is no edge, on which a parameter could become another type.
  bool may_go_to(int32_t x) const { return x > 0 && in(x, code.instructions.size()); }

  // One operand of class `letter`.
  std::optional<std::string> operand(char letter, int32_t x) const {
    switch (letter) {
      case 'd':
      case 'r':
        return in(x, code.registers.size()) ? std::nullopt : std::optional(fail("no register " + std::to_string(x)));
      case 'k':
        return in(x, code.constants.size()) ? std::nullopt : std::optional(fail("no constant " + std::to_string(x)));
      case 'g':
        return in(x, code.globals.size()) ? std::nullopt : std::optional(fail("no global " + std::to_string(x)));
      case 'n':
        return in(x, code.names.size()) ? std::nullopt : std::optional(fail("no name " + std::to_string(x)));
      case 'o':
        return in(x, operator_table().size()) ? std::nullopt : std::optional(fail("no operator " + std::to_string(x)));
      case 'i':
        return x >= 0 ? std::nullopt : std::optional(fail("a negative number"));
      case 'L':
        return may_go_to(x) ? std::nullopt : std::optional(fail("no instruction " + std::to_string(x) + " to jump to"));
      default:
        return fail("unknown operand class");
    }
  }

  std::optional<std::string> operators(const Instruction& i) const {
    int arity = i.op == Opcode::unary_ ? 1 : i.op == Opcode::binary_ || i.op == Opcode::inplace_ || i.op == Opcode::compare_ ? 2 : 0;
    if (!arity) return std::nullopt;
    auto op = static_cast<Operator>(code.operands_of(i)[1]);
    bool comparison = op >= Operator::eq && op <= Operator::not_in;
    if (info(op).arity != arity || comparison != (i.op == Opcode::compare_))
      return fail("operator " + std::string(info(op).name) + " does not belong here");
    return std::nullopt;
  }

  std::optional<std::string> numbers(const Instruction& i) const {
    auto operands = code.operands_of(i);
    if (i.op == Opcode::unpack_star_ && operands[1] >= operands[2]) return fail("no such target");
    if (i.op != Opcode::make_function_) return std::nullopt;
    if (!in(operands[1], code.functions.size())) return fail("no function " + std::to_string(operands[1]));
    if (code.functions[static_cast<size_t>(operands[1])]->captured != static_cast<size_t>(operands[2]))
      return fail("captures other variables");
    return std::nullopt;
  }

  std::optional<std::string> call_keywords(const Instruction& i) const {
    if (i.op != Opcode::call_kw_) return std::nullopt;
    auto names = std::get_if<std::shared_ptr<const ConstantTuple>>(&code.constants[code.operands_of(i)[2]].value);
    if (!names || !*names) return fail("keyword names are no tuple");
    for (auto& name : **names)
      if (!std::holds_alternative<std::string>(name.value)) return fail("a keyword's name is no text");
    if ((*names)->size() > static_cast<size_t>(code.operands_of(i)[3])) return fail("more keywords than arguments");
    return std::nullopt;
  }

  // `reraise` takes its register for an exception: nothing but `catch` may write one that it reads.
  std::optional<std::string> raised_again() {
    std::set<int32_t> exceptions;
    for (auto& i : code.instructions)
      if (i.op == Opcode::reraise_) exceptions.insert(code.operands_of(i)[0]);
    if (exceptions.empty()) return std::nullopt;
    if (*exceptions.begin() < static_cast<int32_t>(code.parameters.size())) return "a parameter is raised again";
    for (at = 0; at < code.instructions.size(); ++at) {
      auto& i = code.instructions[at];
      if (i.op == Opcode::catch_) continue;
      auto operands = code.operands_of(i);
      size_t next = 0;
      for (char letter : info(i.op).operands) {
        int32_t count = letter == 'D' || letter == 'R' ? operands[next++] : 1;
        for (; count > 0; --count, ++next)
          if ((letter == 'd' || letter == 'D') && exceptions.contains(operands[next])) return fail("writes what is raised again");
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> instruction(const Instruction& i) const {
    if (static_cast<size_t>(i.op) >= opcode_table().size()) return fail("no such opcode");
    if (i.line < 0) return fail("line before the function");
    if (i.handler < -1 || (i.handler >= 0 && !may_go_to(i.handler))) return fail("no such handler");
    if (i.handler >= 0 && (i.op == Opcode::jump_ || i.op == Opcode::branch_ || i.op == Opcode::ret_)) return fail("cannot raise");
    if (i.line > INT32_MAX - code.first_line) return fail("no such line");
    if (i.first_operand > code.operands.size() || i.operand_count > code.operands.size() - i.first_operand)
      return fail("operands out of range");
    auto operands = code.operands_of(i);
    size_t next = 0;
    for (char letter : info(i.op).operands) {
      if (next >= operands.size()) return fail("too few operands");
      if (letter == 'R' || letter == 'D') {
        int32_t count = operands[next++];
        if (count < 0 || static_cast<size_t>(count) != operands.size() - next) return fail("a list of the wrong length");
        for (; count > 0; --count)
          if (auto error = operand('r', operands[next++])) return error;
      } else if (auto error = operand(letter, operands[next++])) {
        return error;
      }
    }
    if (next != operands.size()) return fail("too many operands");
    if (auto error = operators(i)) return error;
    if (auto error = numbers(i)) return error;
    return call_keywords(i);
  }
};

// Tuples are there, and not too many: `budget` counts the values in all of them.
bool is_whole(const Constant& c, int depth, size_t& budget) {
  auto* items = std::get_if<std::shared_ptr<const ConstantTuple>>(&c.value);
  if (!items) return true;
  if (!*items || depth > 50 || (*items)->size() > budget) return false;
  budget -= (*items)->size();
  for (auto& item : **items)
    if (!is_whole(item, depth + 1, budget)) return false;
  return true;
}

}  // namespace

std::optional<std::string> verify(const CodeObject& code) {
  Verifier v{code};
  if (code.instructions.empty()) return "no instructions";
  if (code.registers.size() < code.parameters.size()) return "fewer registers than parameters";
  if (code.registers.size() > 60000 || code.instructions.size() > 10'000'000) return "the function is too large";
  if (code.first_line < 0) return "no such first line";
  std::set<std::string_view> names;
  size_t budget = 100'000;
  for (size_t k = 0; k < code.parameters.size(); ++k) {
    if (code.parameters[k].name != code.registers[k]) return "parameter " + std::to_string(k) + " is not in its register";
    if (!names.insert(code.parameters[k].name).second) return "two parameters called " + code.parameters[k].name;
    if (code.parameters[k].default_global >= static_cast<int32_t>(code.globals.size())) return "a default is a global that there is not";
    if (auto& value = code.parameters[k].default_value; value && !is_whole(*value, 0, budget))
      return "the default of " + code.parameters[k].name + " is not whole";
  }
  for (size_t k = 0; k < code.constants.size(); ++k)
    if (!is_whole(code.constants[k], 0, budget)) return "constant " + std::to_string(k) + " is not whole";
  for (auto& inner : code.functions) {
    if (!inner || inner->captured > inner->parameters.size() || inner->globals.size() != code.globals.size())
      return "a nested function does not fit";
    if (auto error = verify(*inner)) return "in " + inner->name + ": " + *error;
  }
  for (; v.at < code.instructions.size(); ++v.at)
    if (auto error = v.instruction(code.instructions[v.at])) return error;
  if (auto error = v.raised_again()) return error;
  auto last = code.instructions.back().op;
  if (last != Opcode::reraise_ && last != Opcode::ret_ && last != Opcode::jump_ && last != Opcode::branch_ && last != Opcode::raise_)
    return "the end of the code can be reached";
  return std::nullopt;
}

}  // namespace px::jit
