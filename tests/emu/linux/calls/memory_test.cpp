#include <gtest/gtest.h>

#include <cerrno>

#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;
namespace nr = testing::nr;

constexpr std::uint64_t kNoFd = static_cast<std::uint64_t>(-1);
constexpr std::uint64_t kReadWrite = 3;
constexpr std::uint64_t kPrivateAnonymous = 0x22;
constexpr std::uint64_t kFixed = 0x10;
constexpr std::uint64_t kFixedNoReplace = 0x100000;

std::int64_t map_pages(GuestMachine& guest, std::uint64_t pages) {
  return guest.call(nr::mmap, {0, pages * kGuestPage, kReadWrite, kPrivateAnonymous, kNoFd, 0});
}

TEST(SyscallMemory, BrkGrowsAndShrinksTheHeap) {
  GuestMachine guest;
  const auto start = static_cast<std::uint64_t>(guest.call(nr::brk));
  EXPECT_EQ(start % kGuestPage, 0U);
  EXPECT_EQ(guest.call(nr::brk, {start + 100}), static_cast<std::int64_t>(start + 100));
  EXPECT_TRUE(guest.memory().allows(start, 100, kProtWrite));
  EXPECT_EQ(guest.call(nr::brk, {start + 5 * kGuestPage}), static_cast<std::int64_t>(start + 5 * kGuestPage));
  guest.memory().write_value(start + 4 * kGuestPage, 77);
  EXPECT_EQ(guest.call(nr::brk, {start + kGuestPage}), static_cast<std::int64_t>(start + kGuestPage));
  EXPECT_FALSE(guest.memory().allows(start + kGuestPage, 1, kProtRead));
  guest.call(nr::brk, {start + 5 * kGuestPage});
  EXPECT_EQ(guest.get<int>(start + 4 * kGuestPage), 0) << "given back and taken again: zero";
}

TEST(SyscallMemory, BrkThatCannotBeGrantedChangesNothing) {
  GuestMachine guest;
  const std::int64_t start = guest.call(nr::brk);
  EXPECT_EQ(guest.call(nr::brk, {1}), start);
  EXPECT_EQ(guest.call(nr::brk, {UINT64_MAX}), start);
  const auto wall = static_cast<std::uint64_t>(start) + 2 * kGuestPage;
  ASSERT_TRUE(guest.memory().map(wall, kGuestPage, kProtRead, "wall"));
  EXPECT_EQ(guest.call(nr::brk, {wall + 1}), start);
  EXPECT_EQ(guest.memory().region_at(wall)->name, "wall");
}

TEST(SyscallMemory, MmapGivesZeroPagesAtGuestPageBorders) {
  GuestMachine guest;
  const std::int64_t at = guest.call(nr::mmap, {0, 100, kReadWrite, kPrivateAnonymous, kNoFd, 0});
  ASSERT_GT(at, 0);
  EXPECT_EQ(at % static_cast<std::int64_t>(kGuestPage), 0);
  EXPECT_TRUE(guest.memory().allows(static_cast<std::uint64_t>(at), kGuestPage, kProtWrite));
  EXPECT_NE(map_pages(guest, 1), at);
}

TEST(SyscallMemory, MmapChecksItsArguments) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::mmap, {0, 0, kReadWrite, kPrivateAnonymous, kNoFd, 0}), -EINVAL);
  EXPECT_EQ(guest.call(nr::mmap, {0, 100, kReadWrite, 0x20, kNoFd, 0}), -EINVAL)
      << "neither shared nor private";
  EXPECT_EQ(guest.call(nr::mmap, {0, UINT64_MAX, kReadWrite, kPrivateAnonymous, kNoFd, 0}), -ENOMEM);
  EXPECT_EQ(guest.call(nr::mmap, {0, 100, kReadWrite, 2, 99, 0}), -EBADF);
  EXPECT_EQ(guest.call(nr::mmap, {0x1001, 100, kReadWrite, kPrivateAnonymous | kFixed, kNoFd, 0}), -EINVAL);
  EXPECT_EQ(guest.call(nr::mmap, {GuestMachine::kScratch, 100, kReadWrite,
                                  kPrivateAnonymous | kFixedNoReplace, kNoFd, 0}),
            -EEXIST);
}

TEST(SyscallMemory, HintsThatAForkHasNoRoomForAreNotTaken) {
  GuestMachine guest;
  guest.memory().set_search_top(std::uint64_t{1} << 39U);
  const auto at = [&guest](std::uint64_t address, std::uint64_t more) {
    return static_cast<std::uint64_t>(
        guest.call(nr::mmap, {address, kGuestPage, kReadWrite, kPrivateAnonymous | more, kNoFd, 0}));
  };
  constexpr std::uint64_t kLow = 0xc000000000;
  EXPECT_EQ(at(kLow, 0), kLow);
  constexpr std::uint64_t kHigh = 0x33537a5c0000;  // as V8 draws them
  EXPECT_LT(at(kHigh, 0), std::uint64_t{1} << 39U);
  EXPECT_NO_THROW(Memory(guest.memory(), Memory::Copy{}));
  if (kHigh < guest.memory().limit()) {
    EXPECT_EQ(at(kHigh, kFixed), kHigh) << "who insists gets it";
  }
}

TEST(SyscallMemory, FixedMappingsReplace) {
  GuestMachine guest;
  const std::uint64_t at = guest.put(0, 5);
  EXPECT_EQ(guest.call(nr::mmap, {at, 100, kReadWrite, kPrivateAnonymous | kFixed, kNoFd, 0}),
            static_cast<std::int64_t>(at));
  EXPECT_EQ(guest.get<int>(at), 0);
}

TEST(SyscallMemory, MapsFilesPrivatelyAndShared) {
  GuestMachine guest;
  const std::string path = guest.directory.file("data", std::vector<std::byte>(kGuestPage, std::byte{'x'}));
  const std::int64_t fd = guest.call(nr::openat, {testing::kCwd, guest.text(0, path), 2});
  ASSERT_GE(fd, 3);
  const auto file = static_cast<std::uint64_t>(fd);
  const auto hidden = static_cast<std::uint64_t>(guest.call(nr::mmap, {0, 100, kReadWrite, 2, file, 0}));
  const auto shared = static_cast<std::uint64_t>(guest.call(nr::mmap, {0, 100, kReadWrite, 1, file, 0}));
  EXPECT_EQ(guest.get<char>(hidden + 50), 'x');
  ASSERT_TRUE(guest.memory().write_value(hidden, 'p'));
  ASSERT_TRUE(guest.memory().write_value(shared + 1, 's'));
  EXPECT_EQ(guest.call(nr::pread64, {file, GuestMachine::kScratch, 2, 0}), 2);
  EXPECT_EQ(guest.get<char>(GuestMachine::kScratch), 'x');
  EXPECT_EQ(guest.get<char>(GuestMachine::kScratch + 1), 's');
}

TEST(SyscallMemory, ProtectAndUnmapTakeEffect) {
  GuestMachine guest;
  const auto at = static_cast<std::uint64_t>(map_pages(guest, 3));
  EXPECT_EQ(guest.call(nr::mprotect, {at + kGuestPage, kGuestPage, 1}), 0);
  EXPECT_FALSE(guest.memory().allows(at, 3 * kGuestPage, kProtWrite));
  EXPECT_EQ(guest.call(nr::munmap, {at + kGuestPage, kGuestPage}), 0);
  EXPECT_EQ(guest.call(nr::mprotect, {at, 3 * kGuestPage, 3}), -ENOMEM);
  EXPECT_EQ(guest.call(nr::munmap, {at + 1, kGuestPage}), -EINVAL);
  EXPECT_EQ(guest.call(nr::munmap, {at, 0}), -EINVAL);
}

TEST(SyscallMemory, MremapGrowsInPlaceOrMovesWithTheContent) {
  GuestMachine guest;
  const auto at = static_cast<std::uint64_t>(map_pages(guest, 1));
  const auto below = static_cast<std::uint64_t>(map_pages(guest, 1));
  ASSERT_LT(below, at);
  guest.memory().write_value(below, 31);
  EXPECT_EQ(guest.call(nr::mremap, {below, kGuestPage, 2 * kGuestPage, 0}), -ENOMEM);
  const auto moved =
      static_cast<std::uint64_t>(guest.call(nr::mremap, {below, kGuestPage, 2 * kGuestPage, 1}));
  EXPECT_NE(moved, below);
  EXPECT_EQ(guest.get<int>(moved), 31);
  EXPECT_TRUE(guest.memory().allows(moved, 2 * kGuestPage, kProtWrite));
  EXPECT_EQ(guest.memory().region_at(below), nullptr);
  EXPECT_EQ(guest.call(nr::mremap, {moved, 2 * kGuestPage, kGuestPage, 0}), static_cast<std::int64_t>(moved));
  EXPECT_EQ(guest.call(nr::mremap, {GuestMachine::kBad, kGuestPage, kGuestPage, 0}), -EFAULT);
}

TEST(SyscallMemory, MadviseDontNeedZeroes) {
  GuestMachine guest;
  const auto at = static_cast<std::uint64_t>(map_pages(guest, 1));
  guest.memory().write_value(at, 31);
  EXPECT_EQ(guest.call(nr::madvise, {at, kGuestPage, 4}), 0);
  EXPECT_EQ(guest.get<int>(at), 0);
  EXPECT_EQ(guest.call(nr::madvise, {GuestMachine::kBad, kGuestPage, 4}), -ENOMEM);
  const std::uint64_t epoch = guest.memory().code_epoch();
  EXPECT_TRUE(guest.memory().protect(at, kGuestPage, kProtRead | kProtExec));
  EXPECT_EQ(guest.memory().code_epoch(), epoch);
  std::uint32_t word = 0;
  EXPECT_TRUE(guest.memory().fetch(*guest.memory().region_at(at), at, word));
  EXPECT_EQ(guest.call(nr::madvise, {at, kGuestPage, 4}), 0);
  EXPECT_GT(guest.memory().code_epoch(), epoch) << "decoded code is gone";
}

TEST(SyscallMemory, MovesNothingToTheNullPage) {
  GuestMachine guest;
  const auto at = static_cast<std::uint64_t>(map_pages(guest, 1));
  EXPECT_EQ(guest.call(nr::mremap, {at, kGuestPage, kGuestPage, 3, 0}), -EPERM);
}

}  // namespace
}  // namespace m2sim::emu
