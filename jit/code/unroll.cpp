#include "jit/code/unroll.h"

#include <algorithm>
#include <initializer_list>

namespace px::jit {

namespace {

class Unrolling {
 public:
  Unrolling(const CodeObject& code, uint32_t iter, size_t count, const ConstantTuple* items)
      : code_(code), out_(code), iter_(iter), count_(count), items_(items) {
    out_.instructions.clear();
    out_.operands.clear();
  }

  std::unique_ptr<const CodeObject> run() {
    if (!find_loop()) return nullptr;
    const size_t size = code_.instructions.size() + setup + 1 + count_ * (tests + opening + (end_ - body()));
    if (size > longest_unrolled) return nullptr;
    copy_range(0, iter_);
    const Instruction& iter = code_.instructions[iter_];
    const int32_t tuple = add_register(), counter = add_register(), one = add_register(), test = add_register();
    add(iter, Opcode::move_, {tuple, code_.operands_of(iter)[1]});
    add(iter, Opcode::constant_, {counter, constant(int64_t{-1})});
    add(iter, Opcode::constant_, {one, constant(int64_t{1})});
    copy_range(iter_ + 1, next_);
    const Instruction& next = code_.instructions[next_];
    const int32_t item = code_.operands_of(next)[0];
    const bool own_registers = !assigns(item);
    add(next, Opcode::binary_, {counter, static_cast<int32_t>(Operator::add), counter, one});
    for (size_t k = 0; k < count_; ++k) {
      const int32_t number = add_register(), after = static_cast<int32_t>(at() + tests);
      add(next, Opcode::constant_, {number, constant(static_cast<int64_t>(k))});
      add(next, Opcode::compare_, {test, static_cast<int32_t>(Operator::eq), counter, number});
      add(next, Opcode::branch_, {test, start_of(k), after});
    }
    add(next, Opcode::jump_, {place(end_, 0)});
    for (size_t k = 0; k < count_; ++k) {
      const int32_t number = add_register();  // assigned once: its value is known
      const int32_t own = own_registers ? add_register(code_.registers[item]) : item;
      add(next, Opcode::constant_, {number, constant(static_cast<int64_t>(k))});
      if (items_) {
        add(next, Opcode::constant_, {own, constant((*items_)[k].value)});
      } else {
        add(next, Opcode::getitem_, {own, tuple, number});
      }
      add(next, Opcode::move_, {item, own});  // what follows the loop has the last one
      copy_ = k;
      copy_range(body(), end_);
      for (size_t i = at() - (end_ - body()); own_registers && i < at(); ++i) rename(out_.instructions[i], item, own);
    }
    copy_range(end_, static_cast<uint32_t>(code_.instructions.size()));
    return std::make_unique<const CodeObject>(std::move(out_));
  }

 private:
  static constexpr uint32_t setup = 2;    // instructions more than there were, before the loop
  static constexpr uint32_t tests = 3;    // to select a copy
  static constexpr uint32_t opening = 3;  // of a copy, before the body

  const CodeObject& code_;
  CodeObject out_;
  const uint32_t iter_;
  const size_t count_;
  const ConstantTuple* const items_;
  uint32_t next_ = 0, end_ = 0;  // the loop's header, and what follows its body
  size_t copy_ = 0;              // of the body, which is being written

  uint32_t body() const { return next_ + 1; }
  bool is_inside(uint32_t at) const { return at >= body() && at < end_; }
  size_t at() const { return out_.instructions.size(); }

  // False where something comes into the body otherwise than through its header, or leaves it past its end.
  bool find_loop() {
    const int32_t iterator = code_.operands_of(code_.instructions[iter_])[0];
    for (next_ = iter_ + 1; next_ < code_.instructions.size(); ++next_)
      if (code_.instructions[next_].op == Opcode::next_ && code_.operands_of(code_.instructions[next_])[1] == iterator) break;
    if (next_ == code_.instructions.size()) return false;
    end_ = static_cast<uint32_t>(code_.operands_of(code_.instructions[next_])[2]);
    if (end_ <= next_ || (end_ > body() && falls_through(code_.instructions[end_ - 1].op))) return false;
    for (uint32_t i = 0; i < code_.instructions.size(); ++i) {
      if (is_inside(i)) continue;
      bool enters = code_.instructions[i].handler >= 0 && is_inside(static_cast<uint32_t>(code_.instructions[i].handler));
      for_targets(i, [&](int32_t target) { enters |= is_inside(static_cast<uint32_t>(target)); });
      if (enters) return false;
    }
    return true;
  }

  static bool falls_through(Opcode op) {
    return op != Opcode::jump_ && op != Opcode::branch_ && op != Opcode::ret_ && op != Opcode::raise_ && op != Opcode::reraise_;
  }

  template <class Visit>
  void for_targets(uint32_t i, Visit visit) const {
    auto operands = code_.operands_of(code_.instructions[i]);
    auto letters = info(code_.instructions[i].op).operands;
    for (size_t k = 0; k < letters.size(); ++k)
      if (letters[k] == 'L') visit(operands[k]);
  }

  int32_t start_of(size_t copy) const {
    const size_t header = next_ + setup;
    return static_cast<int32_t>(header + 2 + count_ * tests + copy * (opening + end_ - body()));
  }
  // Where instruction `old` is now, seen from the body's copy.
  int32_t place(uint32_t old, size_t copy) const {
    if (old <= iter_) return static_cast<int32_t>(old);
    if (old <= next_) return static_cast<int32_t>(old + setup);
    if (old < end_) return start_of(copy) + opening + static_cast<int32_t>(old - body());
    return start_of(count_) + static_cast<int32_t>(old - end_);
  }

  // Calls `visit` with each operand of `operands` that is a register.
  template <class Operands, class Visit>
  static void for_register_operands(Opcode op, Operands operands, Visit visit) {
    size_t next = 0;
    for (char letter : info(op).operands) {
      auto& x = operands[next++];
      if (letter == 'r' || letter == 'd') visit(x, letter);
      if (letter == 'R' || letter == 'D')
        for (int32_t k = x; k > 0; --k) visit(operands[next++], letter);
    }
  }
  bool assigns(int32_t reg) const {
    bool found = false;
    for (uint32_t i = body(); i < end_; ++i)
      for_register_operands(code_.instructions[i].op, code_.operands_of(code_.instructions[i]),
                            [&](const int32_t& x, char letter) { found |= x == reg && (letter == 'd' || letter == 'D'); });
    return found;
  }
  void rename(const Instruction& i, int32_t from, int32_t to) {
    std::span<int32_t> operands{out_.operands.data() + i.first_operand, i.operand_count};
    for_register_operands(i.op, operands, [&](int32_t& x, char) { x = x == from ? to : x; });
  }

  int32_t add_register(const std::string& name = "") {
    out_.registers.push_back(name);
    return static_cast<int32_t>(out_.registers.size() - 1);
  }
  int32_t constant(decltype(Constant::value) value) {
    out_.constants.push_back({std::move(value)});
    return static_cast<int32_t>(out_.constants.size() - 1);
  }
  void add(const Instruction& like, Opcode op, std::initializer_list<int32_t> operands) {
    const auto first = static_cast<uint32_t>(out_.operands.size());
    out_.operands.insert(out_.operands.end(), operands);
    const int32_t handler = like.handler < 0 ? -1 : place(static_cast<uint32_t>(like.handler), copy_);
    out_.instructions.push_back({op, like.line, first, static_cast<uint32_t>(operands.size()), handler});
  }
  void copy_range(uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      Instruction made = code_.instructions[i];
      auto operands = code_.operands_of(made);
      made.first_operand = static_cast<uint32_t>(out_.operands.size());
      out_.operands.insert(out_.operands.end(), operands.begin(), operands.end());
      auto letters = info(made.op).operands;
      for (size_t k = 0; k < letters.size(); ++k) {
        int32_t& target = out_.operands[made.first_operand + k];
        if (letters[k] == 'L') target = place(static_cast<uint32_t>(target), copy_);
      }
      if (made.handler >= 0) made.handler = place(static_cast<uint32_t>(made.handler), copy_);
      out_.instructions.push_back(made);
    }
  }
};

}  // namespace

std::unique_ptr<const CodeObject> unroll(const CodeObject& code, uint32_t iter, size_t count, const ConstantTuple* items) {
  return Unrolling(code, iter, count, items).run();
}

}  // namespace px::jit
