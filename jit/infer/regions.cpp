#include "jit/infer/regions.h"

#include <algorithm>

#include "runtime/context.h"

namespace px::jit {

namespace {

enum class Memory : uint8_t { none, refers, unknown };

// Whether a value may refer to memory of the arena; unknown: of a kind that may also be changed to refer to other memory.
Memory memory_of(const Type* t) {
  switch (t->kind) {
    case TypeKind::none:
    case TypeKind::scalar:
    case TypeKind::range:
    case TypeKind::range_iter:
    case TypeKind::string:
    case TypeKind::dtype:
    case TypeKind::tuple_class:
    case TypeKind::builtin:
    case TypeKind::exception:
    case TypeKind::module:
    case TypeKind::slice:
    case TypeKind::ellipsis:
    case TypeKind::interlocked:
    case TypeKind::python:
      return Memory::none;
    case TypeKind::array:
    case TypeKind::array_iter:
      return Memory::refers;
    case TypeKind::iterator:
      if (t->text == "shared") return Memory::unknown;  // it changes where it is
      [[fallthrough]];
    case TypeKind::tuple:
    case TypeKind::function:
    case TypeKind::method: {
      Memory most = Memory::none;
      for (auto* e : t->elements) most = std::max(most, memory_of(e));
      return most;
    }
    default:
      return Memory::unknown;
  }
}

// Instructions that give what was there already.
bool only_passes_on(Opcode op) {
  switch (op) {
    case Opcode::constant_:
    case Opcode::global_:
    case Opcode::move_:
    case Opcode::getattr_:
    case Opcode::getitem_:
    case Opcode::build_tuple_:
    case Opcode::build_slice_:
    case Opcode::unpack_:
    case Opcode::unpack_star_:
    case Opcode::make_function_:
    case Opcode::iter_:
    case Opcode::next_:
      return true;
    default:
      return false;
  }
}

}  // namespace

Regions::Regions(Inference& inference) : inference_(inference) {
  auto& cfg = inference.cfg();
  for (uint32_t b = 0; b < cfg.blocks.size() && !allocates_; ++b) {
    if (!inference.entry(b).reached) continue;
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) allocates_ = allocates_ || makes_memory(at);
  }
  if (!allocates_) return;
  const auto count = static_cast<uint32_t>(cfg.blocks.size());
  std::vector<std::vector<uint32_t>> before(count);
  for (uint32_t b = 0; b < count; ++b)
    for (uint32_t s : cfg.blocks[b].successors)
      if (inference.entry(b).reached) before[s].push_back(b);
  for (uint32_t header = 1; header < count; ++header) {
    Region region{header, std::vector<bool>(count)};
    std::vector<uint32_t> todo;
    for (uint32_t b : before[header])
      if (b >= header) todo.push_back(b);
    if (todo.empty()) continue;
    region.body[header] = true;
    while (!todo.empty()) {
      uint32_t b = todo.back();
      todo.pop_back();
      if (region.body[b]) continue;
      region.body[b] = true;
      todo.insert(todo.end(), before[b].begin(), before[b].end());
    }
    if (region.body[0]) continue;  // entered elsewhere than at its header
    bool makes = false;
    for (uint32_t b = 0; b < count && !makes; ++b)
      for (uint32_t at = cfg.blocks[b].begin; region.body[b] && at < cfg.blocks[b].end; ++at) makes = makes || makes_memory(at);
    if (makes && !survives_a_round(region)) regions_.push_back(std::move(region));
  }
}

bool Regions::makes_memory(uint32_t at) const {
  auto& i = inference_.code().instructions[at];
  auto& plan = inference_.plan(at);
  if (plan.allocates) return true;
  if (only_passes_on(i.op)) return false;
  if (i.op == Opcode::inplace_ && plan.results[0].type && plan.results[0].type->is_array()) return false;  // its operand
  for (auto* callee : plan.callees)
    if (!callee->typed || callee->typed->allocates) return true;  // without typed code: in a recursive cycle
  return std::ranges::any_of(plan.results, [](const Argument& r) { return r.type && memory_of(r.type) != Memory::none; });
}

// A register that the next round reads and that this one may have set, or anything that may have been changed to hold new memory.
bool Regions::survives_a_round(const Region& region) const {
  auto& cfg = inference_.cfg();
  auto& code = inference_.code();
  std::vector<bool> set(code.registers.size());
  for (uint32_t b = 0; b < cfg.blocks.size(); ++b) {
    if (!region.body[b] || !inference_.entry(b).reached) continue;
    for (auto& a : inference_.entry(b).registers)
      if (a.type && memory_of(a.type) == Memory::unknown) return true;
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) {
      for (auto& r : inference_.plan(at).results)
        if (r.type && memory_of(r.type) == Memory::unknown) return true;
      auto& i = code.instructions[at];
      auto operands = code.operands_of(i);
      bool same = i.op == Opcode::inplace_ && operands[0] == operands[2];  // an array stays where it is
      if (same && inference_.plan(at).results[0].type && inference_.plan(at).results[0].type->is_array()) continue;
      for_registers(code, i, [](int32_t) {}, [&](int32_t reg) { set[static_cast<size_t>(reg)] = true; });
    }
  }
  auto& next = inference_.entry(region.header).registers;
  for (size_t r = 0; r < next.size(); ++r)
    if (set[r] && next[r].type && memory_of(next[r].type) != Memory::none) return true;
  return false;
}

std::optional<Regions::Crossing> Regions::crossing(uint32_t from, uint32_t to) const {
  for (uint32_t k = 0; k < regions_.size(); ++k)
    if (regions_[k].header == to) return Crossing{k, !regions_[k].body[from]};
  return {};
}

int32_t region_mark(const uint64_t*, uint64_t* result) {
  const auto mark = runtime::Context::current()->arena.mark();
  result[0] = mark.serial;
  result[1] = reinterpret_cast<uint64_t>(mark.next);
  result[2] = mark.carved;
  return 0;
}

int32_t region_release(const uint64_t* x, uint64_t*) {
  runtime::Context::current()->arena.release({x[0], reinterpret_cast<char*>(x[1]), x[2]});
  return 0;
}

}  // namespace px::jit
