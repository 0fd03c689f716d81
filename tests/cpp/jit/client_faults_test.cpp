// The compile service killed at every step of its protocol: while it says hello, while it is told what to do, while it answers. Another
// takes its place and does what the first has not; nothing is lost and nobody gets half of something.
#include <gtest/gtest.h>

#include "jit/client/client.h"
#include "jit/client/protocol.h"
#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

using client::CompileClient;
using test::Subject;

constexpr double patient = 60;  // seconds; only a broken client reaches it

struct ClientFaultsTest : testing::Test {
  // Two functions asked for, of which the service that is killed has done none, one or half of one.
  void outlives(const std::string& manner) {
    SCOPED_TRACE(manner);
    test::TemporaryFolder folder;
    client::ClientOptions options;
    options.supervisor.command = test::scripted_service(folder, manner);
    options.supervisor.in_flight = 1;
    options.environment = "a test";
    options.llvm_directory = PX_MODULE_DIR;
    std::vector<std::string> warnings;
    options.warn = [&](const std::string& text) { warnings.push_back(text); };
    CompileClient client(options);
    Subject first("good"), second("good2"), third("good3");
    client.request(first.specialisation, true);
    client.request(second.specialisation, true);
    ASSERT_TRUE(client.wait_idle(patient));
    client.request(third.specialisation, true);
    ASSERT_TRUE(client.wait_idle(patient));
    for (Subject* subject : {&first, &second, &third}) EXPECT_EQ(subject->call(40, 2), 42u) << subject->refusal();
    EXPECT_EQ(client.statistics().service.starts, 2u);
    EXPECT_EQ(client.statistics().service.crashes, 1u);
    EXPECT_EQ(client.statistics().refused, 0u);
    client.stop();
    EXPECT_TRUE(warnings.empty()) << warnings.front();
  }
};

// The lengths of what a service says: a hello, then an answer, as the scripted one writes them.
TEST_F(ClientFaultsTest, KilledWhileItWrites) {
  const size_t hello =
      8 + std::string(R"({"hello": 1, "numba": "0", "llvmlite": "0", "numpy": "0", "python": "0", "cpu": "", "features": ""})").size();
  const size_t object = test::sum_object().size(), answer = 8 + 224;
  for (size_t at : {size_t{1}, size_t{7}, size_t{8}, size_t{9}, hello - 1, hello, hello + 1, hello + 8, hello + 9, hello + 100,
                    hello + answer + 1, hello + answer + object / 2, hello + answer + object - 40})
    outlives("cut:" + std::to_string(at));
}

TEST_F(ClientFaultsTest, KilledWhileItReads) {
  for (size_t at : {1, 7, 8, 9, 100, 200}) outlives("deaf:" + std::to_string(at));
}

}  // namespace
}  // namespace px::jit
