#include "jit/types/record.h"

#include <algorithm>
#include <charconv>

namespace px::jit {

namespace {

struct Parsed {
  std::vector<Field> fields;
  size_t bytes = 0;
  bool aligned = false;
};

class RecordParser {
 public:
  explicit RecordParser(std::string_view text) : rest_(text) {}

  std::optional<Parsed> whole() {
    Parsed layout;
    if (!take("Record(")) return {};
    while (!take("; ")) {
      if (!layout.fields.empty() && !take(", ")) return {};
      Field field;
      size_t end = rest_.find('[');
      if (end == std::string_view::npos || end == 0) return {};
      field.name = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (!scalar(field.scalar) || !take(" @ ") || !number(field.offset) || !take("]")) return {};
      layout.fields.push_back(std::move(field));
    }
    if (layout.fields.empty() || !number(layout.bytes)) return {};
    layout.aligned = take(", aligned)");
    if (!layout.aligned && !take(", packed)")) return {};
    for (auto& f : layout.fields)
      if (f.offset > layout.bytes || item_size(f.scalar) > layout.bytes - f.offset) return {};
    return rest_.empty() ? std::optional(std::move(layout)) : std::nullopt;
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  bool number(size_t& out) {
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }
  bool scalar(Scalar& out) {
    size_t end = std::min(rest_.find(' '), rest_.size());
    for (size_t k = 0; k < element_count; ++k) {
      out = static_cast<Scalar>(k);
      if (rest_.substr(0, end) == numpy_name(out)) return take(numpy_name(out));
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

std::string record_text(std::vector<Field> fields, size_t bytes, bool aligned) {
  std::ranges::sort(fields, [](auto& a, auto& b) { return a.offset != b.offset ? a.offset < b.offset : a.name < b.name; });
  std::string text = "Record(";
  for (auto& f : fields) {
    if (&f != fields.data()) text += ", ";
    text += f.name + "[" + std::string(numpy_name(f.scalar)) + " @ " + std::to_string(f.offset) + "]";
  }
  return text + "; " + std::to_string(bytes) + (aligned ? ", aligned)" : ", packed)");
}

bool is_record_text(std::string_view text) {
  return RecordParser(text).whole().has_value();
}

std::vector<Field> fields_of(const Type* record) {
  return RecordParser(record->text).whole()->fields;
}

std::optional<Field> find_field(const Type* record, std::string_view name) {
  for (auto& f : fields_of(record))
    if (f.name == name) return f;
  return {};
}

size_t record_bytes(const Type* record) {
  return RecordParser(record->text).whole()->bytes;
}

size_t element_bytes(const Type* array) {
  return array->kind == TypeKind::records ? record_bytes(array->elements[0]) : item_size(array->scalar);
}

}  // namespace px::jit
