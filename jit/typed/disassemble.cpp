#include <array>
#include <bit>

#include "jit/function.h"
#include "jit/typed/typed.h"

namespace px::jit::typed {

namespace {

constexpr std::array names = {
#define PX_TYPED_OP(name, kinds, doc) #name,
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};

class Disassembler {
 public:
  explicit Disassembler(const Function& function) : f_(function) {
    for (auto& c : f_.constants) constants_.resize(std::max<size_t>(constants_.size(), c.slot + 1));
    for (auto& c : f_.constants) constants_[c.slot] = value(c);
  }

  std::string slot(Slot s) const {
    if (s == no_slot) return "-";
    if (s < constants_.size() && !constants_[s].empty()) return constants_[s];
    bool named = s < f_.slot_names.size() && !f_.slot_names[s].empty();
    return (named ? f_.slot_names[s] + "@" : "s") + std::to_string(s);
  }

  std::string slots(const std::vector<Slot>& list) const {
    std::string text;
    for (auto s : list) text += " " + slot(s);
    return text;
  }

  std::string operands(const Instr& i) const {
    std::string text;
    auto add = [&](const std::string& part) { text += " " + part; };
    switch (i.op) {
      case Op::load_:
      case Op::store_: {
        auto& a = f_.accesses[i.aux];
        add(slot(i.op == Op::load_ ? i.d : i.a));
        return text + (i.op == Op::load_ ? " <- " : " -> ") + slot(a.array) + "[" + slots(a.index) + " ] " + to_string(a.type) +
               (a.bounds_check ? "" : " unchecked");
      }
      case Op::call_: {
        auto& c = f_.calls[i.aux];
        return " " + slot(c.result) + " = " + c.callee->function->code().name + "(" + slots(c.arguments) + " )";
      }
      case Op::runtime_: {
        auto& c = f_.runtime_calls[i.aux];
        return " " + slot(c.result) + " = " + c.symbol + "(" + slots(c.arguments) + " )";
      }
      case Op::raise_:
        return " " + std::string(runtime::exception_name(f_.raises[i.aux].kind));
      default:
        break;
    }
    for (Slot s : {i.d, i.a, i.b})
      if (s != no_slot) add(slot(s));
    if (i.op == Op::move_ || i.op == Op::ret_) add("x" + std::to_string(i.aux));
    if (i.op == Op::convert_) add("to " + std::string(numpy_name(i.to)));
    if (i.op == Op::jump_ || i.op == Op::branch_ || i.op == Op::range_next_) add("->" + std::to_string(i.target));
    if (i.op == Op::branch_) add("->" + std::to_string(i.target2));
    return text;
  }

 private:
  std::string value(const typed::Constant& c) const {
    const Type* t = c.slot < f_.slot_types.size() ? f_.slot_types[c.slot] : nullptr;
    if (t == types::float64()) return jit::to_string(jit::Constant{std::bit_cast<double>(c.bits)});
    if (t == types::float32())
      return jit::to_string(jit::Constant{static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(c.bits)))});
    return std::to_string(static_cast<int64_t>(c.bits));
  }

  const Function& f_;
  std::vector<std::string> constants_;
};

}  // namespace

std::string disassemble(const Function& function) {
  Disassembler d(function);
  std::string text;
  for (size_t at = 0; at < function.code.size(); ++at) {
    auto& i = function.code[at];
    std::string number = std::to_string(at);
    text += std::string(number.size() < 4 ? 4 - number.size() : 0, ' ') + number + "  " + names[static_cast<size_t>(i.op)];
    bool kinded =
        i.op != Op::move_ && i.op != Op::jump_ && i.op != Op::call_ && i.op != Op::runtime_ && i.op != Op::ret_ && i.op != Op::raise_;
    if (kinded) text += "." + std::string(numpy_name(i.kind));
    text += d.operands(i) + "\n";
  }
  return text;
}

}  // namespace px::jit::typed
