// A small assembler: px code from text, so that tests read as programs.
//
//   def total(a, scale=2.0)        a function; its row is line 0 and each row below it one line further on
//     s = constant 0                  one instruction a row: destinations = opcode operands, in the order of opcodes.def
//     n = global len
//     t0 = call n a                a list takes what is left; registers called t<digits> are temporaries
//   loop:                          a label, for jumps to name
//     x, y = unpack t0
//     k = call_kw f ('b',) x y     constants: 7 -2.5 True None 'text' (1, 2.0)
//     z = binary + x y
//     i = next it done             (jumps to `done` where `it` is exhausted)
//     ret z  @12                   on another line
//
// Global names are what follows `global`: "np.zeros", "K". Registers are numbered in the order in which they appear.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "jit/code/code.h"

namespace px::jit::test {

class Assembler {
 public:
  // One CodeObject a `def` of the text. Throws std::invalid_argument where the text makes no sense: a mistake in the test.
  static std::vector<CodeObject> assemble(const std::string& text) {
    std::vector<CodeObject> all;
    std::vector<Row> rows;
    std::istringstream stream(text);
    int number = 0;
    std::string header;
    int start = 0;  // row of the current `def`
    auto finish = [&] {
      if (!header.empty()) all.push_back(Assembler(header).build(rows));
      rows.clear();
    };
    for (std::string row; std::getline(stream, row); ++number) {
      row = trimmed(row.substr(0, row.find('#')));
      if (row.starts_with("def ")) {
        finish();
        header = row.substr(4);
        start = number;
      } else if (!row.empty()) {
        rows.push_back({row, number - start});
      }
    }
    finish();
    return all;
  }
  static CodeObject one(const std::string& text) { return assemble(text).at(0); }

  static Constant constant(std::string_view text) { return parse_constant(text); }

 private:
  struct Row {
    std::string text;
    int line;
  };

  explicit Assembler(const std::string& header) {
    auto open = header.find('(');
    code_.name = code_.qualified_name = header.substr(0, open);
    code_.module = "tests";
    code_.file = code_.name + ".py";
    code_.first_line = 100;
    code_.source = "def " + header + ": ...";
    std::string list = header.substr(open + 1, header.rfind(')') - open - 1);
    while (!(list = trimmed(list)).empty()) {
      auto end = list.find_first_of(",=");
      Parameter p{trimmed(list.substr(0, end)), {}};
      list = end == std::string::npos ? "" : list.substr(end);
      if (list.starts_with("=")) {
        std::string_view rest = std::string_view(list).substr(1);
        p.default_value = parse_constant(rest);
        list = std::string(rest);
      }
      if (list.starts_with(",")) list = list.substr(1);
      code_.parameters.push_back(p);
      reg(p.name);
    }
  }

  [[noreturn]] static void fail(const std::string& what) { throw std::invalid_argument(what); }
  static std::string trimmed(std::string s) {
    auto begin = s.find_first_not_of(" \t"), end = s.find_last_not_of(" \t");
    return begin == std::string::npos ? "" : s.substr(begin, end - begin + 1);
  }
  static void skip(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  static std::string_view word(std::string_view& text) {
    skip(text);
    auto end = std::min(text.find(' '), text.size());
    auto taken = text.substr(0, end);
    text.remove_prefix(end);
    if (taken.empty()) fail("an operand is missing");
    return taken;
  }

  static Constant parse_constant(std::string_view& text) {
    skip(text);
    if (text.starts_with('(')) {
      text.remove_prefix(1);
      auto items = std::make_shared<ConstantTuple>();
      for (skip(text); !text.starts_with(')'); skip(text)) {
        items->push_back(parse_constant(text));
        skip(text);
        if (text.starts_with(',')) text.remove_prefix(1);
      }
      text.remove_prefix(1);
      return {std::shared_ptr<const ConstantTuple>(items)};
    }
    if (text.starts_with('\'')) {
      auto end = text.find('\'', 1);
      Constant value{std::string(text.substr(1, end - 1))};
      text.remove_prefix(end + 1);
      return value;
    }
    auto end = std::min(text.find_first_of(" ,)"), text.size());
    std::string token(text.substr(0, end));
    text.remove_prefix(end);
    if (token == "None") return {NoneValue{}};
    if (token == "True" || token == "False") return {token == "True"};
    if (token.find_first_of(".einf") != std::string::npos) return {std::strtod(token.c_str(), nullptr)};
    int64_t whole = 0;
    const char* last = token.data() + token.size();
    if (auto [rest, error] = std::from_chars(token.data(), last, whole); error == std::errc{} && rest == last) return {whole};
    uint64_t large = 0;
    if (auto [rest, error] = std::from_chars(token.data(), last, large); error == std::errc{} && rest == last) return {large};
    fail("no constant: " + token);
  }

  int32_t reg(const std::string& name) {
    auto [place, added] = registers_.try_emplace(name, static_cast<int32_t>(code_.registers.size()));
    if (added) {
      bool temporary =
          name.size() > 1 && name[0] == 't' && std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
      code_.registers.push_back(temporary ? "" : name);
    }
    return place->second;
  }
  template <class List, class Item>
  static int32_t index(List& list, Item item, auto same) {
    for (size_t k = 0; k < list.size(); ++k)
      if (same(list[k])) return static_cast<int32_t>(k);
    list.push_back(std::move(item));
    return static_cast<int32_t>(list.size() - 1);
  }

  static Opcode opcode(std::string_view name) {
    for (size_t k = 0; k < opcode_table().size(); ++k)
      if (opcode_table()[k].name == name) return static_cast<Opcode>(k);
    fail("no opcode " + std::string(name));
  }
  static int32_t operation(std::string_view symbol, Opcode op) {
    int arity = op == Opcode::unary_ ? 1 : 2;
    for (size_t k = 0; k < operator_table().size(); ++k)
      if (operator_table()[k].arity == arity && (operator_table()[k].symbol == symbol || operator_table()[k].name == symbol))
        return static_cast<int32_t>(k);
    fail("no operator " + std::string(symbol));
  }

  void instruction(const Row& row) {
    std::string_view text = row.text;
    Instruction i{.op = Opcode::jump_, .line = row.line, .first_operand = static_cast<uint32_t>(code_.operands.size()), .operand_count = 0};
    if (auto at = text.rfind('@'); at != std::string_view::npos) {
      i.line = std::atoi(text.data() + at + 1);
      text = text.substr(0, at);
      while (text.ends_with(' ')) text.remove_suffix(1);
    }
    std::vector<std::string> destinations;
    if (auto equals = text.find(" = "); equals != std::string_view::npos) {
      std::string list(text.substr(0, equals));
      std::ranges::replace(list, ',', ' ');
      std::istringstream names(list);
      for (std::string name; names >> name;) destinations.push_back(name);
      text.remove_prefix(equals + 3);
    }
    i.op = opcode(word(text));
    auto& out = code_.operands;
    for (char letter : info(i.op).operands) switch (letter) {
        case 'd':
          out.push_back(reg(destinations.at(0)));
          break;
        case 'r':
          out.push_back(reg(std::string(word(text))));
          break;
        case 'o':
          out.push_back(operation(word(text), i.op));
          break;
        case 'k': {
          Constant c = parse_constant(text);
          out.push_back(index(code_.constants, c, [&](auto& other) { return other == c; }));
          break;
        }
        case 'g': {
          std::string path(word(text));
          out.push_back(index(code_.globals, GlobalName{path}, [&](auto& other) { return other.path == path; }));
          break;
        }
        case 'n': {
          std::string name(word(text));
          out.push_back(index(code_.names, name, [&](auto& other) { return other == name; }));
          break;
        }
        case 'L':
          jumps_.emplace_back(out.size(), word(text));
          out.push_back(-1);
          break;
        case 'R': {
          size_t count = out.size();
          out.push_back(0);
          for (skip(text); !text.empty(); skip(text)) out.push_back(reg(std::string(word(text))));
          out[count] = static_cast<int32_t>(out.size() - count - 1);
          break;
        }
        case 'D':
          out.push_back(static_cast<int32_t>(destinations.size()));
          for (auto& name : destinations) out.push_back(reg(name));
          break;
      }
    skip(text);
    if (!text.empty()) fail("too much: " + row.text);
    i.operand_count = static_cast<uint32_t>(out.size()) - i.first_operand;
    code_.instructions.push_back(i);
  }

  CodeObject build(const std::vector<Row>& rows) {
    for (auto& row : rows) {
      if (row.text.ends_with(':')) {
        labels_[row.text.substr(0, row.text.size() - 1)] = static_cast<int32_t>(code_.instructions.size());
      } else {
        instruction(row);
      }
    }
    for (auto& [operand, label] : jumps_) {
      if (!labels_.contains(label)) fail("no label " + label);
      code_.operands[operand] = labels_[label];
    }
    return std::move(code_);
  }

  CodeObject code_;
  std::map<std::string, int32_t> registers_;
  std::map<std::string, int32_t> labels_;
  std::vector<std::pair<size_t, std::string>> jumps_;
};

}  // namespace px::jit::test
