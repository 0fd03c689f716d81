#include "jit/builtins/elementwise.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "jit/builtins/array.h"
#include "jit/infer/emitter.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

// From typed code to steps over registers. Each write of a slot is a register of its own at first; those whose values are not needed any
// more are then used again.
class Builder {
 public:
  // `narrow`: small integers in registers of this kind, that of the arrays' elements (narrow_kind).
  Builder(const typed::Function& kernel, Elementwise& out, std::optional<Scalar> narrow) : kernel_(kernel), out_(out), narrow_(narrow) {}

  bool run(Slot result_slot) {
    Slot slot = 0;
    for (auto* operand : out_.operands) {
      bool complex = is_complex(operand->scalar);
      for (int part = 0; part <= complex; ++part, ++slot) {
        where_[slot] = add(kind_of(complex ? part_of_complex(operand->scalar) : operand->scalar));
        if (narrow_ && operand->scalar == *narrow_) exact_.insert(where_[slot]);
      }
    }
    for (auto& c : kernel_.constants) {
      uint32_t reg = add(kind_of(kernel_.slot_types[c.slot]->scalar));
      where_[c.slot] = reg;
      if (narrow_ && fits(c.bits)) exact_.insert(reg);
      out_.constants.push_back({reg, c.bits});
    }
    fixed_ = static_cast<uint32_t>(out_.kinds.size());
    for (auto& i : kernel_.code)
      if (!instruction(i)) return false;
    bool complex = is_complex(out_.result->scalar);
    Scalar wanted = kind_of(complex ? part_of_complex(out_.result->scalar) : out_.result->scalar);
    uint32_t result = where_.at(result_slot);
    if (narrow_ && !alike(out_.kinds[result], wanted)) return false;
    out_.result_register = in_kind(result, wanted);
    out_.imaginary_register = complex ? in_kind(where_.at(result_slot + 1), wanted) : out_.result_register;
    reuse();
    out_.direct =
        !complex && !out_.steps.empty() && out_.steps.back().d == out_.result_register && out_.result_register >= fixed_ && writes_once();
    return true;
  }

 private:
  uint32_t add(Scalar kind) {
    out_.kinds.push_back(kind);
    return static_cast<uint32_t>(out_.kinds.size() - 1);
  }
  Scalar kind_of(Scalar s) const { return narrow_ && is_integer(s) ? *narrow_ : register_kind(s); }
  // Whether the slot's value is the same in the narrow kind.
  bool fits(uint64_t bits) const {
    auto spare = static_cast<int>(64 - 8 * item_size(*narrow_));
    return bits == (is_signed(*narrow_) ? static_cast<uint64_t>(static_cast<int64_t>(bits << spare) >> spare) : bits << spare >> spare);
  }
  static bool alike(Scalar a, Scalar b) { return a == b || (is_integer(a) && is_integer(b)); }

  // The register, or a conversion of it: slots of booleans and small integers have the same bits, registers have not.
  uint32_t in_kind(uint32_t reg, Scalar kind) {
    if (alike(out_.kinds[reg], kind)) return reg;
    uint32_t d = add(kind);
    typed::Instr convert{.op = Op::convert_, .kind = out_.kinds[reg], .to = kind};
    out_.steps.push_back({.run = strip::find_run(convert), .d = d, .a = reg, .b = reg, .arguments = {}});
    return d;
  }

  bool instruction(const typed::Instr& i) {
    if (i.op == Op::move_) {
      for (uint32_t k = 0; k < i.aux; ++k) where_[i.d + k] = where_.at(i.a + k);
      return true;
    }
    if (i.op == Op::runtime_) return runtime_call(kernel_.runtime_calls[i.aux]);
    if (i.op == Op::jump_ || i.op == Op::branch_ || i.d == typed::no_slot || i.a == typed::no_slot) return false;
    if (narrow_ && i.kind != Scalar::boolean) return narrow_instruction(i);
    strip::Step s{.run = strip::find_run(i), .arguments = {}};
    if (!s.run) return false;
    if (narrow_ && i.op == Op::convert_) return false;
    s.a = s.b = in_kind(where_.at(i.a), i.kind);
    if (i.b != typed::no_slot) s.b = in_kind(where_.at(i.b), i.kind);
    if (i.op == Op::call_math1_ || i.op == Op::call_math2_) s.function = kernel_.pointers[i.aux];
    if (s.function)
      if (auto run = strip::find_math(s.function)) s.run = run;
    bool compares = i.op >= Op::eq_ && i.op <= Op::ge_;
    s.d = where_[i.d] = add(compares ? Scalar::boolean : i.op == Op::convert_ ? register_kind(i.to) : i.kind);
    out_.steps.push_back(std::move(s));
    return true;
  }

  // Of values whose low bits alone are kept, unless they are exact: what they would be in 64 bits.
  bool narrow_instruction(const typed::Instr& i) {
    uint32_t a = where_.at(i.a), b = i.b == typed::no_slot ? a : where_.at(i.b);
    if (!is_integer(i.kind) || out_.kinds[a] != *narrow_ || out_.kinds[b] != *narrow_) return false;
    bool exact = exact_.contains(a) && exact_.contains(b);
    if (i.op == Op::convert_) {
      bool own = i.to == *narrow_;
      if (!own && !(is_integer(i.to) && item_size(i.to) == 8)) return false;
      uint32_t d = where_[i.d] = own && !exact ? add(*narrow_) : a;
      if (d == a) return true;
      exact_.insert(d);
      out_.steps.push_back({.run = strip::find_narrow(Op::bit_or_, *narrow_), .d = d, .a = a, .b = a, .arguments = {}});
      return true;
    }
    strip::Step s{.run = strip::find_narrow(i.op, *narrow_), .a = a, .b = b, .arguments = {}};
    bool compares = i.op >= Op::eq_ && i.op <= Op::ge_, chooses = i.op == Op::min_ || i.op == Op::max_;
    bool ordered = exact && (i.kind == Scalar::i64 || is_unsigned(*narrow_));
    bool divides = i.op == Op::floordiv_ || i.op == Op::mod_;
    if (!s.run || ((compares || chooses || divides) && !ordered)) return false;
    s.d = where_[i.d] = add(compares ? Scalar::boolean : *narrow_);
    bool bitwise = i.op == Op::bit_and_ || i.op == Op::bit_or_ || i.op == Op::bit_xor_;
    // The least integer divided by -1 is one more than the greatest.
    bool in_bounds = i.op == Op::mod_ || (i.op == Op::floordiv_ && is_unsigned(*narrow_));
    if (chooses || in_bounds || (bitwise && exact)) exact_.insert(s.d);
    out_.steps.push_back(std::move(s));
    return true;
  }

  bool runtime_call(const typed::RuntimeCall& call) {
    if (narrow_) return false;
    if (call.result_slots > 2 || call.arguments.size() > 16) return false;
    strip::Step s{.run = strip::runtime_run(), .runtime = call.function, .arguments = {}};
    for (Slot slot : call.arguments) s.arguments.emplace_back(where_.at(slot), out_.kinds[where_.at(slot)]);
    const Type* type = kernel_.slot_types[call.result];
    s.kind = !type || !type->is_number() ? Scalar::i64 : register_kind(type->is_complex() ? part_of_complex(type->scalar) : type->scalar);
    s.d = where_[call.result] = add(s.kind);
    if (call.result_slots == 2) s.second = where_[call.result + 1] = add(s.kind);
    out_.steps.push_back(std::move(s));
    return true;
  }

  void reuse() {
    std::vector<size_t> last(out_.kinds.size(), 0);
    auto each_read = [](const strip::Step& s, auto visit) {
      if (s.runtime) {
        for (auto& [reg, kind] : s.arguments) visit(reg);
      } else {
        visit(s.a), visit(s.b);
      }
    };
    for (size_t k = 0; k < out_.steps.size(); ++k) each_read(out_.steps[k], [&](uint32_t reg) { last[reg] = k; });
    last[out_.result_register] = last[out_.imaginary_register] = out_.steps.size();
    std::vector<Scalar> kinds(out_.kinds.begin(), out_.kinds.begin() + fixed_);
    std::vector<uint32_t> renamed(out_.kinds.size());
    std::iota(renamed.begin(), renamed.begin() + fixed_, 0U);
    std::map<size_t, std::vector<uint32_t>> open;  // bytes of an element → registers that are free
    for (size_t k = 0; k < out_.steps.size(); ++k) {
      auto& s = out_.steps[k];
      uint32_t d = s.d;
      std::vector<uint32_t> read;
      each_read(s, [&](uint32_t reg) { read.push_back(reg); });
      s.a = renamed[s.a], s.b = renamed[s.b];
      for (auto& [reg, kind] : s.arguments) reg = renamed[reg];
      std::ranges::sort(read);
      read.erase(std::ranges::unique(read).begin(), read.end());
      for (uint32_t reg : read)
        if (reg >= fixed_ && last[reg] == k) open[strip::register_bytes(out_.kinds[reg])].push_back(renamed[reg]);
      auto place = [&](uint32_t made) {
        auto& list = open[strip::register_bytes(out_.kinds[made])];
        if (list.empty()) {
          kinds.push_back(out_.kinds[made]);
          renamed[made] = static_cast<uint32_t>(kinds.size() - 1);
        } else {
          renamed[made] = list.back();
          list.pop_back();
        }
        return renamed[made];
      };
      s.d = place(d);
      if (s.second != strip::no_register) s.second = place(s.second);
    }
    out_.result_register = renamed[out_.result_register];
    out_.imaginary_register = renamed[out_.imaginary_register];
    out_.kinds = std::move(kinds);
  }

  bool writes_once() const {
    return std::ranges::count_if(out_.steps, [&](auto& s) { return s.d == out_.result_register; }) == 1;
  }

  const typed::Function& kernel_;
  Elementwise& out_;
  std::map<Slot, uint32_t> where_;
  uint32_t fixed_ = 0;  // registers of operands and constants
  std::optional<Scalar> narrow_;
  std::set<uint32_t> exact_;  // registers of the narrow kind that hold what they would in 64 bits
};

// The kind that an expression may be computed in if it is of arrays of one small integer type, and is one or is a boolean.
std::optional<Scalar> narrow_kind(const Elementwise& e) {
  std::optional<Scalar> kind;
  for (auto* t : e.operands) {
    if (!t->is_array()) continue;
    if (!is_integer(t->scalar) || item_size(t->scalar) == 8 || (kind && *kind != t->scalar)) return {};
    kind = t->scalar;
  }
  if (!kind) return {};
  for (auto* t : e.operands)
    if (!t->is_array() && (!is_integer(t->scalar))) return {};
  Scalar result = e.result->scalar;
  bool fits = result == Scalar::boolean || (is_integer(result) && item_size(result) == item_size(*kind));
  return fits ? kind : std::nullopt;
}

struct Lane {  // one array of the loop
  uint32_t reg = 0;
  char* data = nullptr;
  int64_t item = 0;
  bool same_form = false;
  strip::Load load = nullptr;
  char* buffer = nullptr;
  std::array<int64_t, Strided::most> strides{};
  // Whether a line from here is a register as it lies.
  bool fits(const char* at, size_t axis) const { return same_form && strides[axis] == item && is_aligned(at, static_cast<size_t>(item)); }
};

struct Loop {
  int ndim = 0;
  std::array<int64_t, Strided::most> shape{};
  std::vector<Lane> lanes;  // the result's are the last: one, or that of the real and that of the imaginary parts

  // Axes in the order of the result's memory, neighbours joined where every array lies so.
  void arrange() {
    std::array<int, Strided::most> order{};
    std::iota(order.begin(), order.begin() + ndim, 0);
    auto& out = lanes.back();
    auto size = [&](int axis) { return std::abs(out.strides[static_cast<size_t>(axis)]); };
    std::sort(order.begin(), order.begin() + ndim, [&](int a, int b) { return size(a) != size(b) ? size(a) > size(b) : a < b; });
    int kept = 0;
    std::array<int64_t, Strided::most> lengths{};
    std::vector<Lane> sorted = lanes;
    for (int k = 0; k < ndim; ++k) {
      auto from = static_cast<size_t>(order[static_cast<size_t>(k)]);
      int64_t n = shape[from];
      if (n == 1) continue;
      auto last = static_cast<size_t>(kept - 1);
      bool joins = kept > 0;
      for (size_t i = 0; joins && i < lanes.size(); ++i) joins = sorted[i].strides[last] == lanes[i].strides[from] * n;
      size_t to = joins ? last : static_cast<size_t>(kept++);
      lengths[to] = joins ? lengths[to] * n : n;
      for (size_t i = 0; i < lanes.size(); ++i) sorted[i].strides[to] = lanes[i].strides[from];
    }
    ndim = kept;
    shape = lengths;
    lanes = std::move(sorted);
    if (ndim == 0) {
      ndim = 1;
      shape[0] = 1;
      for (auto& lane : lanes) lane.strides[0] = lane.item;
    }
  }
};

// Strips of registers; a runtime function that is called for an element does not come here again.
char* scratch(size_t bytes) {
  thread_local std::vector<char> memory;
  if (memory.size() < bytes + 64) memory.resize(bytes + 64);
  return memory.data() + (-reinterpret_cast<uintptr_t>(memory.data()) & 63);
}

class Evaluation {
 public:
  Evaluation(const Elementwise& e, Loop& loop, int64_t longest) : e_(e), loop_(loop), longest_(longest) {}

  bool run(const uint64_t* const* scalars) {
    size_t count = e_.kinds.size();
    size_t strip = static_cast<size_t>(strip::longest) * 8;
    char* memory = scratch(count * strip);
    own_.resize(count);
    for (size_t k = 0; k < count; ++k) own_[k] = memory + k * strip;
    at_ = own_;
    auto last = static_cast<size_t>(loop_.ndim - 1);
    int64_t n = loop_.shape[last], total = n;
    for (size_t axis = 0; axis < last; ++axis) total *= loop_.shape[axis];
    int64_t filled = std::min(total, strip::longest);
    for (auto& c : e_.constants) strip::fill(own_[c.slot], c.bits, e_.kinds[c.slot], filled);
    size_t reg = 0;
    for (size_t k = 0; k < e_.operands.size(); ++k) {
      for (int part = 0; part <= is_complex(e_.operands[k]->scalar); ++part, ++reg)
        if (scalars[k]) strip::fill(own_[reg], scalars[k][part], e_.kinds[reg], filled);
    }
    bool complex = is_complex(e_.result->scalar);
    results_ = complex ? 2 : 1;
    store_ = strip::find_store(complex ? part_of_complex(e_.result->scalar) : e_.result->scalar, e_.kinds[e_.result_register]);
    int64_t lines = n == 0 ? 0 : total / n;
    return lines == 1 || n >= strip::longest / 2 || longest_ < strip::longest ? long_lines(lines, n) : short_lines(lines, n);
  }

 private:
  bool steps(int64_t n) {
    return std::ranges::all_of(e_.steps, [&](auto& s) { return s.run(s, at_.data(), n); });
  }

  // The next line: the outer axes count up.
  void advance() {
    for (int axis = loop_.ndim - 2; axis >= 0; --axis) {
      auto k = static_cast<size_t>(axis);
      for (auto& lane : loop_.lanes) lane.data += lane.strides[k];
      if (++index_[k] < loop_.shape[k]) return;
      for (auto& lane : loop_.lanes) lane.data -= lane.strides[k] * loop_.shape[k];
      index_[k] = 0;
    }
  }

  bool long_lines(int64_t lines, int64_t n) {
    auto last = static_cast<size_t>(loop_.ndim - 1);
    auto outs = std::span(loop_.lanes).last(results_);
    auto& out = outs[0];
    for (int64_t line = 0; line < lines; ++line, advance()) {
      for (int64_t first = 0; first < n; first += longest_) {
        int64_t m = std::min(longest_, n - first);
        for (size_t k = 0; k + results_ < loop_.lanes.size(); ++k) {
          auto& lane = loop_.lanes[k];
          char* from = lane.data + first * lane.strides[last];
          if (lane.fits(from, last)) {
            at_[lane.reg] = from;
          } else if (lane.strides[last] != 0 || first == 0) {
            lane.load(at_[lane.reg] = own_[lane.reg], from, lane.strides[last], m);
          }
        }
        char* result = out.data + first * out.strides[last];
        bool direct = e_.direct && out.fits(result, last);
        if (e_.direct) at_[e_.result_register] = direct ? result : own_[e_.result_register];
        if (!steps(m)) return false;
        if (direct) continue;
        for (auto& to : outs) store_(to.data + first * to.strides[last], to.strides[last], at_[to.reg], m);
      }
    }
    return true;
  }

  // Several lines a strip.
  bool short_lines(int64_t lines, int64_t n) {
    auto last = static_cast<size_t>(loop_.ndim - 1);
    int64_t at_once = strip::longest / n;
    std::array<std::array<char*, strip::longest>, 2> targets{};
    auto outs = std::span(loop_.lanes).last(results_);
    for (int64_t first = 0; first < lines; first += at_once) {
      int64_t count = std::min(at_once, lines - first);
      for (int64_t k = 0; k < count; ++k, advance()) {
        for (size_t i = 0; i + results_ < loop_.lanes.size(); ++i) {
          auto& lane = loop_.lanes[i];
          lane.load(own_[lane.reg] + static_cast<size_t>(k * n) * strip::register_bytes(e_.kinds[lane.reg]), lane.data, lane.strides[last],
                    n);
        }
        for (size_t i = 0; i < results_; ++i) targets[i][static_cast<size_t>(k)] = outs[i].data;
      }
      if (!steps(count * n)) return false;
      size_t bytes = strip::register_bytes(e_.kinds[e_.result_register]);
      for (size_t i = 0; i < results_; ++i) {
        auto& out = outs[i];
        for (int64_t k = 0; k < count; ++k)
          store_(targets[i][static_cast<size_t>(k)], out.strides[last], at_[out.reg] + static_cast<size_t>(k * n) * bytes, n);
      }
    }
    return true;
  }

  const Elementwise& e_;
  Loop& loop_;
  int64_t longest_;
  std::vector<char*> own_, at_;  // one a register: its own strip; where it is now
  strip::Store store_ = nullptr;
  size_t results_ = 1;  // how many of the lanes are written
  std::array<int64_t, Strided::most> index_{};
};

Lane lane_of(const Strided& a, Scalar element, uint32_t reg, Scalar kind, const Loop& loop) {
  Lane lane{.reg = reg, .data = a.data, .item = static_cast<int64_t>(item_size(element)), .same_form = strip::same_form(element, kind)};
  lane.load = strip::find_load(element, kind);
  for (int k = 1; k <= loop.ndim; ++k) {
    bool repeated = k > a.ndim || a.shape[static_cast<size_t>(a.ndim - k)] == 1;
    lane.strides[static_cast<size_t>(loop.ndim - k)] = repeated ? 0 : a.strides[static_cast<size_t>(a.ndim - k)];
  }
  return lane;
}

// Adds the lane of an array, or the two of the parts of an array of complex numbers.
void add_lanes(const Strided& a, Scalar element, uint32_t reg, uint32_t imaginary, const Elementwise& e, Loop& loop) {
  if (!is_complex(element)) return loop.lanes.push_back(lane_of(a, element, reg, e.kinds[reg], loop));
  Scalar part = part_of_complex(element);
  Strided other = a;
  other.data += item_size(part);
  loop.lanes.push_back(lane_of(a, part, reg, e.kinds[reg], loop));
  loop.lanes.push_back(lane_of(other, part, imaginary, e.kinds[imaginary], loop));
}

int32_t allocate(const Type* type, std::span<const int64_t> shape, uint64_t* result) {
  int ndim = type->ndim;
  bool fortran = type->layout == Layout::f;
  std::array<uint64_t, 4 + Strided::most> make = {static_cast<uint64_t>(ndim), item_size(type->scalar), 0, 0};
  for (int k = 0; k < ndim; ++k)
    make[4 + static_cast<size_t>(k)] = static_cast<uint64_t>(shape[static_cast<size_t>(fortran ? ndim - 1 - k : k)]);
  if (int32_t failed = array_new(make.data(), result)) return failed;
  if (fortran) {
    std::reverse(result + array_shape_slot(ndim, 0), result + array_shape_slot(ndim, 0) + ndim);
    std::reverse(result + array_stride_slot(ndim, 0), result + array_stride_slot(ndim, 0) + ndim);
  }
  return 0;
}

}  // namespace

std::shared_ptr<Elementwise> make_elementwise(const typed::Function& kernel, std::vector<const Type*> operands, const Type* result,
                                              Slot result_slot) {
  auto made = std::make_shared<Elementwise>();
  made->operands = std::move(operands);
  made->result = result;
  if (auto kind = narrow_kind(*made)) {
    auto narrow = std::make_shared<Elementwise>(*made);
    if (Builder(kernel, *narrow, kind).run(result_slot)) return narrow;
  }
  return Builder(kernel, *made, {}).run(result_slot) ? made : nullptr;
}

bool broadcast(std::span<int64_t> shape, const Strided& a) {
  for (int k = 1; k <= a.ndim; ++k) {
    int64_t& size = shape[shape.size() - static_cast<size_t>(k)];
    int64_t n = a.shape[static_cast<size_t>(a.ndim - k)];
    if (size == 1) {
      size = n;
    } else if (n != size && n != 1) {
      return false;
    }
  }
  return true;
}

int32_t shapes_differ() {
  runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, "operands could not be broadcast together");
  return 1;
}

int32_t evaluate_elementwise(const uint64_t* x, uint64_t* result) {
  auto& e = *reinterpret_cast<const Elementwise*>(*x++);
  int ndim = e.result->ndim;
  std::array<int64_t, Strided::most> shape{};
  std::fill_n(shape.begin(), ndim, 1);
  std::span<int64_t> sizes(shape.data(), static_cast<size_t>(ndim));
  std::vector<Strided> arrays;
  std::vector<const uint64_t*> scalars(e.operands.size());
  for (size_t k = 0; k < e.operands.size(); ++k) {
    auto* t = e.operands[k];
    if (t->is_array()) {
      arrays.push_back(Strided::of(x, t->ndim));
      if (!e.into && !broadcast(sizes, arrays.back())) return shapes_differ();
    } else {
      scalars[k] = x;
    }
    x += t->slots;
  }
  if (e.into) {
    std::copy_n(x, e.result->slots, result);
  } else if (int32_t failed = allocate(e.result, sizes, result)) {
    return failed;
  }
  Strided out = Strided::of(result, ndim);
  if (e.into) {
    std::copy_n(out.shape.begin(), ndim, shape.begin());
    for (auto& a : arrays) {
      std::array<int64_t, Strided::most> same = shape;
      bool fits = a.ndim <= ndim && broadcast(std::span(same.data(), static_cast<size_t>(ndim)), a) && same == shape;
      if (!fits) {
        runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, "non-broadcastable output operand");
        return 1;
      }
    }
  }
  if (out.size() == 0) return 0;
  Loop loop;
  loop.ndim = ndim;
  loop.shape = shape;
  int64_t longest = strip::longest;
  size_t at = 0;
  uint32_t reg = 0;
  for (auto* operand : e.operands) {
    uint32_t first = reg;
    reg += is_complex(operand->scalar) ? 2 : 1;
    if (!operand->is_array()) continue;
    auto& a = arrays[at++];
    add_lanes(a, operand->scalar, first, first + 1, e, loop);
    // What is written may be read later: one element after another, then, as Numba goes.
    if (e.into && overlap(a, item_size(operand->scalar), out, item_size(e.result->scalar)) && !same_place(a, out)) longest = 1;
  }
  add_lanes(out, e.result->scalar, e.result_register, e.imaginary_register, e, loop);
  if (longest > 1) loop.arrange();
  return Evaluation(e, loop, longest).run(scalars.data()) ? 0 : 1;
}

}  // namespace px::jit
