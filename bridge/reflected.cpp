#include "bridge/reflected.h"

#include <algorithm>

#include "bridge/bind.h"
#include "bridge/promote.h"

namespace px::bridge {

jit::ListHeader* ReflectedLists::add(PyObject* list, const jit::Type* type) {
  auto& lists = current_->lists_;
  for (auto& one : lists)
    if (one.object.get() == list) return &one.header;
  auto& one = lists.emplace_back(Object::borrow(list), type, std::vector<uint64_t>{}, std::vector<uint64_t>{}, jit::ListHeader{});
  const jit::Type* item = type->elements[0];
  const Py_ssize_t size = PyList_GET_SIZE(list);
  one.items.resize(static_cast<size_t>(size) * item->slots + 1);
  for (Py_ssize_t i = 0; i < size; ++i) store(PyList_GET_ITEM(list, i), item, one.items.data() + i * item->slots);
  one.before = one.items;
  one.header = {one.items.data(), size, size};
  return &one.header;
}

bool ReflectedLists::reflect(std::span<PyObject* const> values) {
  for (auto& one : lists_) {
    const jit::Type* item = one.type->elements[0];
    const auto& header = one.header;
    const size_t slots = static_cast<size_t>(header.size) * item->slots;
    if (slots == one.before.size() - 1 && std::equal(one.before.begin(), one.before.end() - 1, header.items)) continue;
    auto made = Object::steal(PyList_New(header.size));
    Origin origin(values);
    for (int64_t i = 0; made && i < header.size; ++i) {
      PyObject* value = promote(item, header.items + i * item->slots, origin);
      if (!value) return false;
      PyList_SET_ITEM(made.get(), i, value);
    }
    if (!made || PyList_SetSlice(one.object.get(), 0, PY_SSIZE_T_MAX, made.get()) < 0) return false;
  }
  return true;
}

PyObject* ReflectedLists::object_at(const jit::ListHeader* header) const {
  for (const auto& one : lists_)
    if (&one.header == header) return one.object.get();
  return nullptr;
}

}  // namespace px::bridge
