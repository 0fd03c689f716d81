#include "jit/code/code.h"

#include <array>
#include <bit>
#include <charconv>

#include "jit/code/named_tuple.h"

namespace px::jit {

namespace {
constexpr std::array opcodes = {
#define PX_OPCODE(name, operands, doc) OpcodeInfo{#name, operands, doc},
#include "jit/code/opcodes.def"
#undef PX_OPCODE
};
constexpr std::array operators = {
#define PX_OPERATOR(name, symbol, arity) OperatorInfo{#name, symbol, arity},
#include "jit/code/operators.def"
#undef PX_OPERATOR
};
}  // namespace

std::span<const OpcodeInfo> opcode_table() {
  return opcodes;
}
std::span<const OperatorInfo> operator_table() {
  return operators;
}

bool Constant::operator==(const Constant& other) const {
  if (value.index() != other.value.index()) return false;
  if (auto* x = std::get_if<double>(&value)) return std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(std::get<double>(other.value));
  if (auto* x = std::get_if<std::complex<double>>(&value)) {
    auto& y = std::get<std::complex<double>>(other.value);
    return Constant{x->real()} == Constant{y.real()} && Constant{x->imag()} == Constant{y.imag()};
  }
  if (auto* x = std::get_if<std::shared_ptr<const ConstantTuple>>(&value))
    return **x == *std::get<std::shared_ptr<const ConstantTuple>>(other.value);
  return value == other.value;
}

namespace {
struct Printer {
  std::string operator()(NoneValue) const { return "None"; }
  std::string operator()(bool x) const { return x ? "True" : "False"; }
  std::string operator()(int64_t x) const { return std::to_string(x); }
  std::string operator()(uint64_t x) const { return std::to_string(x); }
  std::string operator()(double x) const {
    char text[32];
    auto end = std::to_chars(text, text + sizeof text, x).ptr;
    std::string s(text, end);
    return s.find_first_of(".einf") == std::string::npos ? s + ".0" : s;
  }
  std::string operator()(const std::string& x) const {
    std::string s = "'";
    for (char c : x) {
      if (c == '\n') {
        s += "\\n";
      } else {
        if (c == '\'' || c == '\\') s += '\\';
        s += c;
      }
    }
    return s + "'";
  }
  std::string operator()(const std::complex<double>& x) const { return "complex(" + (*this)(x.real()) + ", " + (*this)(x.imag()) + ")"; }
  std::string operator()(const NamedValue& x) const { return x.name; }
  std::string operator()(const std::shared_ptr<const ConstantTuple>& x) const {
    const auto named = named_tuple_of(*x);
    const std::string name = named ? std::string(named->substr(0, named->find('('))) : "";
    std::string s = "(";
    for (size_t k = 0; k + (named ? 1 : 0) < x->size(); ++k) s += (k ? ", " : "") + to_string((*x)[k]);
    return name + s + (x->size() == 1 ? ",)" : ")");
  }
};
}  // namespace

constexpr std::string_view mark = "namedtuple:";

Constant named_tuple_mark(std::string_view text) {
  return {NamedValue{NamedValue::Kind::module, std::string(mark).append(text)}};
}

std::optional<std::string_view> named_tuple_of(const ConstantTuple& tuple) {
  auto* last = tuple.empty() ? nullptr : std::get_if<NamedValue>(&tuple.back().value);
  if (!last || last->kind != NamedValue::Kind::module || !last->name.starts_with(mark)) return {};
  return std::string_view(last->name).substr(mark.size());
}

std::string to_string(const Constant& c) {
  return std::visit(Printer{}, c.value);
}

}  // namespace px::jit
