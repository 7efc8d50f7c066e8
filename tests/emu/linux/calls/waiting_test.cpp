#include "emu/linux/calls/waiting.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;
namespace nr = testing::nr;

constexpr std::uint64_t kScratch = GuestMachine::kScratch;

// A pipe of the host's, as which a guest may be started.
class Waiting : public ::testing::Test {
 protected:
  Waiting() {
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    options.streams = {ends[0], ends[1], 2};
  }
  ~Waiting() override {
    for (const int end : ends) ::close(end);
  }
  void fill() const {
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const std::vector<char> block(4096);
    while (::write(ends[1], block.data(), block.size()) > 0) continue;
    ::fcntl(ends[1], F_SETFL, 0);
  }

  std::array<int, 2> ends{};
  MachineOptions options;
};

TEST_F(Waiting, TheWrongEndOfTheHostsPipeSaysSoAtOnce) {
  GuestMachine guest(options);
  EXPECT_EQ(guest.call(nr::write, {0, kScratch, 1}), -EBADF);
  fill();
  EXPECT_EQ(guest.call(nr::read, {0, kScratch, 1}), 1);
  EXPECT_EQ(guest.call(nr::read, {1, kScratch, 1}), -EBADF);
}

TEST_F(Waiting, NothingIsMovedThroughTheHostsPipeAtOnce) {
  GuestMachine guest(options);
  EXPECT_EQ(guest.call(nr::read, {0, kScratch, 0}), 0);
  EXPECT_EQ(guest.call(nr::readv, {0, kScratch, 0}), 0);
  fill();
  EXPECT_EQ(guest.call(nr::write, {1, kScratch, 0}), 0);
  EXPECT_EQ(guest.call(nr::writev, {1, kScratch, 0}), 0);
}

// The host's poll() never says that it may be read.
TEST(HostTerminal, OneThatAsksForNoByteGivesNoneAtOnce) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_EQ(::unlockpt(master), 0);
  const int slave = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(slave, 0);
  termios settings{};
  ASSERT_EQ(::tcgetattr(slave, &settings), 0);
  ::cfmakeraw(&settings);
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  ASSERT_EQ(::tcsetattr(slave, TCSANOW, &settings), 0);
  MachineOptions options;
  options.streams = {slave, slave, 2};
  GuestMachine guest(options);
  EXPECT_EQ(guest.call(nr::read, {0, kScratch, 8}), 0);
  EXPECT_EQ(::write(master, "ab", 2), 2);
  EXPECT_EQ(guest.call(nr::read, {0, kScratch, 8}), 2);
  ::close(slave);
  ::close(master);
}

}  // namespace
}  // namespace m2sim::emu
