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
    auto layout = record(0);
    return layout && rest_.empty() ? layout : std::nullopt;
  }

 private:
  std::optional<Parsed> record(int depth) {
    Parsed layout;
    if (depth > deepest || !take("Record(")) return {};
    while (!take("; ")) {
      if (!layout.fields.empty() && !take(", ")) return {};
      Field field;
      size_t end = rest_.find('[');
      if (end == std::string_view::npos || end == 0) return {};
      field.name = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      size_t bytes = 0;
      if (!element(field, bytes, depth) || !extents(field, bytes) || !take(" @ ") || !number(field.offset) || !take("]")) return {};
      sizes_.push_back(bytes);
      layout.fields.push_back(std::move(field));
    }
    if (layout.fields.empty() || !number(layout.bytes)) return {};
    layout.aligned = take(", aligned)");
    if (!layout.aligned && !take(", packed)")) return {};
    for (size_t k = layout.fields.size(); k-- > 0; sizes_.pop_back())
      if (layout.fields[k].offset > layout.bytes || sizes_.back() > layout.bytes - layout.fields[k].offset) return {};
    return layout;
  }

  bool element(Field& field, size_t& bytes, int depth) {
    if (!rest_.starts_with("Record(")) {
      if (!scalar(field.scalar)) return false;
      bytes = item_size(field.scalar);
      return true;
    }
    std::string_view from = rest_;
    auto inner = record(depth + 1);
    if (!inner) return false;
    field.record = from.substr(0, from.size() - rest_.size());
    bytes = inner->bytes;
    return true;
  }
  // What an array's element is followed by: "(2,3)".
  bool extents(Field& field, size_t& bytes) {
    if (!take("(")) return true;
    do {
      size_t extent = 0;
      if (field.shape.size() == 8 || !number(extent) || extent == 0 || extent > INT32_MAX) return false;
      if (__builtin_mul_overflow(bytes, extent, &bytes)) return false;
      field.shape.push_back(static_cast<int64_t>(extent));
    } while (take(","));
    return take(")");
  }

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
    size_t end = std::min(rest_.find_first_of(" ("), rest_.size());
    for (size_t k = 0; k < element_count; ++k) {
      out = static_cast<Scalar>(k);
      if (rest_.substr(0, end) == numpy_name(out)) return take(numpy_name(out));
    }
    return false;
  }

  static constexpr int deepest = 8;  // records in records: the text may come from outside
  std::string_view rest_;
  std::vector<size_t> sizes_;  // bytes of the fields that have been read, of all records around
};

std::string element_text(const Field& f) {
  std::string text = f.record.empty() ? std::string(numpy_name(f.scalar)) : f.record;
  for (size_t k = 0; k < f.shape.size(); ++k) text += (k == 0 ? "(" : ",") + std::to_string(f.shape[k]);
  return f.shape.empty() ? text : text + ")";
}

void add_numbers(const Type* record, size_t offset, std::vector<Field>& out) {
  for (auto& f : fields_of(record)) {
    int64_t count = 1;
    for (int64_t extent : f.shape) count *= extent;
    for (size_t k = 0; k < static_cast<size_t>(count); ++k) {
      const size_t at = offset + f.offset + k * item_bytes(f);
      if (f.record.empty()) {
        out.push_back({.name = {}, .scalar = f.scalar, .offset = at, .record = {}, .shape = {}});
      } else {
        add_numbers(types::record(f.record), at, out);
      }
    }
  }
}

}  // namespace

std::string record_text(std::vector<Field> fields, size_t bytes, bool aligned) {
  std::ranges::sort(fields, [](auto& a, auto& b) { return a.offset != b.offset ? a.offset < b.offset : a.name < b.name; });
  std::string text = "Record(";
  for (auto& f : fields) {
    if (&f != fields.data()) text += ", ";
    text += f.name + "[" + element_text(f) + " @ " + std::to_string(f.offset) + "]";
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

const Type* field_type(const Field& f, bool writable) {
  const Type* element = f.record.empty() ? types::scalar(f.scalar) : types::record(f.record, writable);
  return f.shape.empty() ? element : array_of_element(element, static_cast<int>(f.shape.size()), Layout::c, writable);
}

size_t item_bytes(const Field& f) {
  return f.record.empty() ? item_size(f.scalar) : record_bytes(types::record(f.record));
}

std::vector<Field> numbers_of(const Type* record) {
  std::vector<Field> list;
  add_numbers(record, 0, list);
  return list;
}

const Type* array_of_element(const Type* element, int ndim, Layout layout, bool writable) {
  return element->is_record() ? types::records(element, ndim, layout, writable) : types::array(element->scalar, ndim, layout, writable);
}

size_t element_bytes(const Type* array) {
  return array->kind == TypeKind::records ? record_bytes(array->elements[0]) : item_size(array->scalar);
}

const Type* element_type(const Type* array) {
  return array->kind == TypeKind::records ? array->elements[0] : types::scalar(array->scalar);
}

}  // namespace px::jit
