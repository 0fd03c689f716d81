// The compile client beside a service that answers well, badly, twice, late or never.
#include "jit/client/client.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

using client::CompileClient;
using test::logged;
using test::Subject;

constexpr double patient = 30;  // seconds; only a broken client reaches it

struct ClientTest : testing::Test {
  client::ClientOptions options(const std::string& manner = "normal") {
    client::ClientOptions options;
    options.supervisor.command = test::scripted_service(folder, manner);
    options.environment = "a test";
    options.llvm_directory = PX_MODULE_DIR;
    options.warn = [this](const std::string& text) { warnings.push_back(text); };
    return options;
  }
  // One hot request, waited for.
  void compile(CompileClient& client, Subject& subject) {
    client.request(subject.specialisation, true);
    ASSERT_TRUE(client.wait_idle(patient));
  }
  std::string refusal_of(const std::string& name) {
    CompileClient client(options());
    Subject subject(name);
    compile(client, subject);
    EXPECT_EQ(subject.state(), CompileState::refused);
    EXPECT_EQ(subject.specialisation.native.load(), nullptr);
    EXPECT_EQ(client.statistics().refused, 1u);
    Subject next("good");  // the others are none the worse
    compile(client, next);
    EXPECT_EQ(next.call(1, 2), 3u) << next.refusal();
    return subject.refusal();
  }
  test::TemporaryFolder folder;
  std::vector<std::string> warnings;  // read after the client has stopped
};

TEST_F(ClientTest, GoodAnswerIsSwappedIn) {
  CompileClient client(options());
  Subject subject("good");
  compile(client, subject);
  EXPECT_EQ(subject.state(), CompileState::linked) << subject.refusal();
  EXPECT_EQ(subject.call(40, 2), 42u);
  EXPECT_EQ(subject.refusal(), "");
  EXPECT_EQ(subject.specialisation.compile_seconds, 0.25);
  EXPECT_GT(subject.specialisation.link_seconds, 0);
  EXPECT_GE(subject.specialisation.swapped_after_seconds, subject.specialisation.link_seconds);
  client::Statistics statistics = client.statistics();
  EXPECT_EQ(statistics.requests, 1u);
  EXPECT_EQ(statistics.compiled, 1u);
  EXPECT_EQ(statistics.swaps, 1u);
  EXPECT_EQ(statistics.pending, 0u);
  EXPECT_GT(statistics.code_bytes, 0u);
  EXPECT_EQ(statistics.service.starts, 1u);
  client.stop();
  EXPECT_TRUE(warnings.empty()) << warnings.front();
}

TEST_F(ClientTest, ColdRequestStartsNoService) {
  CompileClient client(options());
  Subject subject("good");
  client.request(subject.specialisation, false);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(subject.state(), CompileState::none);
  EXPECT_EQ(client.service_pid(), -1);
  compile(client, subject);  // and may be asked for again
  EXPECT_EQ(subject.state(), CompileState::linked);
}

TEST_F(ClientTest, ManyAtOnce) {
  CompileClient client(options());
  std::vector<std::unique_ptr<Subject>> subjects;
  for (int i = 0; i < 60; ++i) {
    subjects.push_back(std::make_unique<Subject>("good" + std::to_string(i)));
    client.request(subjects.back()->specialisation, true);
    client.request(subjects.back()->specialisation, true);  // twice matters not
  }
  ASSERT_TRUE(client.wait_idle(patient));
  for (auto& subject : subjects) EXPECT_EQ(subject->call(3, 4), 7u) << subject->refusal();
  EXPECT_EQ(client.statistics().requests, 60u);
}

TEST_F(ClientTest, FullQueueTakesNoMore) {
  auto limited = options();
  limited.queue_limit = 1;
  CompileClient client(limited);
  Subject first("slow"), second("good");
  client.request(first.specialisation, true);
  second.specialisation.asked = 2;  // as tiering notes it
  client.request(second.specialisation, true);
  EXPECT_EQ(second.state(), CompileState::none);
  EXPECT_EQ(second.specialisation.asked, 0);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(client.statistics().dropped, 1u);
  compile(client, second);
  EXPECT_EQ(second.state(), CompileState::linked);
}

TEST_F(ClientTest, RefusalsOfTheServiceAreKept) {
  EXPECT_EQ(refusal_of("typing"), "typing: no such thing");
  EXPECT_NE(refusal_of("crash").find("SIGSEGV"), std::string::npos);
}

TEST_F(ClientTest, DifferentTypesAreRefused) {
  EXPECT_EQ(refusal_of("result"), "type disagreement: result: int64/float64");
  EXPECT_EQ(refusal_of("definition"), "type disagreement: x, line 11: int64/uint64");
  EXPECT_EQ(refusal_of("other_signature"), "type disagreement: arguments of other_signature: not called so/(int64, float64)");
  EXPECT_NE(refusal_of("nothing_said"), "");
  EXPECT_NE(refusal_of("function_number"), "");
}

TEST_F(ClientTest, WhatCannotRunIsRefused) {
  EXPECT_NE(refusal_of("exception").find("m:Mine"), std::string::npos);
  EXPECT_NE(refusal_of("object").find("does not link"), std::string::npos);
}

TEST_F(ClientTest, GarbageCostsOneFunctionItsNativeCode) {
  EXPECT_NE(refusal_of("no_json"), "");
  EXPECT_NE(refusal_of("no_fields"), "");
  EXPECT_NE(refusal_of("huge"), "");
  EXPECT_NE(refusal_of("half"), "");
}

TEST_F(ClientTest, SecondAnswerAndStrayAnswersAreIgnored) {
  CompileClient client(options());
  Subject twice("twice"), stray("stray"), good("good");
  for (Subject* subject : {&twice, &stray, &good}) {
    compile(client, *subject);
    EXPECT_EQ(subject->call(1, 1), 2u) << subject->refusal();
  }
  EXPECT_EQ(client.statistics().service.strays, 2u);
  EXPECT_EQ(client.statistics().service.starts, 1u);
}

TEST_F(ClientTest, ServiceThatDiesIsStartedAgain) {
  CompileClient client(options());
  Subject once("die_once");
  compile(client, once);
  EXPECT_EQ(once.call(1, 1), 2u) << once.refusal();
  EXPECT_EQ(client.statistics().service.crashes, 1u);
  EXPECT_EQ(client.statistics().service.starts, 2u);
  client.stop();
  EXPECT_TRUE(warnings.empty());
}

TEST_F(ClientTest, OnlyTheFunctionThatKillsTheServiceIsRefused) {
  CompileClient client(options());
  Subject before("slow"), guilty("die"), after("good");
  for (Subject* subject : {&before, &guilty, &after}) client.request(subject->specialisation, true);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(guilty.state(), CompileState::refused);
  EXPECT_EQ(before.call(1, 1), 2u) << before.refusal();
  EXPECT_EQ(after.call(1, 1), 2u) << after.refusal();
}

TEST_F(ClientTest, ServiceThatKeepsDyingIsGivenUp) {
  CompileClient client(options("dead"));
  Subject subject("good"), next("good");
  compile(client, subject);
  EXPECT_EQ(subject.state(), CompileState::refused);
  EXPECT_EQ(client.statistics().service.starts, 4u);  // once, and three times again
  compile(client, next);
  EXPECT_EQ(next.state(), CompileState::refused);
  EXPECT_EQ(client.statistics().service.starts, 4u);
  client.stop();
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(ClientTest, MissingNumbaIsSaidOnce) {
  CompileClient client(options("no_numba"));
  Subject subject("good"), next("good");
  compile(client, subject);
  compile(client, next);
  EXPECT_EQ(subject.refusal(), "service: Numba is not installed");
  EXPECT_EQ(client.statistics().service.starts, 1u);
  client.stop();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("Numba is not installed"), std::string::npos);
}

TEST_F(ClientTest, MissingPythonIsSaidOnce) {
  auto missing = options();
  missing.supervisor.command.arguments[0] = folder / "no-python-here";
  CompileClient client(missing);
  Subject subject("good");
  compile(client, subject);
  EXPECT_EQ(subject.state(), CompileState::refused);
  client.stop();
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(ClientTest, BabbleInsteadOfAHelloIsGivenUp) {
  auto impatient = options("babble");
  impatient.supervisor.restarts = 1;
  CompileClient client(impatient);
  Subject subject("good");
  compile(client, subject);
  EXPECT_EQ(subject.state(), CompileState::refused);
  EXPECT_EQ(client.statistics().service.starts, 2u);
}

TEST_F(ClientTest, HangingServiceIsEndedAndTheOthersAreCompiled) {
  auto impatient = options();
  impatient.supervisor.request_limit = 0.2;
  impatient.supervisor.margin = 0.3;
  CompileClient client(impatient);
  Subject hanging("hang"), waiting("good");
  client.request(hanging.specialisation, true);
  client.request(waiting.specialisation, true);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(hanging.state(), CompileState::refused);
  EXPECT_NE(hanging.refusal().find("in time"), std::string::npos);
  EXPECT_GE(client.statistics().service.timeouts, 1u);
}

TEST_F(ClientTest, ServiceThatNeverGreetsIsGivenUp) {
  auto impatient = options("mute");
  impatient.supervisor.start_limit = 0.1;
  impatient.supervisor.restarts = 1;
  CompileClient client(impatient);
  Subject subject("good");
  compile(client, subject);
  EXPECT_EQ(subject.state(), CompileState::refused);
  EXPECT_EQ(client.statistics().service.timeouts, 2u);
}

TEST_F(ClientTest, KilledServiceIsStartedAgain) {
  CompileClient client(options());
  Subject first("good"), second("good2");
  compile(client, first);
  pid_t pid = client.service_pid();
  ASSERT_GT(pid, 0);
  kill(pid, SIGKILL);
  compile(client, second);
  EXPECT_EQ(second.call(1, 1), 2u) << second.refusal();
}

TEST_F(ClientTest, StopEndsAServiceThatHangs) {
  CompileClient client(options());
  Subject subject("hang");
  client.request(subject.specialisation, true);
  while (logged(folder, "hang") == 0) usleep(1000);
  pid_t pid = client.service_pid();
  client.stop();
  EXPECT_EQ(kill(pid, 0), -1);  // gone, and waited for
  EXPECT_EQ(subject.state(), CompileState::none);
  client.request(subject.specialisation, true);  // after the end: nothing
  EXPECT_EQ(subject.state(), CompileState::none);
}

TEST_F(ClientTest, CacheServesTheNextClient) {
  auto cached = options();
  cached.cache_directory = folder / "cache";
  {
    CompileClient client(cached);
    Subject subject("good"), refused("typing");
    compile(client, subject);
    compile(client, refused);
    EXPECT_EQ(client.statistics().cache.misses, 2u);
    EXPECT_EQ(client.statistics().cache.stored, 2u);
  }
  CompileClient client(cached);
  Subject subject("good"), refused("typing");
  client.request(subject.specialisation, false);  // the cache alone
  client.request(refused.specialisation, false);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(subject.call(1, 1), 2u);
  EXPECT_TRUE(subject.specialisation.from_cache);
  EXPECT_EQ(refused.refusal(), "typing: no such thing");
  EXPECT_EQ(client.statistics().cache.hits, 2u);
  EXPECT_EQ(client.statistics().service.starts, 0u);
}

TEST_F(ClientTest, CachedObjectThatDoesNotLinkIsMadeAfresh) {
  auto cached = options();
  cached.cache_directory = folder / "cache";
  Subject subject("good");
  client::Request request;
  std::string why;
  ASSERT_TRUE(client::build_request(subject.specialisation, cached.environment, request, why)) << why;
  client::Cache({cached.cache_directory, cached.cache_limit, {}})
      .store(request.key, R"({"id":1,"ok":true,"result":"int64","seconds":1,"sites":[],"specialisations":[
             {"function":0,"arguments":["int64","int64"],"result":"int64","definitions":[]}]})",
             "not an object");
  CompileClient client(cached);
  compile(client, subject);
  EXPECT_EQ(subject.call(1, 1), 2u) << subject.refusal();
  EXPECT_EQ(client.statistics().cache.bad, 1u);
}

TEST_F(ClientTest, UnusableCacheFolderIsSaidOnceAndDoneWithout) {
  auto cached = options();
  test::write_file(folder / "file", "");
  cached.cache_directory = folder / "file/cache";
  CompileClient client(cached);
  Subject first("good"), second("good2");
  compile(client, first);
  compile(client, second);
  EXPECT_EQ(second.call(1, 1), 2u);
  client.stop();
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(ClientTest, MissingLinkerIsSaidOnce) {
  auto without = options();
  without.llvm_directory = folder.string();
  CompileClient client(without);
  Subject first("good"), second("good2");
  compile(client, first);
  compile(client, second);
  EXPECT_EQ(second.state(), CompileState::refused);
  client.stop();
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(ClientTest, WithoutServiceHotFunctionsAreRefused) {
  auto without = options();
  without.service = false;
  CompileClient client(without);
  Subject subject("good");
  compile(client, subject);
  EXPECT_NE(subject.refusal().find("PX_SERVICE"), std::string::npos);
}

TEST_F(ClientTest, ForkedChildLeavesTheServiceAlone) {
  CompileClient client(options());
  Subject before("good"), pending("slow"), after("good2");
  compile(client, before);
  client.request(pending.specialisation, true);
  client.before_fork();
  pid_t child = fork();
  if (child == 0) {
    client.forget_after_fork();
    bool fine = before.call(1, 1) == 2 && pending.state() == CompileState::none && client.service_pid() == -1;
    client.request(pending.specialisation, true);  // dead: nothing
    client.stop();
    _exit(fine ? 0 : 1);
  }
  client.after_fork_in_parent();
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(client.wait_idle(patient));
  EXPECT_EQ(pending.call(1, 1), 2u) << pending.refusal();
  compile(client, after);
  EXPECT_EQ(after.call(1, 1), 2u) << after.refusal();
  EXPECT_EQ(client.statistics().service.starts, 1u);
}

}  // namespace
}  // namespace px::jit
