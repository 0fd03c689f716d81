// Frames, hellos and answers: what the protocol says is read, anything else is named as garbage and hurts nobody.
#include "jit/client/protocol.h"

#include <gtest/gtest.h>

#include <random>

namespace px::jit::client {
namespace {

const std::string good_answer =
    R"({"id": 7, "ok": true, "result": "float64", "seconds": 0.12,
        "sites": [{"exception": "ValueError", "message": "text", "types": [], "function": 0, "line": 3},
                  {"exception": "KeyError", "message": null, "types": ["int64"], "function": -1, "line": 0}],
        "specialisations": [{"function": 1, "arguments": ["int64"], "result": "none", "definitions": [["x", 3, "int64"]]}]})";

void feed(FrameReader& reader, std::string_view bytes) {
  reader.feed({bytes.data(), bytes.size()});
}

TEST(FrameTest, WholeFramesInAnyPieces) {
  std::string stream = encode_frame("{}") + encode_frame(R"({"a": 1})", "blob") + encode_frame("", "");
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader;
    std::vector<Frame> frames;
    for (size_t at = 0; at < stream.size(); at += piece) {
      feed(reader, std::string_view(stream).substr(at, piece));
      while (auto frame = reader.next()) frames.push_back(std::move(*frame));
    }
    ASSERT_EQ(frames.size(), 3u) << piece;
    EXPECT_EQ(frames[1].header, R"({"a": 1})");
    EXPECT_EQ(std::string(frames[1].blob.begin(), frames[1].blob.end()), "blob");
    EXPECT_FALSE(reader.garbage());
  }
}

TEST(FrameTest, LengthsBeyondTheLimitsAreGarbage) {
  for (auto [header, blob] : {std::pair{max_header + 1, 0u}, {0u, max_blob + 1}, {UINT32_MAX, UINT32_MAX}}) {
    FrameReader reader;
    uint32_t lengths[2] = {header, blob};
    reader.feed({reinterpret_cast<char*>(lengths), sizeof lengths});
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.garbage());
    feed(reader, encode_frame("{}"));  // and nothing after that is understood
    EXPECT_FALSE(reader.next());
  }
}

TEST(HelloTest, VersionsOrAnError) {
  std::string why;
  auto hello = parse_hello(
      R"({"hello": 1, "numba": "0.68.1", "llvmlite": "0.50.0", "numpy": "2.4.6", "python": "3.11.7", "cpu": "znver3", "features": "+avx2"})",
      why);
  ASSERT_TRUE(hello) << why;
  EXPECT_EQ(hello->numba, "0.68.1");
  EXPECT_EQ(hello->error, "");
  hello = parse_hello(R"({"hello": 1, "error": "Numba is not installed"})", why);
  ASSERT_TRUE(hello) << why;
  EXPECT_EQ(hello->error, "Numba is not installed");
}

TEST(HelloTest, AnythingElseIsGarbage) {
  for (const char* text : {"", "1", "[]", "{", "{}", R"({"hello": 2, "error": "x"})", R"({"hello": 1})", R"({"hello": 1, "error": 5})",
                           R"({"hello": "1", "error": "x"})", R"({"hello": 1, "numba": null})"}) {
    std::string why;
    EXPECT_FALSE(parse_hello(text, why)) << text;
    EXPECT_NE(why, "") << text;
  }
}

TEST(AnswerTest, EveryFieldIsRead) {
  std::string why;
  auto answer = parse_answer(good_answer, why);
  ASSERT_TRUE(answer) << why;
  EXPECT_EQ(answer->id, 7);
  EXPECT_TRUE(answer->ok);
  EXPECT_EQ(answer->seconds, 0.12);
  ASSERT_EQ(answer->sites.size(), 2u);
  EXPECT_EQ(answer->sites[0].message, "text");
  EXPECT_EQ(answer->sites[1].message, std::nullopt);
  EXPECT_EQ(answer->sites[1].types, std::vector<std::string>{"int64"});
  EXPECT_EQ(answer->sites[1].function, -1);
  ASSERT_EQ(answer->specialisations.size(), 1u);
  EXPECT_EQ(answer->specialisations[0].definitions[0].variable, "x");
  EXPECT_EQ(answer->specialisations[0].definitions[0].line, 3);

  answer = parse_answer(R"({"id": 1, "ok": false, "kind": "typing", "reason": "no"})", why);
  ASSERT_TRUE(answer) << why;
  EXPECT_EQ(answer->kind, "typing");
}

TEST(AnswerTest, WrongFieldsAreNamed) {
  std::pair<const char*, const char*> changes[] = {
      {"\"id\": 7", "\"id\": -1"},
      {"\"id\": 7", "\"id\": 7.5"},
      {"\"id\": 7", "\"id\": \"7\""},
      {"\"id\": 7", "\"id\": 18446744073709551615"},
      {"\"ok\": true", "\"ok\": 1"},
      {"\"result\": \"float64\"", "\"result\": null"},
      {"\"seconds\": 0.12", "\"s\": 0"},
      {"\"sites\": [", "\"sites\": [3, "},
      {"\"types\": []", "\"types\": 3"},
      {"\"types\": []", "\"types\": [3]"},
      {"\"line\": 3", "\"line\": 4294967296"},
      {"\"line\": 3", "\"line\": -1"},
      {"\"function\": -1", "\"function\": -2"},
      {"\"message\": null", "\"message\": 3"},
      {"[[\"x\", 3, \"int64\"]]", "[[\"x\", 3]]"},
      {"[[\"x\", 3, \"int64\"]]", "[[\"x\", \"3\", \"int64\"]]"},
      {"[[\"x\", 3, \"int64\"]]", "{}"},
      {"\"exception\": \"KeyError\", ", ""},
  };
  for (auto [from, to] : changes) {
    std::string text = good_answer, why;
    size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, std::string_view(from).size(), to);
    EXPECT_FALSE(parse_answer(text, why)) << to;
    EXPECT_NE(why, "") << to;
  }
}

TEST(AnswerTest, DeepNestingIsHarmless) {
  std::string why;
  EXPECT_FALSE(parse_answer(std::string(1'000'000, '['), why));
  EXPECT_FALSE(parse_answer("{\"id\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", why));
}

TEST(AnswerTest, AlteredBytesAreReadOrRefused) {
  std::mt19937 random(1);
  for (int round = 0; round < 5'000; ++round) {
    std::string text = good_answer, why;
    for (unsigned changes = random() % 4 + 1; changes > 0; --changes) {
      switch (random() % 3) {
        case 0:
          text[random() % text.size()] = static_cast<char>(random());
          break;
        case 1:
          text.erase(random() % text.size(), random() % 8);
          break;
        case 2:
          text.insert(random() % text.size(), good_answer, random() % good_answer.size(), random() % 8);
          break;
      }
    }
    auto answer = parse_answer(text, why);
    EXPECT_EQ(answer.has_value(), why.empty());
  }
}

}  // namespace
}  // namespace px::jit::client
