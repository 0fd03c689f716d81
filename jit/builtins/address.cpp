#include "jit/builtins/address.h"

#include <bit>
#include <charconv>
#include <map>
#include <memory>
#include <mutex>

namespace px::jit {

using typed::Slot;

namespace {

struct Address {
  std::string name;
  uint64_t address = 0;
  size_t count = 0;
  Builtin entry;
};

// Arguments: the address, how many numbers, the numbers.
int32_t call_address(const uint64_t* x, uint64_t* result) {
  auto number = [&](int k) { return std::bit_cast<double>(x[2 + k]); };
  double value = x[1] == 3 ? reinterpret_cast<double (*)(double, double, double)>(x[0])(number(0), number(1), number(2))
                           : reinterpret_cast<double (*)(double, double, double, double)>(x[0])(number(0), number(1), number(2), number(3));
  *result = std::bit_cast<uint64_t>(value);
  return 0;
}

Resolution resolve(std::span<const Argument> arguments, const Builtin& self) {
  auto* function = static_cast<const Address*>(self.data);
  for (auto& a : arguments)
    if (!a.type->is_scalar()) return {.advice = "it takes numbers"};
  return {.result = types::float64(),
          .literal = {},
          .parameters = std::vector<const Type*>(arguments.size(), types::float64()),
          .lower =
              [function](Emitter& e, std::span<const Slot> a, Slot d) {
                auto* pointer = reinterpret_cast<void*>(function->address);
                if (a.size() == 1) return e.call_math(d, Scalar::f64, pointer, a[0]);
                if (a.size() == 2) return e.call_math(d, Scalar::f64, pointer, a[0], a[1]);
                std::vector<Slot> slots = {e.constant(function->address, types::uint64()), e.int_constant(static_cast<int64_t>(a.size()))};
                slots.insert(slots.end(), a.begin(), a.end());
                e.call_runtime("px_call_address", call_address, std::move(slots), d, 1);
              },
          .advice = {}};
}

}  // namespace

const Builtin* address_builtin(std::string_view name) {
  static auto& lock = *new std::mutex;
  static auto& known = *new std::map<std::string, std::unique_ptr<Address>, std::less<>>;
  std::scoped_lock guard(lock);
  auto place = known.find(name);
  if (place != known.end()) return &place->second->entry;
  auto made = std::make_unique<Address>();
  std::string_view rest = name.substr(address_prefix.size());
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), made->address, 16);
  if (error != std::errc() || end == rest.data() + rest.size() || *end != ':') return nullptr;
  made->count = static_cast<size_t>(end[1] - '0');
  if (made->count < 1 || made->count > 4) return nullptr;
  made->name = name;
  made->entry = {.name = made->name,
                 .resolve = resolve,
                 .doc = "a C function",
                 .tests = "",
                 .data = made.get(),
                 .least = made->count,
                 .most = made->count};
  return &known.emplace(std::string(name), std::move(made)).first->second->entry;
}

}  // namespace px::jit
