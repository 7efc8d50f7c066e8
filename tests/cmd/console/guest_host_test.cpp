#include "cmd/console/guest_host.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cmd/console/stop_on_signal.h"

namespace m2sim::cmd {
namespace {

mode_t umask_now() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

bool ignores_now(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

std::uint64_t bit(int signal) { return std::uint64_t{1} << static_cast<unsigned>(signal - 1); }

TEST(GuestHost, LeavesTheProcessAsItWas) {
  const mode_t before = ::umask(026);
  const auto handler = [](int) {};
  const auto handler_before = std::signal(SIGPIPE, handler);
  {
    const GuestHost host;
    EXPECT_EQ(umask_now(), 026U) << "for the files that are opened before";
    host.guest_begins();
    EXPECT_EQ(umask_now(), 0U);
    EXPECT_TRUE(ignores_now(SIGPIPE));
    host.guest_has_ended();
    EXPECT_EQ(umask_now(), 026U) << "for the files that m2sim writes";
    EXPECT_TRUE(ignores_now(SIGPIPE)) << "its report may go to a pipe";
  }
  EXPECT_EQ(umask_now(), 026U);
  EXPECT_EQ(std::signal(SIGPIPE, handler_before), +handler);
  ::umask(before);
}

TEST(GuestHost, HandsDownWhatTheProcessWasStartedWith) {
  const mode_t before = ::umask(026);
  const auto hangup_before = std::signal(SIGHUP, SIG_IGN);
  const auto pipe_before = std::signal(SIGPIPE, SIG_DFL);
  emu::MachineOptions machine;
  GuestHost().describe_to(machine);
  EXPECT_EQ(machine.umask, 026U);
  EXPECT_NE(machine.ignored_signals & bit(SIGHUP), 0U);
  EXPECT_EQ(machine.ignored_signals & bit(SIGPIPE), 0U) << "m2sim ignores it, and the guest does not know";
  EXPECT_EQ(machine.stop_request, &stop_request);
  std::signal(SIGPIPE, SIG_IGN);
  machine = {};
  GuestHost().describe_to(machine);
  EXPECT_NE(machine.ignored_signals & bit(SIGPIPE), 0U);
  std::signal(SIGPIPE, pipe_before);
  std::signal(SIGHUP, hangup_before);
  ::umask(before);
}

}  // namespace
}  // namespace m2sim::cmd
