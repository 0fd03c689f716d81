#include "jit/types/enum_text.h"
#include "jit/types/record.h"
#include "jit/types/type.h"

namespace px::jit {

namespace {

// Recursive descent over to_string's spelling; depth-limited, since the text may come from outside.
class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : rest_(text) {}

  const Type* whole() {
    const Type* t = type(0);
    return t && rest_.empty() ? t : nullptr;
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool scalar(Scalar& out) {
    // Longest name first: "int8" is no prefix of another name, but "uint8" must not be read as less.
    size_t best = 0;
    for (size_t k = 0; k < element_count; ++k) {
      auto name = numpy_name(static_cast<Scalar>(k));
      if (name.size() > best && rest_.starts_with(name)) {
        best = name.size();
        out = static_cast<Scalar>(k);
      }
    }
    rest_.remove_prefix(best);
    return best > 0;
  }

  const Type* record() {
    if (!rest_.starts_with("Record(")) return nullptr;
    size_t end = 0, open = 0;  // records and extents in it have parentheses of their own
    do {
      end = rest_.find_first_of("()", end);
      if (end == std::string_view::npos) return nullptr;
      open = rest_[end++] == '(' ? open + 1 : open - 1;
    } while (open > 0);
    std::string_view text = rest_.substr(0, end);
    if (!is_record_text(text)) return nullptr;
    rest_.remove_prefix(text.size());
    return types::record(text);
  }

  const Type* records(bool writable) {
    const Type* of = record();
    int ndim = 0;
    Layout layout = Layout::any;
    return of && shape(ndim, layout) ? types::records(of, ndim, layout, writable) : nullptr;
  }

  const Type* array(bool writable) {
    Scalar element{};
    int ndim = 0;
    Layout layout = Layout::any;
    return scalar(element) && shape(ndim, layout) ? types::array(element, ndim, layout, writable) : nullptr;
  }

  // What follows the element: ", 2d, C)".
  bool shape(int& ndim, Layout& layout) {
    if (!take(", ") || rest_.empty() || rest_[0] < '0' || rest_[0] > '8') return false;
    ndim = rest_[0] - '0';
    rest_.remove_prefix(1);
    if (!take("d, ")) return false;
    if (take("C)")) {
      layout = Layout::c;
    } else if (take("F)")) {
      layout = Layout::f;
    } else {
      return take("A)");
    }
    return true;
  }

  // What follows "Enum(": the class, its values' type.
  const Type* enum_member(std::string_view kind, int depth) {
    const size_t end = rest_.find(", ");
    if (end == std::string_view::npos) return nullptr;
    const std::string text = std::string(kind) + ":" + std::string(rest_.substr(0, end));
    rest_.remove_prefix(end + 2);
    const Type* value = type(depth + 1);
    return value && take(")") ? types::enum_member(text, value) : nullptr;
  }

  const Type* type(int depth) {
    if (depth > 16) return nullptr;
    if (take("none")) return types::none();
    if (take("readonly array(")) return array(false);
    if (take("array(")) return array(true);
    if (take("readonly records(")) return records(false);
    if (take("records(")) return records(true);
    if (rest_.starts_with("Record(")) return record();
    if (take("list(")) {
      const Type* e = type(depth + 1);
      return e && take(")") ? types::list(e) : nullptr;
    }
    if (take("NamedTuple(")) {
      size_t end = rest_.find(')');
      if (end == std::string_view::npos) return nullptr;
      while (end + 1 < rest_.size() && rest_[end + 1] != ',' && rest_[end + 1] != ')') ++end;  // its number
      std::string_view named = rest_.substr(0, end + 1);
      rest_.remove_prefix(named.size());
      std::vector<const Type*> elements;
      while (take(", ")) {
        elements.push_back(type(depth + 1));
        if (!elements.back() || elements.size() >= 1000) return nullptr;
      }
      return take(")") ? types::tuple(elements, named) : nullptr;
    }
    if (take("Tuple(")) {
      std::vector<const Type*> elements;
      if (take(")")) return types::tuple(elements);
      do {
        const Type* e = type(depth + 1);
        if (!e || elements.size() >= 1000) return nullptr;
        elements.push_back(e);
      } while (take(", "));
      return take(")") ? types::tuple(elements) : nullptr;
    }
    for (std::string_view kind : enum_kinds)
      if (rest_.starts_with(kind) && rest_.substr(kind.size()).starts_with('(')) {
        rest_.remove_prefix(kind.size() + 1);
        return enum_member(kind, depth);
      }
    if (take("FunctionType(")) {
      const Type* result = type(depth + 1);
      if (!result || !take("(")) return nullptr;
      std::vector<const Type*> parameters;
      while (!take("))")) {
        if (!parameters.empty() && !take(", ")) return nullptr;
        parameters.push_back(type(depth + 1));
        if (!parameters.back() || parameters.size() >= 1000) return nullptr;
      }
      return types::prototype(result, parameters);
    }
    if (take("Optional(")) {
      const Type* of = type(depth + 1);
      return of && take(")") ? types::optional(of) : nullptr;
    }
    if (take("dtype(")) {
      Scalar element{};
      if (rest_.starts_with("Record(")) {
        const Type* of = record();
        return of && take(")") ? record_dtype(of) : nullptr;
      }
      return scalar(element) && take(")") ? types::dtype(element) : nullptr;
    }
    if (take("interlocked.Int64")) return types::interlocked(Scalar::i64);
    if (take("interlocked.UInt64")) return types::interlocked(Scalar::u64);
    if (take("interlocked.Float64")) return types::interlocked(Scalar::f64);
    if (take("interlocked.List")) return types::interlocked_list();
    Scalar s{};
    if (take("range(")) return scalar(s) && take(")") ? types::range(s) : nullptr;
    return scalar(s) ? types::scalar(s) : nullptr;
  }

  std::string_view rest_;
};

}  // namespace

const Type* parse_type(std::string_view text) {
  return TypeParser(text).whole();
}

}  // namespace px::jit
