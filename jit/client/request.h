// One request to the compile service: a specialisation's whole call graph as JSON, the key under which the disk cache knows the answer,
// and what px expects of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jit/client/cache.h"
#include "jit/function.h"
#include "jit/intrinsic.h"

namespace px::jit::client {

struct Request {
  struct Expected {
    uint32_t function;  // index in `functions`
    const Specialisation* specialisation;
  };

  std::string body;  // the JSON of docs/compile-service.md but for id and timeout
  Key key;
  std::vector<const Function*> functions;  // as numbered in the body; the root is 0
  std::vector<Expected> specialisations;   // every one of the graph, the root's first
  bool self_contained = true;              // the key says all that the answer depends on: it may be kept on disk

  std::string header(int64_t id, double timeout) const;  // timeout in seconds
};

// The name of the entry in every object.
extern const char entry_symbol[];

// Builds the request for `root`, which must be typed. `environment` is everything else that objects depend on (environment.h).
// False and `why` where the graph cannot be sent.
bool build_request(const Specialisation& root, std::string_view environment, Request& request, std::string& why);
// The request for code that calls an intrinsic and does nothing else.
void build_request(const IntrinsicCall& call, std::string_view environment, Request& request);

}  // namespace px::jit::client
