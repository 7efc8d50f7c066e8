#include "emu/linux/calls/waiting.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
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

}  // namespace
}  // namespace m2sim::emu
