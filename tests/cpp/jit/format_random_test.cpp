// What comes from outside, damaged at random: the service's stream and the cache's files. Whatever the bytes are, they are read or refused;
// nothing crashes, and code that is taken computes what it should.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "fuzz_rounds.h"
#include "jit/client/agreement.h"
#include "jit/client/cache.h"
#include "jit/client/protocol.h"
#include "jit/client/publish.h"
#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

using client::Answer;
using client::CacheEntry;
using client::Frame;
using test::FuzzRounds;
using test::Subject;

const std::string hello =
    R"({"hello": 1, "numba": "0.68.1", "llvmlite": "0.50.0", "numpy": "2.4.6", "python": "3.11.7", "cpu": "znver3", "features": "+avx2"})";
// What the subject's answer may look like, of every kind that there is.
const std::string answers[] = {
    R"json({"id": 1, "ok": true, "result": "int64", "seconds": 0.25, "sites": [], "specialisations": [{"function": 0, "arguments": ["int64", "int64"], "result": "int64", "definitions": [["x", 1, "int64"]]}]})json",
    R"json({"id": 2, "ok": true, "result": "int64", "seconds": 1e-3, "sites": [
        {"exception": "ValueError", "message": "a text \u00e9", "types": [], "function": 0, "line": 3},
        {"exception": "KeyError", "message": null, "types": ["int64", "Tuple(float64, bool)", "text:abc"], "function": -1, "line": 0},
        {"exception": "ValueError", "message": null, "types": ["str"], "function": 0, "line": 1},
        {"exception": "", "message": null, "types": [], "function": 0, "line": 2}],
        "specialisations": [{"function": 0, "arguments": ["int64", "int64"], "result": "int64", "definitions": [["x", 1, "int64"], ["y", 2, "array(float64, 2d, C)"]]}]})json",
    R"json({"id": 3, "ok": false, "kind": "typing", "reason": "no such thing"})json",
    R"json({"id": 4, "ok": false, "kind": "crash", "reason": "the compiler was ended by signal SIGSEGV"})json",
};

class Damage {
 public:
  explicit Damage(uint64_t seed) : random_(seed) {}
  size_t below(size_t n) { return n ? random_() % n : 0; }

  void to(std::string& text) {
    if (text.empty()) return;
    const size_t at = below(text.size());
    switch (below(7)) {
      case 0:
        text[at] = static_cast<char>(random_());
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.erase(at, below(8));
        break;
      case 3:
        text.insert(at, text, below(text.size()), below(20));
        break;
      case 4:  // a token for another
        text.replace(at, below(6), tokens[below(std::size(tokens))]);
        break;
      case 5:
        text.resize(at);
        break;
      case 6: {
        const size_t other = below(text.size());
        std::swap(text[at], text[other]);
        break;
      }
    }
  }

 private:
  static constexpr const char* tokens[] = {"null",
                                           "-1",
                                           "1e999",
                                           "18446744073709551616",
                                           "\"\"",
                                           "[]",
                                           "{}",
                                           "[[[[",
                                           "\"int64\"",
                                           "\"list(list(int64))\"",
                                           "true",
                                           "\\u0000",
                                           "\"function\": 9",
                                           ",",
                                           "0",
                                           "\xff"};
  std::mt19937_64 random_;
};

class FormatRandomTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    linker = native::Linker::open(PX_MODULE_DIR, error);
    ASSERT_TRUE(linker) << error;
    object = test::sum_object();
    ASSERT_FALSE(object.empty());
    std::string why;
    ASSERT_TRUE(client::build_request(subject.specialisation, "", request, why)) << why;
  }

  // An answer with the right object: refused with a reason, or linked, and then its code adds.
  void take(const Answer& answer) {
    std::string why;
    client::Published published;
    if (!client::publish(*linker, request, answer, object, published, why)) {
      EXPECT_NE(why, "");
      ++refused;
      return;
    }
    ++linked;
    EXPECT_EQ(Subject::call(published.entry, 40, 2), 42u);
  }

  // A header of which nobody knows what it is.
  void read(const std::string& header) {
    std::string why;
    if (!client::parse_hello(header, why)) EXPECT_NE(why, "");
    why.clear();
    auto answer = client::parse_answer(header, why);
    EXPECT_EQ(answer.has_value(), why.empty());
    if (!answer) {
      ++garbage;
    } else if (answer->ok) {
      take(*answer);
    }
  }

  Subject subject{"f"};
  client::Request request;
  std::vector<char> object;
  std::unique_ptr<native::Linker> linker;
  uint64_t garbage = 0, refused = 0, linked = 0;
};

TEST_F(FormatRandomTest, StreamsOfTheService) {
  FuzzRounds rounds(4000);
  uint64_t frames = 0, cut = 0;
  for (uint64_t seed = 0; !HasFailure() && rounds.next(seed);) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Damage damage(seed);
    std::string stream = client::encode_frame(hello);
    for (size_t n = 1 + damage.below(4); n > 0; --n) {
      std::string header = answers[damage.below(std::size(answers))];
      // Mostly within a frame whose lengths are right.
      for (size_t changes = damage.below(4); changes > 0; --changes) damage.to(header);
      stream += client::encode_frame(header, damage.below(2) ? std::string_view(object.data(), object.size()) : "blob");
    }
    if (damage.below(3) == 0) damage.to(stream);
    client::FrameReader reader;
    for (size_t at = 0; at < stream.size();) {
      const size_t piece = std::min(1 + damage.below(2000), stream.size() - at);
      reader.feed({stream.data() + at, piece});
      at += piece;
      while (auto frame = reader.next()) {
        ++frames;
        EXPECT_LE(frame->header.size(), client::max_header);
        read(frame->header);
      }
      cut += reader.garbage();
      if (reader.garbage()) EXPECT_FALSE(reader.next());
    }
  }
  if (rounds.usual()) {
    EXPECT_GT(frames, 4000u);
    EXPECT_GT(cut, 10u);
    EXPECT_GT(garbage, 500u);
    EXPECT_GT(refused, 30u);
    EXPECT_GT(linked, 500u);
  }
}

TEST_F(FormatRandomTest, FilesOfTheCache) {
  test::TemporaryFolder folder;
  const client::Key key = client::key_of("a function");
  const std::string path = folder / (key.hex() + ".pxo");
  const std::string blob(object.begin(), object.end());
  FuzzRounds rounds(1500);
  uint64_t absent = 0, sound = 0;
  for (uint64_t seed = 0; !HasFailure() && rounds.next(seed);) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Damage damage(seed);
    client::Cache cache({folder.string(), uint64_t{1} << 30, {}});
    std::string header = answers[damage.below(std::size(answers))];
    // A third: a file whose sums are right, of an answer that is not.
    const bool right = damage.below(3) == 0;
    if (right) damage.to(header);
    cache.store(key, header, blob);
    auto bytes = test::read_file(path);
    ASSERT_FALSE(bytes.empty());
    std::string file(bytes.begin(), bytes.end());
    const std::string before = file;
    for (size_t changes = right ? 0 : 1 + damage.below(3); changes > 0; --changes) {
      // Often the head of the file, which says how long the rest is.
      std::string head = file.substr(0, damage.below(2) ? 56 : file.size());
      const size_t length = head.size();
      damage.to(head);
      file.replace(0, length, head);
    }
    test::write_file(path, file);
    CacheEntry entry;
    if (!cache.load(key, entry)) {
      ++absent;
      EXPECT_NE(file, before);
      EXPECT_TRUE(test::read_file(path).empty());  // removed
      continue;
    }
    ++sound;
    EXPECT_EQ(file, before);
    EXPECT_EQ(entry.header, header);
    EXPECT_EQ(std::string(entry.object.begin(), entry.object.end()), blob);
    read(entry.header);
  }
  if (rounds.usual()) {
    EXPECT_GT(absent, 500u);
    EXPECT_GT(sound, 350u);
  }
}

}  // namespace
}  // namespace px::jit
