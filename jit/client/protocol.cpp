#include "jit/client/protocol.h"

#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

namespace px::jit::client {

static_assert(std::endian::native == std::endian::little, "frames are little-endian");

std::string encode_frame(std::string_view header, std::string_view blob) {
  uint32_t lengths[2] = {static_cast<uint32_t>(header.size()), static_cast<uint32_t>(blob.size())};
  std::string frame(sizeof lengths, '\0');
  std::memcpy(frame.data(), lengths, sizeof lengths);
  frame += header;
  frame += blob;
  return frame;
}

void FrameReader::feed(std::span<const char> bytes) {
  if (garbage_) return;
  if (begin_ > 0 && begin_ * 2 >= buffer_.size()) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<Frame> FrameReader::next() {
  uint32_t lengths[2];
  size_t available = buffer_.size() - begin_;
  if (garbage_ || available < sizeof lengths) return {};
  std::memcpy(lengths, buffer_.data() + begin_, sizeof lengths);
  if (lengths[0] > max_header || lengths[1] > max_blob) {
    garbage_ = true;
    return {};
  }
  size_t whole = sizeof lengths + size_t{lengths[0]} + lengths[1];
  if (available < whole) return {};
  const char* at = buffer_.data() + begin_ + sizeof lengths;
  Frame frame{{at, lengths[0]}, {at + lengths[0], at + lengths[0] + lengths[1]}};
  begin_ += whole;
  return frame;
}

namespace {

using Json = nlohmann::json;

// Reads fields and remembers the first that is wrong.
class Reader {
 public:
  explicit Reader(std::string& why) : why_(why) { why_.clear(); }
  bool fine() const { return why_.empty(); }
  void fail(std::string what) {
    if (why_.empty()) why_ = std::move(what);
  }

  const Json* field(const Json& object, const char* name) {
    if (!object.is_object()) return fail("an entry that is not an object"), nullptr;
    auto found = object.find(name);
    if (found == object.end()) return fail(std::string("no field ") + name), nullptr;
    return &*found;
  }
  std::string text(const Json& object, const char* name) {
    const Json* value = field(object, name);
    if (value && value->is_string()) return value->get<std::string>();
    fail(std::string(name) + " is not text");
    return {};
  }
  int64_t integer(const Json& object, const char* name, int64_t least, int64_t most) {
    const Json* value = field(object, name);
    return value ? in_range(*value, name, least, most) : 0;
  }
  int64_t in_range(const Json& value, const char* name, int64_t least, int64_t most) {
    if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      fail(std::string(name) + " is out of range");
    } else if (!value.is_number_integer()) {
      fail(std::string(name) + " is not an integer");
    } else if (int64_t number = value.get<int64_t>(); number < least || number > most) {
      fail(std::string(name) + " is out of range");
    } else {
      return number;
    }
    return 0;
  }
  const Json& list(const Json& object, const char* name) {
    static const Json empty = Json::array();
    const Json* value = field(object, name);
    if (value && value->is_array()) return *value;
    fail(std::string(name) + " is not a list");
    return empty;
  }
  std::vector<std::string> texts(const Json& object, const char* name) {
    std::vector<std::string> all;
    for (const Json& item : list(object, name)) {
      if (!item.is_string()) return fail(std::string(name) + " holds something else than text"), all;
      all.push_back(item.get<std::string>());
    }
    return all;
  }

 private:
  std::string& why_;
};

constexpr int32_t int32_max = std::numeric_limits<int32_t>::max();

AnswerSite read_site(Reader& reader, const Json& json) {
  AnswerSite site;
  site.exception = reader.text(json, "exception");
  if (const Json* message = reader.field(json, "message"); message && !message->is_null()) site.message = reader.text(json, "message");
  site.types = reader.texts(json, "types");
  site.function = static_cast<int32_t>(reader.integer(json, "function", -1, int32_max));
  site.line = static_cast<int32_t>(reader.integer(json, "line", 0, int32_max));
  return site;
}

AnswerSpecialisation read_specialisation(Reader& reader, const Json& json) {
  AnswerSpecialisation found;
  found.function = static_cast<int32_t>(reader.integer(json, "function", 0, int32_max));
  found.arguments = reader.texts(json, "arguments");
  found.result = reader.text(json, "result");
  for (const Json& item : reader.list(json, "definitions")) {
    if (!item.is_array() || item.size() != 3 || !item[0].is_string() || !item[2].is_string()) {
      reader.fail("a definition that is not [name, line, type]");
      break;
    }
    found.definitions.push_back(
        {item[0].get<std::string>(), static_cast<int32_t>(reader.in_range(item[1], "line", 0, int32_max)), item[2].get<std::string>()});
  }
  return found;
}

std::optional<Json> parse(std::string_view header, std::string& why) {
  Json json = Json::parse(header.begin(), header.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  why = "a header that is not a JSON object";
  return {};
}

}  // namespace

std::optional<Hello> parse_hello(std::string_view header, std::string& why) {
  std::optional<Json> json = parse(header, why);
  if (!json) return {};
  Reader reader(why);
  reader.integer(*json, "hello", 1, 1);
  Hello hello;
  if (json->contains("error")) {
    hello.error = reader.text(*json, "error");
    if (hello.error.empty()) hello.error = "the compile service does not say why it cannot start";
  } else {
    for (auto [name, field] : {std::pair{"numba", &hello.numba},
                               {"llvmlite", &hello.llvmlite},
                               {"numpy", &hello.numpy},
                               {"python", &hello.python},
                               {"cpu", &hello.cpu},
                               {"features", &hello.features}}) {
      *field = reader.text(*json, name);
    }
  }
  if (!reader.fine()) return {};
  return hello;
}

std::optional<Answer> parse_answer(std::string_view header, std::string& why) {
  std::optional<Json> json = parse(header, why);
  if (!json) return {};
  Reader reader(why);
  Answer answer;
  answer.id = reader.integer(*json, "id", 0, std::numeric_limits<int64_t>::max());
  const Json* ok = reader.field(*json, "ok");
  if (ok && !ok->is_boolean()) reader.fail("ok is not a boolean");
  if (!reader.fine()) return {};
  answer.ok = ok->get<bool>();
  if (!answer.ok) {
    answer.kind = reader.text(*json, "kind");
    answer.reason = reader.text(*json, "reason");
  } else {
    answer.result = reader.text(*json, "result");
    const Json* seconds = reader.field(*json, "seconds");
    if (seconds && seconds->is_number()) answer.seconds = seconds->get<double>();
    for (const Json& item : reader.list(*json, "sites")) {
      answer.sites.push_back(read_site(reader, item));
      if (!reader.fine()) return {};
    }
    for (const Json& item : reader.list(*json, "specialisations")) {
      answer.specialisations.push_back(read_specialisation(reader, item));
      if (!reader.fine()) return {};
    }
  }
  if (!reader.fine()) return {};
  return answer;
}

}  // namespace px::jit::client
