#include "jit/client/agreement.h"

#include <algorithm>
#include <map>
#include <set>

namespace px::jit::client {

namespace {

using Place = std::pair<std::string, int32_t>;  // variable and line
using Types = std::set<std::string>;

std::string join(const Types& types) {
  std::string text;
  for (const std::string& type : types) text += (text.empty() ? "" : ", ") + type;
  return text;
}

std::string differ(const std::string& what, const std::string& ours, const std::string& theirs) {
  return "type disagreement: " + what + ": " + ours + "/" + theirs;
}

// Numba's arrays inside records do not say that they are read-only. px has refused what would write to them before it asks.
std::string without_readonly(std::string type) {
  constexpr std::string_view word = "readonly ";
  for (size_t at = type.find(word); at != std::string::npos; at = type.find(word, at)) type.erase(at, word.size());
  return type;
}
Types without_readonly(const Types& types) {
  Types all;
  for (const std::string& type : types) all.insert(without_readonly(type));
  return all;
}

// A text that px knows when it compiles is some text to Numba, whose results are no literals: which one is in px's type alone.
std::string without_texts(const Type* type) {
  if (type->kind == TypeKind::string) return "str";
  if (type->is_optional()) return "Optional(" + without_texts(type->elements[0]) + ")";
  if (!type->is_tuple()) return to_string(type);
  std::string parts = type->text;
  for (const Type* element : type->elements) parts += (parts.empty() ? "" : ", ") + without_texts(element);
  return (type->text.empty() ? "Tuple(" : "NamedTuple(") + parts + ")";
}

// What has no slots of its own (a function, a module, a built-in) has no representation to disagree about.
bool is_comparable(const Type* type) {
  return type && parse_type(to_string(type)) == type;
}

std::string compare_definitions(const Specialisation& ours, const AnswerSpecialisation& theirs, const std::string& prefix) {
  std::map<Place, Types> our_types, their_types;
  std::set<Place> incomparable;
  for (const typed::Definition& definition : ours.typed->definitions) {
    Place place{definition.variable, definition.line};
    if (is_comparable(definition.type)) {
      our_types[place].insert(to_string(definition.type));
    } else {
      incomparable.insert(place);
    }
  }
  for (const AnswerDefinition& definition : theirs.definitions) their_types[{definition.variable, definition.line}].insert(definition.type);
  for (const auto& [place, types] : our_types) {
    auto found = their_types.find(place);
    // Either side may know more places: Numba drops dead code that px keeps, and the other way about.
    if (found == their_types.end() || incomparable.contains(place) || without_readonly(found->second) == without_readonly(types)) continue;
    int32_t line = ours.function->code().first_line + place.second;
    return differ(prefix + place.first + ", line " + std::to_string(line), join(types), join(found->second));
  }
  return {};
}

}  // namespace

std::string disagreement(const Request& request, const Answer& answer) {
  const Specialisation& root = *request.specialisations.front().specialisation;
  if (answer.result != without_texts(root.result)) return differ("result", to_string(root.result), answer.result);

  using Signature = std::pair<uint32_t, std::vector<std::string>>;
  std::map<Signature, std::vector<const Specialisation*>> known;
  std::set<uint32_t> called;
  for (const Request::Expected& expected : request.specialisations) {
    std::vector<std::string> arguments;
    for (const Type* type : expected.specialisation->entered()) arguments.push_back(without_readonly(to_string(type)));
    known[{expected.function, std::move(arguments)}].push_back(expected.specialisation);
    called.insert(expected.function);
  }
  // A function with explicit signatures is compiled for all of them, called or not, and so is what it calls.
  bool declared = std::ranges::any_of(request.functions, [](const auto& f) { return !f->options().signatures.empty(); });
  bool root_seen = false;
  for (const AnswerSpecialisation& theirs : answer.specialisations) {
    auto index = static_cast<uint32_t>(theirs.function);
    if (index >= request.functions.size()) return "the compile service names a function that it was not sent";
    if (!called.contains(index)) continue;  // in a branch that px knows to be dead
    const std::string& name = request.functions[index]->code().name;
    std::vector<std::string> taken;
    for (const std::string& type : theirs.arguments) taken.push_back(without_readonly(type));
    auto found = known.find({index, std::move(taken)});
    if (found == known.end()) {
      if (declared) continue;
      std::string arguments;
      for (const std::string& type : theirs.arguments) arguments += (arguments.empty() ? "" : ", ") + type;
      return differ("arguments of " + name, "not called so", "(" + arguments + ")");
    }
    // Several where they differ in the functions that they are given, which have one spelling.
    std::string difference;
    for (const Specialisation* ours : found->second) {
      std::string prefix = ours == &root ? "" : name + ": ";
      root_seen |= ours == &root;
      difference = theirs.result == without_texts(ours->result) ? compare_definitions(*ours, theirs, prefix)
                                                                : differ(prefix + "result", to_string(ours->result), theirs.result);
      if (difference.empty()) break;
    }
    if (!difference.empty()) return difference;
  }
  if (!root_seen) return "the compile service does not say how it typed the function";
  return {};
}

}  // namespace px::jit::client
