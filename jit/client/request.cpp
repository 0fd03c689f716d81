#include "jit/client/request.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "jit/code/named_tuple.h"
#include "jit/library.h"

namespace px::jit::client {

const char entry_symbol[] = "px_entry";

namespace {

using Json = nlohmann::json;

// Part of every key: changed whenever objects of an older px would no longer fit.
constexpr const char* object_version = "px object 1";

Json value_of(const Constant& constant);

struct ValueWriter {
  Json operator()(NoneValue) const { return {{"none", true}}; }
  Json operator()(bool value) const { return {{"bool", value}}; }
  Json operator()(int64_t value) const { return {{"int", std::to_string(value)}}; }
  Json operator()(uint64_t value) const { return {{"int", std::to_string(value)}}; }
  Json operator()(double value) const {
    char text[64];
    std::snprintf(text, sizeof text, "%a", value);
    return {{"float", text}};
  }
  Json operator()(const std::complex<double>& value) const {
    return {{"complex", Json::array({(*this)(value.real())["float"], (*this)(value.imag())["float"]})}};
  }
  Json operator()(const std::string& value) const { return {{"str", value}}; }
  Json operator()(const NamedValue& value) const {
    switch (value.kind) {
      case NamedValue::Kind::builtin:
        return {{"builtin", value.name}};
      case NamedValue::Kind::dtype:
        return {{"dtype", value.name.starts_with("numpy.") ? value.name.substr(6) : value.name}};
      case NamedValue::Kind::exception:
        return {{"exception", value.name}};
      case NamedValue::Kind::module:
        return {{"module", value.name}};
    }
    return nullptr;
  }
  Json operator()(const std::shared_ptr<const ConstantTuple>& tuple) const {
    Json items = Json::array();
    const auto named = named_tuple_of(*tuple);
    for (const Constant& item : std::span(*tuple).first(tuple->size() - (named ? 1 : 0))) items.push_back(value_of(item));
    if (named) return {{"named", Json::array({std::string(*named), std::move(items)})}};
    return {{"tuple", std::move(items)}};
  }
};

Json value_of(const Constant& constant) {
  return std::visit(ValueWriter{}, constant.value);
}

Json options_of(const Options& options) {
  Json locals = Json::object();
  for (auto& [name, type] : options.locals) locals[name] = to_string(type);
  return {{"locals", std::move(locals)},
          {"fastmath", options.fastmath},
          {"boundscheck", options.boundscheck},
          {"error_model", options.python_error_model ? "python" : "numpy"},
          {"inline", options.inline_always ? "always" : "never"}};
}

// Why a function has no text for the service. Names that the front end made begin with "<".
std::string why_without_source(const CodeObject& code) {
  for (const GlobalName& global : code.globals) {
    if (global.path.starts_with("<prange")) return "'s prange loops run as functions of their own, which may be native";
    if (global.path.starts_with("<snapshot")) return " takes snapshots, which Numba does not know";
  }
  return " has no source that can be compiled";
}

// The call graph's functions, each once for each value of its globals, and its specialisations.
class Graph {
 public:
  bool collect(const Specialisation& root, std::string& why) {
    std::vector<const Specialisation*> todo{&root};
    std::set<const Specialisation*> seen{&root};
    while (!todo.empty()) {
      const Specialisation* one = todo.back();
      if (one->typed && one->typed->doubts) {
        why = one->function->code().name + " may read a variable that is not set, which Numba's code would not notice";
        return false;
      }
      todo.pop_back();
      if (!one->typed) {
        why = one->function->code().qualified_name + " is not typed";
        return false;
      }
      // A function inside another is a part of its source: Numba knows it as that.
      const Function* function = &one->function->outermost();
      uint32_t index = number(function, one->globals);
      nodes_[index].callees.insert(nodes_[index].callees.end(), one->callees.begin(), one->callees.end());
      if (function == one->function) {
        nodes_[index].recursive |= one->recursive;
        specialisations_.push_back({index, one});
      }
      for (const Specialisation* callee : one->callees) {
        if (is_library(*callee->function)) continue;  // Numba has its own
        if (seen.insert(callee).second) todo.push_back(callee);
      }
    }
    for (const Type* type : root.entered()) add_functions_in(type);
    for (const HiddenArgument& hidden : root.hidden) add_functions_in(hidden.type);
    // A function that a global names but that no live branch calls: the service needs it to read the source.
    for (size_t i = 0; i < nodes_.size(); ++i) {  // grows meanwhile
      const Function* function = nodes_[i].function;
      if (function->code().source.empty()) {
        why = function->code().qualified_name + why_without_source(function->code());
        return false;
      }
      if (nodes_[i].globals->size() != function->code().globals.size()) {
        why = "the globals of " + function->code().qualified_name + " are not known";
        return false;
      }
      for (const GlobalValue& value : *nodes_[i].globals) {
        if (value.kind == GlobalValue::Kind::function && !find_intrinsic(*value.function))
          callee_index(static_cast<uint32_t>(i), value.function);
      }
    }
    return true;
  }

  // What the global `function` means in node `caller`: with the globals that its calls were typed with, where it is called.
  uint32_t callee_index(uint32_t caller, const Function* function) {
    for (const Specialisation* callee : nodes_[caller].callees) {
      if (callee->function == function) return number(function, callee->globals);
    }
    return number(function, function->globals());
  }

  // An argument's type as requests have it, functions by their numbers; none where the service has nothing like it.
  std::optional<std::string> spell(const Type* type) const {
    if (type->kind == TypeKind::function) {
      auto at = find(type->function);
      return at && type->elements.empty() ? std::optional("function(" + std::to_string(*at) + ")") : std::nullopt;
    }
    if (!type->is_tuple()) {
      std::string text = to_string(type);
      return type->kind == TypeKind::string || parse_type(text) == type ? std::optional(std::move(text)) : std::nullopt;
    }
    std::string text = type->text;
    for (const Type* element : type->elements) {
      auto part = spell(element);
      if (!part) return std::nullopt;
      text += (text.empty() ? "" : ", ") + *part;
    }
    return (type->text.empty() ? "Tuple(" : "NamedTuple(") + text + ")";
  }

  // The node of a function, whatever its globals; none where the graph has none.
  std::optional<uint32_t> find(const Function* function) const {
    auto node = std::ranges::find(nodes_, function, &Node::function);
    return node == nodes_.end() ? std::nullopt : std::optional(static_cast<uint32_t>(node - nodes_.begin()));
  }

  struct Node {
    const Function* function;
    std::shared_ptr<const Globals> globals;
    bool recursive = false;
    std::vector<const Specialisation*> callees{};
  };
  const std::vector<Node>& nodes() const { return nodes_; }
  std::vector<Request::Expected>& specialisations() { return specialisations_; }

 private:
  // Functions given as arguments, called or not.
  void add_functions_in(const Type* type) {
    if (type->kind == TypeKind::function && !find(type->function)) number(type->function, type->function->globals());
    if (type->is_tuple()) std::ranges::for_each(type->elements, [this](const Type* element) { add_functions_in(element); });
  }

  uint32_t number(const Function* function, std::shared_ptr<const Globals> globals) {
    if (!globals) globals = std::make_shared<const Globals>();
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].function == function && (nodes_[i].globals == globals || *nodes_[i].globals == *globals)) {
        return static_cast<uint32_t>(i);
      }
    }
    nodes_.push_back({function, std::move(globals)});
    return static_cast<uint32_t>(nodes_.size() - 1);
  }

  std::vector<Node> nodes_;
  std::vector<Request::Expected> specialisations_;
};

Json intrinsic_of(const Intrinsic& intrinsic) {
  return {{"kind", "intrinsic"},
          {"intrinsic", {{"name", intrinsic.name}, {"pickled", intrinsic.pickled}, {"prefers_literals", intrinsic.prefers_literals}}}};
}

std::string key_text(std::string_view environment, const std::string& body) {
  return std::string(object_version) + "\n" + std::string(environment) + "\n" + body;
}

Json function_of(Graph& graph, uint32_t index, const std::set<std::pair<const Function*, uint32_t>>& hidden, Request& request) {
  const Graph::Node node = graph.nodes()[index];
  const CodeObject& code = node.function->code();
  Json parameters = Json::array();
  for (const Parameter& parameter : code.parameters) parameters.push_back(parameter.name);
  Json globals = Json::array();
  for (uint32_t i = 0; i < code.globals.size(); ++i) {
    const GlobalValue& value = (*node.globals)[i];
    Json entry{{"path", code.globals[i].path}};
    switch (value.kind) {
      case GlobalValue::Kind::constant:
        entry["kind"] = "constant";
        entry["value"] = value_of(value.constant);
        break;
      case GlobalValue::Kind::function:
        if (const Intrinsic* intrinsic = find_intrinsic(*value.function)) {
          entry.update(intrinsic_of(*intrinsic));
          request.self_contained &= intrinsic->self_contained;
          break;
        }
        entry["kind"] = "function";
        entry["function"] = graph.callee_index(index, value.function);
        break;
      case GlobalValue::Kind::array:
        if (!hidden.contains({node.function, i})) {  // read in no live branch
          entry["kind"] = "unread";
          break;
        }
        entry["kind"] = "array";
        entry["type"] = to_string(value.array);
        break;
      case GlobalValue::Kind::unresolved:
      case GlobalValue::Kind::unsupported:
        entry["kind"] = "unread";  // or inference would have refused
        break;
    }
    globals.push_back(std::move(entry));
  }
  Json signatures = Json::array();  // [[argument types], result type]
  auto declare = [&](const std::vector<const Type*>& parameters, const Type* result) {
    Json types = Json::array();
    for (const Type* type : parameters) types.push_back(graph.spell(type).value_or(to_string(type)));
    signatures.push_back({std::move(types), result ? Json(to_string(result)) : Json(nullptr)});
  };
  auto is_prototype = [](const Type* type) { return type->kind == TypeKind::prototype; };
  bool takes_functions = false;
  for (const Signature& signature : node.function->options().signatures) {
    const bool takes = std::ranges::any_of(signature.parameters, is_prototype);
    takes_functions = takes_functions || takes;
    if (!takes) declare(signature.parameters, signature.result);
  }
  for (const Request::Expected& expected : graph.specialisations())  // only these say which functions
    if (takes_functions && expected.function == index)
      declare(expected.specialisation->entered(), expected.specialisation->declared_result);
  Json overloads = Json::array();  // [argument types, function]
  for (const auto& [types, function] : overloads_of(*node.function))
    if (auto at = graph.find(function)) overloads.push_back({types, *at});
  return {{"name", code.name},           {"signatures", std::move(signatures)}, {"overloads", std::move(overloads)},
          {"source", code.source},       {"parameters", std::move(parameters)}, {"options", options_of(node.function->options())},
          {"recursive", node.recursive}, {"globals", std::move(globals)}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

bool build_request(const Specialisation& root, std::string_view environment, Request& request, std::string& why) {
  Graph graph;
  if (!graph.collect(root, why)) return false;
  auto spell = [&](const std::vector<const Type*>& types, Json& out) {
    for (const Type* type : types) {
      auto text = graph.spell(type);
      if (!text) {
        why = "an argument of type " + to_string(type);
        return false;
      }
      out.push_back(std::move(*text));
    }
    return true;
  };
  Json arguments = Json::array(), converted = Json::array();
  std::vector<const Type*> given = root.parameters;
  for (size_t k = 0; k < given.size(); ++k)
    if (root.entered()[k]->kind == TypeKind::function) given[k] = root.entered()[k];  // a value without a representation: as it is meant
  if (!spell(given, arguments) || !spell(root.entered(), converted)) return false;
  Json hidden = Json::array();
  std::set<std::pair<const Function*, uint32_t>> arrays;
  for (const HiddenArgument& argument : root.hidden) {
    uint32_t owner = 0;
    while (owner < graph.nodes().size() && graph.nodes()[owner].function != argument.owner) ++owner;
    if (owner == graph.nodes().size() || argument.global >= argument.owner->code().globals.size()) {
      why = "a hidden argument of a function outside the call graph";
      return false;
    }
    arrays.insert({argument.owner, argument.global});
    const std::string& path = argument.owner->code().globals[argument.global].path;
    hidden.push_back({{"function", owner}, {"path", path}, {"type", graph.spell(argument.type).value_or(to_string(argument.type))}});
  }
  Json functions = Json::array();
  for (uint32_t i = 0; i < graph.nodes().size(); ++i) functions.push_back(function_of(graph, i, arrays, request));
  Json body{{"entry", entry_symbol},
            {"root", 0},
            {"arguments", std::move(arguments)},
            {"converted", std::move(converted)},
            {"hidden", std::move(hidden)},
            {"functions", std::move(functions)}};

  // The key is made before the names of files come in: an object does not depend on them.
  request.key = key_of(key_text(environment, dump(body)));
  request.functions.clear();
  for (uint32_t i = 0; i < graph.nodes().size(); ++i) {
    const Function* function = graph.nodes()[i].function;
    body["functions"][i]["file"] = function->code().file;
    request.functions.push_back(function);
  }
  request.body = dump(body);
  request.specialisations = std::move(graph.specialisations());
  return true;
}

void build_request(const IntrinsicCall& call, std::string_view environment, Request& request) {
  const size_t positional = call.arguments.size() - call.names.size();
  std::string parameters, given;
  Json names = Json::array();
  for (size_t k = 0; k < call.arguments.size(); ++k) {
    const std::string name = "a" + std::to_string(k), before = k == 0 ? "" : ", ";
    parameters += before + name;
    given += before + (k < positional ? "" : call.names[k - positional] + "=") + name;
    names.push_back(name);
  }
  Json global = intrinsic_of(*call.intrinsic);
  global["path"] = "intrinsic";
  Json function{{"name", "call"},
                {"file", ""},
                {"signatures", Json::array()},
                {"source", "def call(" + parameters + "):\n    return intrinsic(" + given + ")"},
                {"parameters", std::move(names)},
                {"options", options_of({})},
                {"recursive", false},
                {"globals", Json::array({std::move(global)})}};
  Json body{{"entry", entry_symbol},
            {"root", 0},
            {"arguments", call.arguments},
            {"hidden", Json::array()},
            {"functions", Json::array({std::move(function)})}};
  request.body = dump(body);
  request.key = key_of(key_text(environment, request.body));
  request.functions = {nullptr};
  request.self_contained = call.intrinsic->self_contained;
}

std::string Request::header(int64_t id, double timeout) const {
  return "{\"id\":" + std::to_string(id) + ",\"timeout\":" + std::to_string(timeout) + "," + body.substr(1);
}

}  // namespace px::jit::client
