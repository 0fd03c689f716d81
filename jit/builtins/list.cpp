#include "jit/builtins/list.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "jit/builtins/view.h"
#include "runtime/context.h"

namespace px::jit {

namespace {

int32_t fail(runtime::ExcKind kind, const char* text) {
  return runtime::Context::current()->exc.set(kind, text), 1;
}

int32_t fail_of_memory() {
  return runtime::Context::current()->set_no_memory("cannot allocate list"), 1;
}

uint64_t* allocate(int64_t items, int64_t width) {
  int64_t bytes = 0;
  if (!__builtin_mul_overflow(items, width * int64_t{8}, &bytes) && bytes >= 0)
    if (auto* p = runtime::Context::current()->arena.allocate(static_cast<size_t>(bytes ? bytes : 8), 8)) return static_cast<uint64_t*>(p);
  return fail_of_memory(), nullptr;
}

// A list argument with its items' width.
struct List {
  ListHeader& header;
  int64_t width;

  explicit List(const uint64_t* x) : header(*reinterpret_cast<ListHeader*>(x[0])), width(static_cast<int64_t>(x[1])) {}
  uint64_t* at(int64_t k) const { return header.items + k * width; }
  void copy(int64_t to, const uint64_t* from, int64_t count) const {
    if (count > 0 && width > 0) std::memmove(at(to), from, static_cast<size_t>(count * width) * 8);
  }
  bool reserve(int64_t size) const {
    if (size <= header.capacity) return true;
    int64_t capacity = std::max({size, header.capacity * 2, int64_t{4}});
    auto* items = allocate(capacity, width);
    if (!items) return false;
    if (header.size * width > 0) std::memcpy(items, header.items, static_cast<size_t>(header.size * width) * 8);
    header.items = items;
    header.capacity = capacity;
    return true;
  }
  // From the front, or -1.
  int64_t place(uint64_t index) const {
    auto i = static_cast<int64_t>(index);
    if (i < 0) i += header.size;
    return i >= 0 && i < header.size ? i : -1;
  }
  void remove(int64_t from, int64_t count) const {
    copy(from, at(from + count), header.size - from - count);
    header.size -= count;
  }
};

// start:stop:step on `size` items, as PySlice_AdjustIndices has it.
struct Bounds {
  int64_t start, step, length;
  Bounds(const uint64_t* x, int64_t size) {
    auto given = static_cast<int>(x[0]);
    auto part = [&](int bit, size_t k, int64_t otherwise) { return given & bit ? static_cast<int64_t>(x[k]) : otherwise; };
    step = part(view_step, 3, 1);
    int64_t lower = step < 0 ? -1 : 0, upper = step < 0 ? size - 1 : size;
    auto clamp = [&](int64_t bound) {
      if (bound < 0) bound += size;
      return bound < 0 ? lower : bound >= size ? upper : bound;
    };
    start = given & view_start ? clamp(part(view_start, 1, 0)) : step < 0 ? upper : lower;
    int64_t stop = given & view_stop ? clamp(part(view_stop, 2, 0)) : step < 0 ? lower : upper;
    length = 0;
    if (step < 0 && stop < start)
      length = static_cast<int64_t>(static_cast<uint64_t>(start - stop - 1) / (0 - static_cast<uint64_t>(step))) + 1;
    if (step > 0 && start < stop) length = (stop - start - 1) / step + 1;
  }
};
constexpr size_t bounds_slots = 4;

int32_t zero_step() {
  return fail(runtime::ExcKind::ValueError, "slice step cannot be zero");
}

int32_t result_list(ListHeader* list, uint64_t* result) {
  *result = reinterpret_cast<uint64_t>(list);
  return list == nullptr;
}

template <class T>
int compare(uint64_t a, uint64_t b) {
  T x{}, y{};
  std::memcpy(&x, &a, sizeof x);
  std::memcpy(&y, &b, sizeof y);
  return x < y ? -1 : y < x ? 1 : 0;
}

}  // namespace

int compare_items(const uint64_t* a, const uint64_t* b, const uint64_t* order, int64_t width) {
  for (int64_t k = 0; k < width; ++k) {
    int c = order[k] == 0   ? compare<int64_t>(a[k], b[k])
            : order[k] == 1 ? compare<uint64_t>(a[k], b[k])
            : order[k] == 2 ? compare<double>(a[k], b[k])
                            : compare<float>(a[k], b[k]);
    if (c) return c;
  }
  return 0;
}

ListHeader* make_list(int64_t size, int64_t width) {
  auto* header = static_cast<ListHeader*>(runtime::Context::current()->arena.allocate(sizeof(ListHeader), 8));
  if (!header) return fail_of_memory(), nullptr;
  *header = {allocate(size, width), size, size};
  return header->items ? header : nullptr;
}

int32_t list_new(const uint64_t* x, uint64_t* result) {
  auto width = static_cast<int64_t>(x[0]), count = static_cast<int64_t>(x[1]);
  ListHeader* list = make_list(count, width);
  if (list && count * width > 0) std::memcpy(list->items, x + 2, static_cast<size_t>(count * width) * 8);
  return result_list(list, result);
}

int32_t list_size(const uint64_t* x, uint64_t* result) {
  *result = static_cast<uint64_t>(reinterpret_cast<const ListHeader*>(x[0])->size);
  return 0;
}

int32_t list_get(const uint64_t* x, uint64_t* result) {
  List list(x);
  int64_t k = list.place(x[2]);
  if (k < 0) return fail(runtime::ExcKind::IndexError, "list index out of range");
  for (int64_t w = 0; w < list.width; ++w) result[w] = list.at(k)[w];
  return 0;
}

int32_t list_set(const uint64_t* x, uint64_t*) {
  List list(x);
  int64_t k = list.place(x[2]);
  if (k < 0) return fail(runtime::ExcKind::IndexError, "list assignment index out of range");
  for (int64_t w = 0; w < list.width; ++w) list.at(k)[w] = x[3 + w];
  return 0;
}

int32_t list_append(const uint64_t* x, uint64_t*) {
  List list(x);
  if (!list.reserve(list.header.size + 1)) return 1;
  list.copy(list.header.size++, x + 2, 1);
  return 0;
}

int32_t list_insert(const uint64_t* x, uint64_t*) {
  List list(x);
  auto i = static_cast<int64_t>(x[2]), size = list.header.size;
  i = std::clamp(i < 0 ? i + size : i, int64_t{0}, size);
  if (!list.reserve(size + 1)) return 1;
  list.copy(i + 1, list.at(i), size - i);
  list.copy(i, x + 3, 1);
  ++list.header.size;
  return 0;
}

int32_t list_pop(const uint64_t* x, uint64_t* result) {
  List list(x);
  if (list.header.size == 0) return fail(runtime::ExcKind::IndexError, "pop from empty list");
  int64_t k = list.place(x[2]);
  if (k < 0) return fail(runtime::ExcKind::IndexError, "pop index out of range");
  for (int64_t w = 0; w < list.width; ++w) result[w] = list.at(k)[w];
  list.remove(k, 1);
  return 0;
}

int32_t list_delete(const uint64_t* x, uint64_t*) {
  List list(x);
  int64_t k = list.place(x[2]);
  if (k < 0) return fail(runtime::ExcKind::IndexError, "list assignment index out of range");
  list.remove(k, 1);
  return 0;
}

int32_t list_clear(const uint64_t* x, uint64_t*) {
  List(x).header.size = 0;
  return 0;
}

int32_t list_reverse(const uint64_t* x, uint64_t*) {
  List list(x);
  for (int64_t a = 0, b = list.header.size - 1; a < b; ++a, --b) std::swap_ranges(list.at(a), list.at(a + 1), list.at(b));
  return 0;
}

int32_t list_extend(const uint64_t* x, uint64_t*) {
  List list(x);
  auto& other = *reinterpret_cast<ListHeader*>(x[2]);
  int64_t count = other.size;  // it may be the list itself
  if (!list.reserve(list.header.size + count)) return 1;
  list.copy(list.header.size, other.items, count);
  list.header.size += count;
  return 0;
}

int32_t list_joined(const uint64_t* x, uint64_t* result) {
  List list(x);
  auto& other = *reinterpret_cast<ListHeader*>(x[2]);
  ListHeader* made = make_list(list.header.size + other.size, list.width);
  if (made) {
    const uint64_t to[] = {reinterpret_cast<uint64_t>(made), x[1]};
    List(to).copy(0, list.header.items, list.header.size);
    List(to).copy(list.header.size, other.items, other.size);
  }
  return result_list(made, result);
}

int32_t list_repeated(const uint64_t* x, uint64_t* result) {
  List list(x);
  int64_t times = std::max(static_cast<int64_t>(x[2]), int64_t{0}), size = 0;
  if (__builtin_mul_overflow(times, list.header.size, &size)) return fail(runtime::ExcKind::MemoryError, "cannot allocate list");
  ListHeader* made = make_list(size, list.width);
  if (made && size > 0 && list.width > 0) {
    if (list.width == 1 && list.header.size == 1) {
      std::fill_n(made->items, size, list.header.items[0]);
    } else {
      const uint64_t to[] = {reinterpret_cast<uint64_t>(made), x[1]};
      for (int64_t k = 0; k < times; ++k) List(to).copy(k * list.header.size, list.header.items, list.header.size);
    }
  }
  return result_list(made, result);
}

int32_t list_slice(const uint64_t* x, uint64_t* result) {
  List list(x);
  if (x[2] & view_step && x[5] == 0) return zero_step();
  Bounds b(x + 2, list.header.size);
  ListHeader* made = make_list(b.length, list.width);
  if (made)
    for (int64_t k = 0; k < b.length; ++k) std::copy_n(list.at(b.start + k * b.step), list.width, made->items + k * list.width);
  return result_list(made, result);
}

int32_t list_delete_slice(const uint64_t* x, uint64_t*) {
  List list(x);
  if (x[2] & view_step && x[5] == 0) return zero_step();
  Bounds b(x + 2, list.header.size);
  if (b.step == 1) return list.remove(b.start, b.length), 0;
  std::vector<bool> gone(static_cast<size_t>(list.header.size));
  for (int64_t k = 0; k < b.length; ++k) gone[static_cast<size_t>(b.start + k * b.step)] = true;
  int64_t to = 0;
  for (int64_t k = 0; k < list.header.size; ++k)
    if (!gone[static_cast<size_t>(k)]) list.copy(to++, list.at(k), 1);
  list.header.size = to;
  return 0;
}

int32_t list_set_slice(const uint64_t* x, uint64_t*) {
  List list(x);
  if (x[2] & view_step && x[5] == 0) return zero_step();
  Bounds b(x + 2, list.header.size);
  auto& other = *reinterpret_cast<ListHeader*>(x[2 + bounds_slots]);
  if (b.step != 1) {
    if (b.length != other.size) return fail(runtime::ExcKind::ValueError, "cannot resize extended list slice with step != 1");
    for (int64_t k = 0; k < b.length; ++k) list.copy(b.start + k * b.step, other.items + k * list.width, 1);
    return 0;
  }
  std::vector<uint64_t> items(other.items, other.items + other.size * list.width);  // it may be the list itself
  auto count = other.size;
  int64_t size = list.header.size - b.length + count;
  if (!list.reserve(size)) return 1;
  list.copy(b.start + count, list.at(b.start + b.length), list.header.size - b.start - b.length);
  list.copy(b.start, items.data(), count);
  list.header.size = size;
  return 0;
}

int32_t list_sort(const uint64_t* x, uint64_t*) {
  List list(x);
  bool largest_first = x[2] != 0;
  const uint64_t* order = x + 3;
  int64_t size = list.header.size, width = list.width;
  auto before = [&](const uint64_t* a, const uint64_t* b) {
    return largest_first ? compare_items(b, a, order, width) < 0 : compare_items(a, b, order, width) < 0;
  };
  if (width == 1) {
    std::stable_sort(list.header.items, list.header.items + size, [&](uint64_t a, uint64_t b) { return before(&a, &b); });
    return 0;
  }
  std::vector<uint64_t> copy(list.header.items, list.header.items + size * width);
  std::vector<const uint64_t*> rows;
  for (int64_t k = 0; k < size; ++k) rows.push_back(copy.data() + k * width);
  std::ranges::stable_sort(rows, before);
  for (int64_t k = 0; k < size; ++k) list.copy(k, rows[static_cast<size_t>(k)], 1);
  return 0;
}

int32_t list_sort_by(const uint64_t* x, uint64_t*) {
  List list(x);
  auto& keys = *reinterpret_cast<const ListHeader*>(x[2]);
  const auto key_width = static_cast<int64_t>(x[3]);
  const bool largest_first = x[4] != 0;
  const uint64_t* order = x + 5;
  const int64_t size = std::min(list.header.size, keys.size), width = list.width;
  std::vector<int64_t> rows(static_cast<size_t>(size));
  for (int64_t k = 0; k < size; ++k) rows[static_cast<size_t>(k)] = k;
  std::ranges::stable_sort(rows, [&](int64_t i, int64_t j) {
    if (largest_first) std::swap(i, j);
    return compare_items(keys.items + i * key_width, keys.items + j * key_width, order, key_width) < 0;
  });
  std::vector<uint64_t> copy(list.header.items, list.header.items + size * width);
  for (int64_t k = 0; k < size; ++k) list.copy(k, copy.data() + rows[static_cast<size_t>(k)] * width, 1);
  return 0;
}

void call_list(Emitter& e, const char* symbol, typed::RuntimeFunction function, typed::Slot list, const Type* type,
               std::vector<typed::Slot> rest, typed::Slot d, uint32_t slots) {
  std::vector<typed::Slot> all = {list, e.int_constant(type->elements.empty() ? 0 : type->elements[0]->slots)};
  all.insert(all.end(), rest.begin(), rest.end());
  bool none = d == typed::no_slot || slots == 0;
  e.call_runtime(symbol, function, std::move(all), none ? e.temporary(types::int64()) : d, none ? 1 : slots);
}

std::vector<typed::Slot> slots_of(typed::Slot first, uint32_t count) {
  std::vector<typed::Slot> list;
  for (uint32_t k = 0; k < count; ++k) list.push_back(first + k);
  return list;
}

std::vector<int64_t> order_of(const Type* item) {
  if (item->is_scalar()) {
    Scalar s = item->scalar;
    return {s == Scalar::f64 ? 2 : s == Scalar::f32 ? 3 : is_unsigned(s) ? 1 : 0};
  }
  std::vector<int64_t> list;
  if (!item->is_tuple()) return {};
  for (auto* e : item->elements) {
    auto part = order_of(e);
    if (part.empty()) return {};
    list.insert(list.end(), part.begin(), part.end());
  }
  return list;
}

}  // namespace px::jit
