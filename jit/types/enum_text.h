// The kinds of Enum classes as they stand in types' texts (TypeKind::enum_member): "Enum:Color". The service has the same words
// (service/enumerations.py).
#pragma once

#include <string_view>

namespace px::jit {

constexpr std::string_view plain_enum = "Enum", int_enum = "IntEnum", opaque_enum = "OpaqueEnum";
constexpr std::string_view enum_kinds[] = {plain_enum, int_enum, opaque_enum};

// The kind in a text, empty where it is no Enum's.
constexpr std::string_view enum_kind(std::string_view text) {
  for (std::string_view kind : enum_kinds)
    if (text.starts_with(kind) && text.substr(kind.size()).starts_with(':')) return kind;
  return {};
}

}  // namespace px::jit
