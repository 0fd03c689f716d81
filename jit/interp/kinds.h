// Walks over the tables: every operator of typed code with every register kind that it takes.
#pragma once

#include <string_view>
#include <utility>

#include "jit/interp/statement.h"

namespace px::jit::interp {

template <typed::Op op, class T>
using ResultOf = std::conditional_t<Meaning<op>::compares, bool, T>;

// Calls visit.operator()<op, T>() for each kind in `kinds`, a string of ops.def.
template <typed::Op op, class Visit>
void for_each_kind(std::string_view kinds, Visit visit) {
  auto has = [&](char c) { return kinds.find(c) != std::string_view::npos; };
  if (has('i')) visit.template operator()<op, int64_t>();
  if (has('u')) visit.template operator()<op, uint64_t>();
  if (has('f')) visit.template operator()<op, double>();
  if (has('s')) visit.template operator()<op, float>();
  if (has('b')) visit.template operator()<op, bool>();
}

// Calls visit.operator()<scalar>() for each element type.
template <class Visit>
void for_each_scalar(Visit visit) {
  [&]<size_t... s>(std::index_sequence<s...>) {
    (visit.template operator()<static_cast<Scalar>(s)>(), ...);
  }(std::make_index_sequence<scalar_count>());
}

}  // namespace px::jit::interp
