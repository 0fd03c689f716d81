// Walks over the tables: every operator of typed code with every register kind that it takes.
#pragma once

#include <string_view>
#include <utility>

#include "jit/interp/registry.h"
#include "jit/interp/statement.h"

namespace px::jit::interp {

template <typed::Op op, class T>
using ResultOf = std::conditional_t<Meaning<op>::compares, bool, T>;

// A branch on E after S, either way, forwards and backwards.
template <class S, class E>
void add_branches(Registry& registry) {
  registry.add<Branch<S, E, true, true>>();
  registry.add<Branch<S, E, true, false>>();
  registry.add<Branch<S, E, false, true>>();
  registry.add<Branch<S, E, false, false>>();
}

// Calls visit.operator()<scalar>() for each element type.
template <class Visit>
void for_each_scalar(Visit visit) {
  [&]<size_t... s>(std::index_sequence<s...>) {
    (visit.template operator()<static_cast<Scalar>(s)>(), ...);
  }(std::make_index_sequence<scalar_count>());
}

}  // namespace px::jit::interp
