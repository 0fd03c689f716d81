#include "jit/code/unroll.h"

#include <algorithm>
#include <initializer_list>

namespace px::jit {

namespace {

class Unrolling {
 public:
  Unrolling(const CodeObject& code, uint32_t iter, size_t count) : code_(code), out_(code), iter_(iter), count_(count) {
    out_.instructions.clear();
    out_.operands.clear();
  }

  std::unique_ptr<const CodeObject> run() {
    if (!find_loop()) return nullptr;
    const size_t size = code_.instructions.size() + setup + 1 + count_ * (tests + 2 + (end_ - body()));
    if (size > longest_unrolled) return nullptr;
    copy_range(0, iter_);
    const Instruction& iter = code_.instructions[iter_];
    const int32_t tuple = add_register(), counter = add_register(), one = add_register(), test = add_register();
    add(iter, Opcode::move_, {tuple, code_.operands_of(iter)[1]});
    add(iter, Opcode::constant_, {counter, constant(-1)});
    add(iter, Opcode::constant_, {one, constant(1)});
    copy_range(iter_ + 1, next_);
    const Instruction& next = code_.instructions[next_];
    const int32_t item = code_.operands_of(next)[0];
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
      add(next, Opcode::constant_, {number, constant(static_cast<int64_t>(k))});
      add(next, Opcode::getitem_, {item, tuple, number});
      copy_ = k;
      copy_range(body(), end_);
    }
    copy_range(end_, static_cast<uint32_t>(code_.instructions.size()));
    return std::make_unique<const CodeObject>(std::move(out_));
  }

 private:
  static constexpr uint32_t setup = 2;  // instructions more than there were, before the loop
  static constexpr uint32_t tests = 3;  // to select a copy

  const CodeObject& code_;
  CodeObject out_;
  const uint32_t iter_;
  const size_t count_;
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
    return static_cast<int32_t>(header + 2 + count_ * tests + copy * (2 + end_ - body()));
  }
  // Where instruction `old` is now, seen from the body's copy.
  int32_t place(uint32_t old, size_t copy) const {
    if (old <= iter_) return static_cast<int32_t>(old);
    if (old <= next_) return static_cast<int32_t>(old + setup);
    if (old < end_) return start_of(copy) + 2 + static_cast<int32_t>(old - body());
    return start_of(count_) + static_cast<int32_t>(old - end_);
  }

  int32_t add_register() {
    out_.registers.emplace_back();
    return static_cast<int32_t>(out_.registers.size() - 1);
  }
  int32_t constant(int64_t value) {
    out_.constants.push_back({value});
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

std::unique_ptr<const CodeObject> unroll(const CodeObject& code, uint32_t iter, size_t count) {
  return Unrolling(code, iter, count).run();
}

}  // namespace px::jit
