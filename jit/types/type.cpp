#include "jit/types/type.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "jit/types/record.h"

namespace px::jit {

namespace {

struct ScalarInfo {
  std::string_view name;
  size_t size;
};
constexpr std::array<ScalarInfo, element_count> scalars = {{{"bool", 1},
                                                            {"int8", 1},
                                                            {"int16", 2},
                                                            {"int32", 4},
                                                            {"int64", 8},
                                                            {"uint8", 1},
                                                            {"uint16", 2},
                                                            {"uint32", 4},
                                                            {"uint64", 8},
                                                            {"float32", 4},
                                                            {"float64", 8},
                                                            {"complex64", 8},
                                                            {"complex128", 16}}};

// Every type made so far by its full description; the lock is held only to make one.
class Interner {
 public:
  const Type* get(Type type) {
    std::string key = describe(type);
    std::scoped_lock lock(mutex_);
    auto [place, added] = types_.try_emplace(std::move(key), nullptr);
    if (added) place->second = &storage_.emplace_back(std::move(type));
    return place->second;
  }

 private:
  static std::string describe(const Type& t) {
    std::string key;
    key += static_cast<char>('a' + static_cast<int>(t.kind));
    key += static_cast<char>('a' + static_cast<int>(t.scalar));
    key += static_cast<char>('a' + t.ndim);
    key += static_cast<char>('a' + static_cast<int>(t.layout));
    key += t.writable ? 'w' : 'r';
    auto address = [&](const void* p) { key.append(reinterpret_cast<const char*>(&p), sizeof p); };
    address(t.function);
    for (auto* e : t.elements) address(e);
    return key + t.text;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, const Type*> types_;
  std::deque<Type> storage_;
};

const Type* intern(Type type) {
  static Interner& interner = *new Interner;  // never destroyed: workers may outlive static destruction
  return interner.get(std::move(type));
}

const Type* simple(TypeKind kind, Scalar scalar, uint32_t slots) {
  Type t{.kind = kind};
  t.scalar = scalar;
  t.slots = slots;
  return intern(std::move(t));
}

const Type* named(TypeKind kind, std::string_view text) {
  Type t{.kind = kind};
  t.text = text;
  return intern(std::move(t));
}

}  // namespace

size_t item_size(Scalar s) {
  return scalars[static_cast<size_t>(s)].size;
}
std::string_view numpy_name(Scalar s) {
  return scalars[static_cast<size_t>(s)].name;
}

namespace types {

const Type* none() {
  static const Type* type = simple(TypeKind::none, Scalar::boolean, 0);
  return type;
}

const Type* scalar(Scalar s) {
  static const auto all = [] {
    std::array<const Type*, element_count> made{};
    for (size_t k = 0; k < scalar_count; ++k) made[k] = simple(TypeKind::scalar, static_cast<Scalar>(k), 1);
    for (size_t k = scalar_count; k < element_count; ++k) made[k] = simple(TypeKind::complex, static_cast<Scalar>(k), 2);
    return made;
  }();
  return all[static_cast<size_t>(s)];
}

const Type* array(Scalar element, int ndim, Layout layout, bool writable) {
  Type t{.kind = TypeKind::array};
  t.scalar = element;
  t.ndim = static_cast<uint8_t>(ndim);
  t.layout = ndim <= 1 && layout == Layout::f ? Layout::c : layout;
  t.writable = writable;
  t.slots = 2 + 2 * static_cast<uint32_t>(ndim);
  return intern(std::move(t));
}

const Type* tuple_class(std::string_view text) {
  return named(TypeKind::tuple_class, text);
}

const Type* list(const Type* element) {
  Type t{.kind = TypeKind::list};
  if (element) t.elements.push_back(element);
  t.slots = 1;
  return intern(std::move(t));
}

const Type* tuple(std::span<const Type* const> elements, std::string_view named) {
  Type t{.kind = TypeKind::tuple};
  t.text = named;
  t.elements.assign(elements.begin(), elements.end());
  for (auto* e : elements) {
    t.slots += e->slots;
    t.parts += e->parts;
  }
  return intern(std::move(t));
}

const Type* range(Scalar s) {
  return simple(TypeKind::range, s, 3);
}
const Type* range_iter(Scalar s) {
  return simple(TypeKind::range_iter, s, 3);
}

const Type* array_iter(const Type* array) {
  Type t = *array;
  t.kind = TypeKind::array_iter;
  t.slots = array->slots + 1;
  return intern(std::move(t));
}

const Type* string(std::string_view text) {
  return named(TypeKind::string, text);
}
const Type* dtype(Scalar s) {
  return simple(TypeKind::dtype, s, 0);
}

const Type* function(const Function* f, std::span<const Type* const> captured) {
  Type t{.kind = TypeKind::function};
  t.function = f;
  t.elements.assign(captured.begin(), captured.end());
  for (auto* e : captured) t.slots += e->slots;
  return intern(std::move(t));
}

const Type* choice(std::vector<const Type*> functions) {
  std::ranges::sort(functions, std::less<>());
  functions.erase(std::ranges::unique(functions).begin(), functions.end());
  if (functions.size() == 1) return functions[0];
  Type t{.kind = TypeKind::choice};
  t.elements = std::move(functions);
  t.slots = 1;
  return intern(std::move(t));
}

const Type* prototype(const Type* result, std::span<const Type* const> parameters) {
  Type t{.kind = TypeKind::prototype};
  t.elements = {result};
  t.elements.insert(t.elements.end(), parameters.begin(), parameters.end());
  return intern(std::move(t));
}

const Type* builtin(std::string_view name) {
  return named(TypeKind::builtin, name);
}
const Type* exception(std::string_view name) {
  return named(TypeKind::exception, name);
}
const Type* module(std::string_view name) {
  return named(TypeKind::module, name);
}

const Type* slice(bool start, bool stop, bool step) {
  Type t{.kind = TypeKind::slice};
  t.text = std::string(start ? "1" : "0") + (stop ? "1" : "0") + (step ? "1" : "0");
  t.slots = 3;
  return intern(std::move(t));
}

const Type* ellipsis() {
  static const Type* type = simple(TypeKind::ellipsis, Scalar::boolean, 0);
  return type;
}

namespace {
const Type* composite(TypeKind kind, std::string_view text, std::span<const Type* const> elements, uint32_t slots) {
  Type t{.kind = kind};
  t.text = text;
  t.elements.assign(elements.begin(), elements.end());
  t.slots = slots;
  for (auto* e : elements) t.slots += e->slots;
  return intern(std::move(t));
}
}  // namespace

const Type* method(const Type* array, std::string_view name) {
  return composite(TypeKind::method, name, std::span(&array, 1), 0);
}
const Type* iterator(std::string_view name, std::span<const Type* const> of) {
  if (name == "shared") {  // its state is elsewhere
    Type t{.kind = TypeKind::iterator};
    t.text = name;
    t.elements.assign(of.begin(), of.end());
    t.slots = 1;
    return intern(std::move(t));
  }
  return composite(TypeKind::iterator, name, of, name == "enumerate" || name == "tuple" || name == "list" || name == "records" ? 1 : 0);
}

const Type* optional(const Type* of) {
  if (of->is_optional() || of->is_none()) return of;
  return composite(TypeKind::optional, "", std::span(&of, 1), 1);
}

const Type* interlocked(Scalar s) {
  Type t{.kind = TypeKind::interlocked};
  t.scalar = s;
  t.text = s == Scalar::i64 ? "Int64" : s == Scalar::u64 ? "UInt64" : "Float64";
  t.slots = 1;
  return intern(std::move(t));
}
const Type* interlocked_list() {
  Type t{.kind = TypeKind::interlocked};
  t.text = "List";
  t.slots = 1;
  return intern(std::move(t));
}

const Type* python() {
  static const Type* type = simple(TypeKind::python, Scalar::boolean, 1);
  return type;
}

const Type* work(const Type* result) {
  Type t{.kind = TypeKind::work};
  t.elements.push_back(result);
  t.slots = 1;
  return intern(std::move(t));
}
const Type* record(std::string_view text, bool writable) {
  Type t{.kind = TypeKind::record};
  t.text = text;
  t.writable = writable;
  t.slots = 1;
  return intern(std::move(t));
}
const Type* records(const Type* of, int ndim, Layout layout, bool writable) {
  Type t{.kind = TypeKind::records};
  t.elements.push_back(record(of->text));
  t.ndim = static_cast<uint8_t>(ndim);
  t.layout = ndim <= 1 && layout == Layout::f ? Layout::c : layout;
  t.writable = writable;
  t.slots = 2 + 2 * static_cast<uint32_t>(ndim);
  return intern(std::move(t));
}
const Type* enum_member(std::string_view text, const Type* value) {
  return composite(TypeKind::enum_member, text, std::span(&value, 1), 0);
}

}  // namespace types

const Type* record_dtype(const Type* record) {
  Type t{.kind = TypeKind::dtype};
  t.text = record->text;
  return intern(std::move(t));
}

std::string to_string(const Type* t) {
  switch (t->kind) {
    case TypeKind::none:
      return "none";
    case TypeKind::scalar:
    case TypeKind::complex:
      return std::string(numpy_name(t->scalar));
    case TypeKind::array:
    case TypeKind::array_iter: {
      std::string s = t->writable ? "" : "readonly ";
      s +=
          "array(" + std::string(numpy_name(t->scalar)) + ", " + std::to_string(t->ndim) + "d, " + "CFA"[static_cast<int>(t->layout)] + ")";
      return t->kind == TypeKind::array ? s : "iter(" + s + ")";
    }
    case TypeKind::tuple: {
      std::string s;
      if (!t->text.empty()) s = t->text;
      for (auto* e : t->elements) s += (s.empty() ? "" : ", ") + to_string(e);
      return (t->text.empty() ? "Tuple(" : "NamedTuple(") + s + ")";
    }
    case TypeKind::range:
      return "range(" + std::string(numpy_name(t->scalar)) + ")";
    case TypeKind::range_iter:
      return "range_iter(" + std::string(numpy_name(t->scalar)) + ")";
    case TypeKind::string:
      return "Literal[str](" + t->text + ")";
    case TypeKind::dtype:
      if (is_record_dtype(t)) return "dtype(" + t->text + ")";
      return "dtype(" + std::string(numpy_name(t->scalar)) + ")";
    case TypeKind::list:
      return "list(" + (t->elements.empty() ? "undefined" : to_string(t->elements[0])) + ")";
    case TypeKind::tuple_class:
      return "class " + t->text;
    case TypeKind::function:
    case TypeKind::choice:
      return "function";
    case TypeKind::prototype: {
      std::string s;
      for (auto* e : std::span(t->elements).subspan(1)) s += (s.empty() ? "" : ", ") + to_string(e);
      return "FunctionType(" + to_string(t->elements[0]) + "(" + s + "))";
    }
    case TypeKind::builtin:
      return "builtin(" + t->text + ")";
    case TypeKind::exception:
      return "exception(" + t->text + ")";
    case TypeKind::module:
      return "module(" + t->text + ")";
    case TypeKind::slice:
      return "slice";
    case TypeKind::ellipsis:
      return "ellipsis";
    case TypeKind::method:
      return "method " + t->text + " of " + to_string(t->elements[0]);
    case TypeKind::iterator: {
      std::string s;
      for (auto* e : t->elements) s += (s.empty() ? "" : ", ") + to_string(e);
      return t->text + "(" + s + ")";
    }
    case TypeKind::optional:
      return "Optional(" + to_string(t->elements[0]) + ")";
    case TypeKind::interlocked:
      return "interlocked." + t->text;
    case TypeKind::python:
      return "Python function";
    case TypeKind::work:
      return "Work(" + to_string(t->elements[0]) + ")";
    case TypeKind::record:  // Numba's types do not say whether it may be written
      return t->text;
    case TypeKind::enum_member: {
      const size_t colon = t->text.find(':');
      return t->text.substr(0, colon) + "(" + t->text.substr(colon + 1) + ", " + to_string(t->elements[0]) + ")";
    }
    case TypeKind::records:
      return std::string(t->writable ? "" : "readonly ") + "records(" + t->elements[0]->text + ", " + std::to_string(t->ndim) + "d, " +
             "CFA"[static_cast<int>(t->layout)] + ")";
  }
  return "?";
}

}  // namespace px::jit
