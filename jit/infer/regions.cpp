#include "jit/infer/regions.h"

#include <algorithm>
#include <array>

#include "jit/builtins/list.h"
#include "runtime/context.h"

namespace px::jit {

namespace {

enum class Memory : uint8_t { none, refers, list, unknown };

// Whether a value may refer to memory of the arena; list: and may be changed to refer to other memory, all of it its own; unknown: of a
// kind that may be changed to refer to any.
Memory memory_of(const Type* t) {
  switch (t->kind) {
    case TypeKind::none:
    case TypeKind::scalar:
    case TypeKind::complex:
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
    case TypeKind::work:
      return Memory::none;
    case TypeKind::array:
    case TypeKind::array_iter:
    case TypeKind::record:
    case TypeKind::records:
      return Memory::refers;
    case TypeKind::list:
      return t->elements.empty() || memory_of(t->elements[0]) == Memory::none ? Memory::list : Memory::unknown;
    case TypeKind::optional: {
      const Memory held = memory_of(t->elements[0]);
      return held == Memory::list ? Memory::unknown : held;  // there may be no list to look at
    }
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

constexpr size_t most_roots = 40;

// Where a value of this kind, `offset` slots into a register's run, has addresses.
void add_roots(const Type* t, uint32_t offset, const Regions::Root& root, std::vector<Regions::Root>& out) {
  if (memory_of(t) == Memory::none) return;
  auto add = [&](uint32_t at, bool list) { out.push_back({root.reg, root.type, at, list}); };
  if (t->kind == TypeKind::array || t->kind == TypeKind::array_iter) return add(offset + array_data_slot, false);
  if (t->is_record() || t->is_records()) return add(offset + array_data_slot, false);
  if (t->kind == TypeKind::list) return add(offset, true);
  // What such a value has of its own comes before its elements.
  uint32_t own = t->slots;
  for (auto* e : t->elements) own -= e->slots;
  offset += own;
  for (auto* e : t->elements) {
    add_roots(e, offset, root, out);
    offset += e->slots;
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
    Region region{header, std::vector<bool>(count), {}};
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
    if (makes && find_kept(region)) regions_.push_back(std::move(region));
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

// What is needed: registers that the next round reads and that this one may have set, and every list that it reads, which may have grown.
bool Regions::find_kept(Region& region) const {
  auto& cfg = inference_.cfg();
  auto& code = inference_.code();
  std::vector<bool> set(code.registers.size());
  for (uint32_t b = 0; b < cfg.blocks.size(); ++b) {
    if (!region.body[b] || !inference_.entry(b).reached) continue;
    for (auto& a : inference_.entry(b).registers)
      if (a.type && memory_of(a.type) == Memory::unknown) return false;
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) {
      for (auto& r : inference_.plan(at).results)
        if (r.type && memory_of(r.type) == Memory::unknown) return false;
      auto& i = code.instructions[at];
      auto operands = code.operands_of(i);
      bool same = i.op == Opcode::inplace_ && operands[0] == operands[2];  // an array stays where it is
      if (same && inference_.plan(at).results[0].type && inference_.plan(at).results[0].type->is_array()) continue;
      for_registers(code, i, [](int32_t) {}, [&](int32_t reg) { set[static_cast<size_t>(reg)] = true; });
    }
  }
  auto& next = inference_.entry(region.header);
  for (size_t r = 0; r < next.registers.size(); ++r) {
    const Type* type = next.registers[r].type;
    if (!type) continue;
    const Memory memory = memory_of(type);
    if (memory == Memory::list && next.maybe_unset[r]) return false;
    if (memory == Memory::list || (memory == Memory::refers && set[r]))
      add_roots(type, 0, {static_cast<int32_t>(r), type, 0, false}, region.kept);
  }
  return region.kept.size() <= most_roots;
}

std::optional<Regions::Crossing> Regions::crossing(uint32_t from, uint32_t to) const {
  for (uint32_t k = 0; k < regions_.size(); ++k)
    if (regions_[k].header == to) return Crossing{k, !regions_[k].body[from]};
  return {};
}

int32_t region_mark(const uint64_t*, uint64_t* result) {
  const auto& arena = runtime::Context::current()->arena;
  const auto mark = arena.mark();
  result[0] = mark.serial;
  result[1] = reinterpret_cast<uint64_t>(mark.next);
  result[2] = mark.carved;
  result[3] = arena.bytes() + arena.sweep_after();
  return 0;
}

int32_t region_release(const uint64_t* x, uint64_t*) {
  runtime::Context::current()->arena.release({x[0], reinterpret_cast<char*>(x[1]), x[2]});
  return 0;
}

int32_t region_sweep(const uint64_t* x, uint64_t* result) {
  auto& arena = runtime::Context::current()->arena;
  *result = x[3];
  if (arena.bytes() < x[3]) return 0;
  std::array<uint64_t, 2 * most_roots> addresses;
  size_t count = 0;
  const uint64_t* at = x + mark_slots + 2;
  for (uint64_t k = 0; k < x[mark_slots]; ++k) addresses[count++] = *at++;
  for (uint64_t k = 0; k < x[mark_slots + 1]; ++k, ++at) {
    addresses[count++] = *at;
    addresses[count++] = reinterpret_cast<uint64_t>(reinterpret_cast<const ListHeader*>(*at)->items);
  }
  arena.sweep({x[0], reinterpret_cast<char*>(x[1]), x[2]}, std::span(addresses).first(count));
  // In proportion to what is left, so that looking costs a part of making at most.
  *result = arena.bytes() + std::max(arena.sweep_after(), arena.bytes() / 2);
  return 0;
}

}  // namespace px::jit
