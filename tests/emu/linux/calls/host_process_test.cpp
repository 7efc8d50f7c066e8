// The process that the guest's calls are made in: it stays as it was, and the guest does not see how it is
// set.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "emu/emulator.h"
#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;
using testing::kCwd;
namespace nr = testing::nr;

constexpr std::uint64_t kScratch = GuestMachine::kScratch;

class HostUmask {
 public:
  explicit HostUmask(mode_t mask) : before_(::umask(mask)) {}
  ~HostUmask() { ::umask(before_); }
  HostUmask(const HostUmask&) = delete;
  HostUmask& operator=(const HostUmask&) = delete;

 private:
  mode_t before_;
};

mode_t host_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

unsigned permissions(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : ~0U;
}

unsigned of_new_file(GuestMachine& guest, const std::string& name) {
  const std::string path = guest.directory.file(name);
  const std::int64_t fd = guest.call(nr::openat, {kCwd, guest.text(0, path), O_WRONLY | O_CREAT, 0666});
  guest.call(nr::close, {static_cast<std::uint64_t>(fd)});
  return permissions(path);
}

TEST(HostProcess, FilesHaveTheGuestsUmaskAndTheProcessKeepsItsOwn) {
  const HostUmask none(0);
  MachineOptions options;
  options.umask = 027;
  GuestMachine guest(options);
  EXPECT_EQ(of_new_file(guest, "first"), 0640U);
  EXPECT_EQ(guest.call(nr::umask, {0}), 027);
  EXPECT_EQ(of_new_file(guest, "open"), 0666U);
  EXPECT_EQ(guest.call(nr::umask, {072}), 0);
  EXPECT_EQ(of_new_file(guest, "odd"), 0604U);
  const std::string fifo = guest.directory.file("fifo");
  EXPECT_EQ(guest.call(nr::mknodat, {kCwd, guest.text(0, fifo), S_IFIFO | 0777, 0}), 0);
  EXPECT_EQ(permissions(fifo), 0705U);
  const std::string folder = guest.directory.path() + "/folder";
  EXPECT_EQ(guest.call(nr::mkdirat, {kCwd, guest.text(0, folder), 0777}), 0);
  EXPECT_EQ(permissions(folder), 0705U);
  ::rmdir(folder.c_str());
  EXPECT_EQ(host_umask(), 0U);
}

TEST(HostProcess, SoDoSocketsWithAName) {
  const HostUmask none(0);
  GuestMachine guest;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = guest.directory.file("socket");
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const std::int64_t fd = guest.call(nr::socket, {AF_UNIX, SOCK_STREAM, 0});
  ASSERT_GE(fd, 0);
  const auto socket = static_cast<std::uint64_t>(fd);
  ASSERT_EQ(guest.call(nr::bind, {socket, guest.put(0, address), sizeof(address)}), 0);
  EXPECT_EQ(permissions(path), 0755U);
  struct stat status {};
  ASSERT_EQ(::fstat(guest.kernel().first().fds->host(static_cast<int>(fd)), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0777U) << "the socket's own, as Linux has it";
}

TEST(HostProcess, ItsUmaskHoldsForTheGuestToo) {
  const HostUmask strict(077);
  MachineOptions options;
  options.umask = 0;
  GuestMachine guest(options);
  EXPECT_EQ(of_new_file(guest, "file"), 0600U);
  EXPECT_EQ(guest.call(nr::umask, {0}), 0) << "and the guest does not see it";
}

std::atomic<int> sigpipes{0};

class HostHandler {
 public:
  HostHandler(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, &before_);
  }
  ~HostHandler() { ::sigaction(signal_, &before_, nullptr); }
  HostHandler(const HostHandler&) = delete;
  HostHandler& operator=(const HostHandler&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

TEST(HostProcess, AGuestsSigpipeIsNotItsOwn) {
  const auto count = [](int) { ++sigpipes; };
  const HostHandler counter(SIGPIPE, count);
  sigpipes = 0;
  GuestMachine guest;
  struct sigaction now {};
  ::sigaction(SIGPIPE, nullptr, &now);
  EXPECT_EQ(now.sa_handler, +count);
  ASSERT_EQ(guest.call(nr::pipe2, {kScratch, 0}), 0);
  const auto from = guest.get<std::uint32_t>(kScratch);
  const auto to = guest.get<std::uint32_t>(kScratch + 4);
  guest.call(nr::close, {from});
  const std::uint64_t ignored = guest.put(64, std::uint64_t{1});  // SIG_IGN
  guest.put(72, std::array<std::uint64_t, 3>{});
  ASSERT_EQ(guest.call(nr::rt_sigaction, {SIGPIPE, ignored, 0, 8}), 0);
  EXPECT_EQ(guest.call(nr::write, {to, kScratch, 1}), -EPIPE);
  const std::uint64_t file = static_cast<std::uint64_t>(
      guest.call(nr::openat, {kCwd, guest.text(256, "/proc/self/exe"), O_RDONLY, 0}));
  EXPECT_EQ(guest.call(nr::sendfile, {to, file, 0, 16}), -EPIPE);
  EXPECT_EQ(guest.call(nr::splice, {file, 0, to, 0, 16, 0}), -EPIPE);
  sigset_t state;
  ::sigpending(&state);
  EXPECT_EQ(sigismember(&state, SIGPIPE), 0) << "nothing is left to come later";
  ::pthread_sigmask(SIG_BLOCK, nullptr, &state);
  EXPECT_EQ(sigismember(&state, SIGPIPE), 0);
  EXPECT_EQ(sigpipes, 0);
  ::raise(SIGPIPE);
  EXPECT_EQ(sigpipes, 1) << "one of its own still comes";
}

TEST(HostProcess, OneThatAlreadyWaitsIsLeftThere) {
  const HostHandler counter(SIGPIPE, [](int) { ++sigpipes; });
  sigpipes = 0;
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  sigaddset(&held, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  ::raise(SIGPIPE);
  {
    GuestMachine guest;
    ASSERT_EQ(guest.call(nr::pipe2, {kScratch, 0}), 0);
    EXPECT_EQ(guest.call(nr::write, {guest.get<std::uint32_t>(kScratch + 4), kScratch, 1}), 1);
  }
  EXPECT_EQ(sigpipes, 0);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(sigpipes, 1);
}

TEST(HostProcess, TheGuestIgnoresAtTheStartWhatItIsToldTo) {
  const HostHandler ignores(SIGUSR1, SIG_IGN);
  MachineOptions options;
  options.ignored_signals = std::uint64_t{1} << (SIGHUP - 1);
  GuestMachine guest(options);
  ASSERT_EQ(guest.call(nr::rt_sigaction, {SIGHUP, 0, kScratch, 8}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(kScratch), 1U);
  ASSERT_EQ(guest.call(nr::rt_sigaction, {SIGUSR1, 0, kScratch, 8}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(kScratch), 0U) << "the process's, and none of the guest's business";
}

int stops = 0;

TEST(HostProcess, IsToldWhenTheGuestIsStopped) {
  MachineOptions options;
  options.wait_stopped = [] { ++stops; };
  stops = 0;
  GuestMachine guest(options);
  const auto self = static_cast<std::uint64_t>(guest.call(nr::getpid));
  guest.call(nr::kill, {self, SIGSTOP});
  EXPECT_TRUE(guest.running);
  EXPECT_EQ(stops, 1);
}

TEST(HostProcess, ARequestEndsTheRun) {
  std::atomic<int> request{SIGINT};
  MachineOptions options;
  options.stop_request = &request;
  GuestMachine guest(options);
  Emulator emulator(*guest.machine);
  NoSink sink;
  EXPECT_EQ(emulator.run(sink).kind, RunEnd::Kind::kStopped);
  EXPECT_EQ(emulator.stats().insts, 0U);
}

}  // namespace
}  // namespace m2sim::emu
