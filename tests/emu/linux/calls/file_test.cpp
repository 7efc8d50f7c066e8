#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "emu/linux/fd_table.h"
#include "emu/linux/open_flags.h"
#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;
using testing::kCwd;
namespace nr = testing::nr;

constexpr std::uint64_t kScratch = GuestMachine::kScratch;
constexpr std::uint64_t kBad = GuestMachine::kBad;

std::uint64_t open_new(GuestMachine& guest, const std::string& path) {
  const std::int64_t fd =
      guest.call(nr::openat, {kCwd, guest.text(0, path), O_RDWR | O_CREAT | O_TRUNC, 0644});
  EXPECT_GE(fd, 3);
  return static_cast<std::uint64_t>(fd);
}

TEST(SyscallFile, WritesAndReadsBack) {
  GuestMachine guest;
  const std::uint64_t fd = open_new(guest, guest.directory.file("out"));
  EXPECT_EQ(guest.call(nr::write, {fd, guest.text(100, "hello"), 5}), 5);
  EXPECT_EQ(guest.call(nr::lseek, {fd, 1, SEEK_SET}), 1);
  EXPECT_EQ(guest.call(nr::read, {fd, kScratch + 200, 100}), 4);
  EXPECT_EQ(guest.get_text(kScratch + 200), "ello");
  EXPECT_EQ(guest.call(nr::pwrite64, {fd, kScratch + 100, 1, 4}), 1);
  EXPECT_EQ(guest.call(nr::pread64, {fd, kScratch + 300, 5, 0}), 5);
  EXPECT_EQ(guest.get_text(kScratch + 300), "hellh");
  EXPECT_EQ(guest.call(nr::close, {fd}), 0);
  EXPECT_EQ(guest.call(nr::close, {fd}), -EBADF);
}

TEST(SyscallFile, OpenedFilesAreNeverTheSimulatorsStandardStreams) {
  const int kept = ::dup(0);
  ::close(0);
  FdTable fds;
  EXPECT_FALSE(fds.open(0));
  const int host = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(host, 0);
  EXPECT_EQ(fds.add(host, false), 0);
  EXPECT_GE(fds.host(0), 3);
  if (kept >= 0) {
    ::dup2(kept, 0);
    ::close(kept);
  }
}

TEST(SyscallFile, VectorsGatherAndScatter) {
  GuestMachine guest;
  const std::uint64_t fd = open_new(guest, guest.directory.file("out"));
  const std::array<std::uint64_t, 6> vector = {guest.text(100, "ab"), 2, kBad, 0, guest.text(110, "cd"), 2};
  const std::uint64_t at = guest.put(512, vector);
  EXPECT_EQ(guest.call(nr::writev, {fd, at, 3}), 4);
  EXPECT_EQ(guest.call(nr::pread64, {fd, kScratch + 300, 10, 0}), 4);
  EXPECT_EQ(guest.get_text(kScratch + 300), "abcd");
  EXPECT_EQ(guest.call(nr::writev, {fd, kBad, 1}), -EFAULT);
  EXPECT_EQ(guest.call(nr::writev, {fd, at, 5000}), -EINVAL);
}

TEST(SyscallFile, BadPointersAreEfaultAndPartialOnesStopAtTheBorder) {
  GuestMachine guest;
  const std::uint64_t fd = open_new(guest, guest.directory.file("out"));
  EXPECT_EQ(guest.call(nr::write, {fd, kBad, 1}), -EFAULT);
  EXPECT_EQ(guest.call(nr::read, {fd, testing::kCodeAddress, 1}), -EFAULT) << "read-only memory";
  EXPECT_EQ(guest.call(nr::write, {fd, UINT64_MAX - 3, 8}), -EFAULT);
  const std::uint64_t end = kScratch + GuestMachine::kScratchBytes;
  EXPECT_EQ(guest.call(nr::write, {fd, end - 3, 10}), 3);
  EXPECT_EQ(guest.call(nr::openat, {kCwd, kBad, 0}), -EFAULT);
  EXPECT_EQ(guest.call(nr::openat, {kCwd, 0, 0}), -EFAULT);
  EXPECT_EQ(guest.call(nr::newfstatat, {kCwd, guest.text(0, "/"), kBad, 0}), -EFAULT);
  EXPECT_EQ(guest.call(nr::fstat, {fd, kBad}), -EFAULT);
  EXPECT_EQ(guest.call(nr::getcwd, {kBad, 4096}), -EFAULT);
  EXPECT_EQ(guest.call(nr::pipe2, {kBad, 0}), -EFAULT);
  EXPECT_EQ(guest.call(nr::dup, {0}) >= 0, true);
}

TEST(SyscallFile, StatHasTheLayoutOfArm64) {
  GuestMachine guest;
  const std::string path = guest.directory.file("data", std::vector<std::byte>(1234, std::byte{'x'}));
  struct stat host {};
  ASSERT_EQ(::stat(path.c_str(), &host), 0);
  const std::uint64_t to = kScratch + 1024;
  ASSERT_EQ(guest.call(nr::newfstatat, {kCwd, guest.text(0, path), to, 0}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(to), host.st_dev);
  EXPECT_EQ(guest.get<std::uint64_t>(to + 8), host.st_ino);
  EXPECT_EQ(guest.get<std::uint32_t>(to + 16), host.st_mode);
  EXPECT_EQ(guest.get<std::uint32_t>(to + 20), 1U);
  EXPECT_EQ(guest.get<std::uint32_t>(to + 24), host.st_uid);
  EXPECT_EQ(guest.get<std::int64_t>(to + 48), 1234);
  EXPECT_EQ(guest.get<std::int32_t>(to + 56), host.st_blksize);
  EXPECT_EQ(guest.get<std::int64_t>(to + 64), host.st_blocks);
  EXPECT_EQ(guest.get<std::int64_t>(to + 88), host.st_mtim.tv_sec);
  EXPECT_EQ(guest.get<std::int64_t>(to + 96), host.st_mtim.tv_nsec);
}

TEST(SyscallFile, OpenFlagsOfArm64AreTranslated) {
  EXPECT_EQ(host_open_flags(040000 | O_CLOEXEC), O_DIRECTORY | O_CLOEXEC);
  EXPECT_EQ(host_open_flags(0100000), O_NOFOLLOW);
  EXPECT_EQ(host_open_flags(0200000), O_DIRECT);
  for (const std::uint32_t flag : {040000U, 0100000U, 0200000U, 0400000U, 02000U, 04000U}) {
    EXPECT_EQ(guest_open_flags(host_open_flags(flag)), flag);
  }
  GuestMachine guest;
  const std::string file = guest.directory.file("plain", {});
  EXPECT_EQ(guest.call(nr::openat, {kCwd, guest.text(0, file), 040000}), -ENOTDIR);
  EXPECT_GE(guest.call(nr::openat, {kCwd, guest.text(0, guest.directory.path()), 040000}), 3);
}

TEST(SyscallFile, DescriptorsAreTheGuestsOwn) {
  GuestMachine guest;
  const int secret = ::open("/", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(secret, 3);
  EXPECT_EQ(guest.call(nr::fstat, {static_cast<std::uint64_t>(secret), kScratch}), -EBADF);
  EXPECT_EQ(guest.call(nr::close, {static_cast<std::uint64_t>(secret)}), -EBADF);
  EXPECT_EQ(guest.call(nr::openat, {kCwd, guest.text(0, "/"), 040000}), 3) << "the guest's lowest number";
  EXPECT_EQ(guest.call(nr::close, {1}), 0);
  EXPECT_EQ(guest.call(nr::write, {1, kScratch, 1}), -EBADF);
  EXPECT_GE(::fcntl(1, F_GETFD), 0) << "the simulator still has its standard output";
  EXPECT_EQ(guest.call(nr::dup, {3}), 1) << "the freed number comes first";
  ::close(secret);
}

TEST(SyscallFile, DuplicatesAndTheirFlags) {
  GuestMachine guest;
  const std::uint64_t fd = open_new(guest, guest.directory.file("out"));
  EXPECT_EQ(guest.call(nr::dup3, {fd, 10, O_CLOEXEC}), 10);
  EXPECT_EQ(guest.call(nr::fcntl, {10, F_GETFD}), FD_CLOEXEC);
  EXPECT_EQ(guest.call(nr::fcntl, {fd, F_GETFD}), 0);
  EXPECT_EQ(guest.call(nr::fcntl, {fd, F_DUPFD, 20}), 20);
  EXPECT_EQ(guest.call(nr::fcntl, {fd, F_DUPFD, 5000}), -EINVAL);
  EXPECT_EQ(guest.call(nr::dup3, {fd, fd, 0}), -EINVAL);
  EXPECT_EQ(guest.call(nr::dup3, {fd, 4000, 0}), -EBADF);
  EXPECT_EQ(guest.call(nr::fcntl, {fd, F_GETFL}) & O_ACCMODE, O_RDWR);
  guest.call(nr::write, {20, guest.text(100, "x"), 1});
  EXPECT_EQ(guest.call(nr::lseek, {fd, 0, SEEK_CUR}), 1) << "duplicates share the offset";
}

TEST(SyscallFile, PipesCarryDataAndPollSeesIt) {
  GuestMachine guest;
  ASSERT_EQ(guest.call(nr::pipe2, {kScratch, 0}), 0);
  const auto from = guest.get<std::uint32_t>(kScratch);
  const auto to = guest.get<std::uint32_t>(kScratch + 4);
  struct PollEntry {
    std::int32_t fd;
    std::int16_t events, revents;
  };
  const std::uint64_t entry = guest.put(64, PollEntry{static_cast<std::int32_t>(from), 1, 0});
  const std::uint64_t none = guest.put(128, std::array<std::uint64_t, 2>{});
  EXPECT_EQ(guest.call(nr::ppoll, {entry, 1, none}), 0);
  EXPECT_EQ(guest.call(nr::write, {to, guest.text(100, "ab"), 2}), 2);
  EXPECT_EQ(guest.call(nr::ppoll, {entry, 1, none}), 1);
  EXPECT_EQ(guest.get<PollEntry>(entry).revents, 1);
  const std::uint64_t set = guest.put(256, std::uint64_t{1} << from);
  EXPECT_EQ(guest.call(nr::pselect6, {from + 1, set, 0, 0, none, 0}), 1);
  EXPECT_EQ(guest.get<std::uint64_t>(set), std::uint64_t{1} << from);
  constexpr std::uint64_t kFionread = 0x541b;
  EXPECT_EQ(guest.call(nr::ioctl, {from, kFionread, kScratch + 300}), 0);
  EXPECT_EQ(guest.get<int>(kScratch + 300), 2);
  EXPECT_EQ(guest.call(nr::ioctl, {from, 0x5401, kScratch + 300}), -ENOTTY);
  guest.put(64, PollEntry{77, 1, 0});
  EXPECT_EQ(guest.call(nr::ppoll, {entry, 1, none}), 1);
  EXPECT_EQ(guest.get<PollEntry>(entry).revents, 0x20) << "POLLNVAL";
}

TEST(SyscallFile, WorkingDirectoryIsTheGuestsAlone) {
  GuestMachine guest;
  const std::string path = guest.directory.path();
  char before[4096];
  ASSERT_NE(::getcwd(before, sizeof(before)), nullptr);
  EXPECT_EQ(guest.call(nr::chdir, {guest.text(0, path)}), 0);
  EXPECT_EQ(guest.call(nr::getcwd, {kScratch + 64, 4096}), static_cast<std::int64_t>(path.size() + 1));
  EXPECT_EQ(guest.get_text(kScratch + 64), path);
  EXPECT_EQ(guest.call(nr::getcwd, {kScratch + 64, path.size()}), -ERANGE);
  guest.directory.file("relative");
  EXPECT_GE(guest.call(nr::openat, {kCwd, guest.text(0, "relative"), O_CREAT | O_WRONLY, 0600}), 3);
  EXPECT_EQ(::access((path + "/relative").c_str(), F_OK), 0);
  EXPECT_EQ(guest.call(nr::chdir, {guest.text(0, "relative")}), -ENOTDIR);
  char after[4096];
  ASSERT_NE(::getcwd(after, sizeof(after)), nullptr);
  EXPECT_STREQ(before, after);
}

TEST(SyscallFile, DirectoriesAreMadeListedAndRemoved) {
  GuestMachine guest;
  const std::string inner = guest.directory.path() + "/inner";
  EXPECT_EQ(guest.call(nr::mkdirat, {kCwd, guest.text(0, inner), 0755}), 0);
  EXPECT_EQ(guest.call(nr::mkdirat, {kCwd, kScratch, 0755}), -EEXIST);
  EXPECT_EQ(guest.call(nr::symlinkat, {guest.text(512, "target"), kCwd, guest.text(0, inner + "/link")}), 0);
  EXPECT_EQ(guest.call(nr::readlinkat, {kCwd, kScratch, kScratch + 600, 3}), 3);
  EXPECT_EQ(guest.get_text(kScratch + 600), "tar");
  const std::int64_t fd = guest.call(nr::openat, {kCwd, guest.text(0, inner), 040000});
  const std::int64_t bytes =
      guest.call(nr::getdents64, {static_cast<std::uint64_t>(fd), kScratch + 1024, 4096});
  bool found = false;
  for (std::int64_t at = 0; at < bytes;) {
    const std::uint64_t entry = kScratch + 1024 + static_cast<std::uint64_t>(at);
    found = found || guest.get_text(entry + 19) == "link";
    at += guest.get<std::uint16_t>(entry + 16);
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, guest.text(0, inner + "/link"), 0}), 0);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, guest.text(0, inner), 0x200}), 0);
}

TEST(SyscallFile, ProcShowsTheGuestAndNotTheSimulator) {
  GuestMachine guest;
  const std::int64_t length =
      guest.call(nr::readlinkat, {kCwd, guest.text(0, "/proc/self/exe"), kScratch + 64, 4096});
  EXPECT_EQ(guest.get_text(kScratch + 64).substr(0, static_cast<std::size_t>(length)),
            guest.machine->image().path);
  // Its memory by the guest's own addresses, and nothing where it has none.
  for (const char* name : {"/proc/self/mem", "/proc//self/../self/mem", "/proc/self/task/../mem"}) {
    const std::int64_t memory = guest.call(nr::openat, {kCwd, guest.text(0, name), O_RDWR});
    ASSERT_GE(memory, 0) << name;
    const auto fd = static_cast<std::uint64_t>(memory);
    guest.text(128, "what is here");
    EXPECT_EQ(guest.call(nr::pread64, {fd, kScratch + 512, 13, kScratch + 128}), 13);
    EXPECT_EQ(guest.get_text(kScratch + 512), "what is here");
    guest.text(128, "what is new");
    EXPECT_EQ(guest.call(nr::pwrite64, {fd, kScratch + 128, 12, kScratch + 512}), 12);
    EXPECT_EQ(guest.get_text(kScratch + 512), "what is new");
    EXPECT_EQ(guest.call(nr::pread64, {fd, kScratch + 512, 8, kBad}), -EIO);
    EXPECT_EQ(guest.call(nr::close, {fd}), 0);
  }
  const auto maps =
      static_cast<std::uint64_t>(guest.call(nr::openat, {kCwd, guest.text(0, "/proc/self/maps"), 0}));
  const std::int64_t bytes = guest.call(nr::read, {maps, kScratch + 64, 4000});
  ASSERT_GT(bytes, 0);
  const std::string text = guest.get_text(kScratch + 64);
  EXPECT_NE(text.find("[stack]"), std::string::npos);
  EXPECT_EQ(text.rfind("00400000-", 0), 0U) << text;
}

TEST(SyscallFile, SysrootComesFirstForAbsoluteNames) {
  testing::ScratchDirectory root;
  const std::string name = root.file("only_in_sysroot", std::vector<std::byte>(3, std::byte{'r'}));
  MachineOptions options;
  options.sysroot = root.path() + "/";
  GuestMachine guest(options);
  EXPECT_GE(guest.call(nr::openat, {kCwd, guest.text(0, "/only_in_sysroot"), 0}), 3);
  EXPECT_GE(guest.call(nr::openat, {kCwd, guest.text(0, "/dev/null"), 0}), 3) << "not there: the host's";
}

}  // namespace
}  // namespace m2sim::emu
