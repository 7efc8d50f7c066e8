#include "emu/memory/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace m2sim::emu {
namespace {

constexpr std::uint64_t kAt = 0x100000;
constexpr std::uint8_t kReadWrite = kProtRead | kProtWrite;

TEST(Memory, MapsZeroFilledPagesWithProtection) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, 2 * kGuestPage, kReadWrite, "data"));
  std::uint64_t value = 1;
  EXPECT_TRUE(memory.read_value(kAt + 2 * kGuestPage - 8, value));
  EXPECT_EQ(value, 0U);
  EXPECT_TRUE(memory.write_value(kAt + 4, std::uint64_t{42}));
  EXPECT_EQ(std::to_integer<int>(memory.base()[kAt + 4]), 42);
  ASSERT_TRUE(memory.protect(kAt, kGuestPage, kProtRead));
  EXPECT_FALSE(memory.write_value(kAt + 4, value));
  EXPECT_TRUE(memory.read_value(kAt + 4, value));
  EXPECT_EQ(value, 42U);
  ASSERT_TRUE(memory.protect(kAt, kGuestPage, kProtNone));
  EXPECT_FALSE(memory.read_value(kAt + 4, value));
}

TEST(Memory, RefusesRangesThatAreEmptyUnalignedOrBeyondTheLimit) {
  Memory memory;
  EXPECT_FALSE(memory.map(kAt, 0, kReadWrite, ""));
  EXPECT_FALSE(memory.map(kAt + 1, kGuestPage, kReadWrite, ""));
  EXPECT_FALSE(memory.map(kAt, 100, kReadWrite, ""));
  EXPECT_FALSE(memory.map(memory.limit(), kGuestPage, kReadWrite, ""));
  EXPECT_FALSE(memory.map(memory.limit() - kGuestPage, 2 * kGuestPage, kReadWrite, ""));
  EXPECT_FALSE(memory.map(kAt, UINT64_MAX - kGuestPage + 1, kReadWrite, ""));
  EXPECT_TRUE(memory.regions().empty());
  EXPECT_TRUE(memory.map(memory.limit() - kGuestPage, kGuestPage, kReadWrite, ""));
  EXPECT_FALSE(memory.allows(memory.limit() - 4, 8, kProtRead));
}

TEST(Memory, CopiesThatStraddleAHoleOrAForbiddenPageFail) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, "a"));
  ASSERT_TRUE(memory.map(kAt + kGuestPage, kGuestPage, kProtRead, "b"));
  std::uint64_t value = 7;
  const std::uint64_t border = kAt + kGuestPage - 4;
  EXPECT_TRUE(memory.read_value(border, value));
  EXPECT_FALSE(memory.write_value(border, value));
  EXPECT_EQ(memory.accessible(border, 8, kProtWrite), 4U);
  const std::uint64_t end = kAt + 2 * kGuestPage;
  EXPECT_FALSE(memory.read_value(end - 4, value));
  EXPECT_EQ(memory.accessible(end - 4, 100, kProtRead), 4U);
  EXPECT_FALSE(memory.read_value(kAt - 4, value));
  EXPECT_FALSE(memory.read_value(UINT64_MAX - 3, value));
  EXPECT_TRUE(memory.read(UINT64_MAX, &value, 0));
}

TEST(Memory, ReplacingAndUnmappingSplitsRegions) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, 8 * kGuestPage, kReadWrite, "whole"));
  ASSERT_TRUE(memory.map(kAt + 2 * kGuestPage, kGuestPage, kProtRead, "middle"));
  ASSERT_TRUE(memory.unmap(kAt + 5 * kGuestPage, kGuestPage));
  ASSERT_EQ(memory.regions().size(), 4U);
  EXPECT_EQ(memory.region_at(kAt + 2 * kGuestPage)->name, "middle");
  EXPECT_EQ(memory.region_at(kAt + 3 * kGuestPage)->begin, kAt + 3 * kGuestPage);
  EXPECT_EQ(memory.region_at(kAt + 5 * kGuestPage), nullptr);
  EXPECT_FALSE(memory.protect(kAt, 8 * kGuestPage, kProtRead)) << "a hole inside";
  EXPECT_TRUE(memory.allows(kAt, kGuestPage, kProtWrite)) << "a refused change changes nothing";
  EXPECT_TRUE(memory.is_free(kAt + 5 * kGuestPage, kGuestPage));
  EXPECT_FALSE(memory.is_free(kAt + 5 * kGuestPage, 2 * kGuestPage));
}

TEST(Memory, NeighboursWithEqualRightsAndNamesAreOneRegion) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, "[heap]"));
  ASSERT_TRUE(memory.map(kAt + 2 * kGuestPage, kGuestPage, kReadWrite, "[heap]"));
  ASSERT_TRUE(memory.map(kAt + kGuestPage, kGuestPage, kReadWrite, "[heap]"));
  ASSERT_EQ(memory.regions().size(), 1U);
  EXPECT_EQ(memory.regions()[0], (Region{kAt, kAt + 3 * kGuestPage, kReadWrite, "[heap]"}));
}

TEST(Memory, RemappedPagesAreZeroAgain) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, ""));
  ASSERT_TRUE(memory.write_value(kAt, 1234));
  ASSERT_TRUE(memory.unmap(kAt, kGuestPage));
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, ""));
  int value = 1;
  ASSERT_TRUE(memory.read_value(kAt, value));
  EXPECT_EQ(value, 0);
}

TEST(Memory, FindsTheHighestHoleThatIsLargeEnough) {
  Memory memory;
  memory.set_search_top(kAt + 8 * kGuestPage + 100);
  EXPECT_EQ(memory.find_free(1), kAt + 7 * kGuestPage);
  ASSERT_TRUE(memory.map(kAt + 6 * kGuestPage, kGuestPage, kReadWrite, ""));
  ASSERT_TRUE(memory.map(kAt + 3 * kGuestPage, 4096, kReadWrite, "")) << "less than a guest page";
  EXPECT_EQ(memory.find_free(kGuestPage), kAt + 7 * kGuestPage);
  EXPECT_EQ(memory.find_free(2 * kGuestPage), kAt + 4 * kGuestPage);
  EXPECT_EQ(memory.find_free(3 * kGuestPage), kAt);
  EXPECT_GT(memory.find_free(kAt).value(), kAt)
      << "too large for there: above, and the lowest pages stay free";
  EXPECT_EQ(memory.find_free(UINT64_MAX), std::nullopt);
}

TEST(Memory, WhatIsTooLargeLiesWhereACopyFindsRoom) {
  Memory memory;
  constexpr std::uint64_t kStackEnd = std::uint64_t{1} << 39U;
  constexpr std::uint64_t kLarge = std::uint64_t{1} << 39U;
  memory.set_search_top(kStackEnd - 8 * kGuestPage);
  ASSERT_EQ(memory.find_free(kLarge), kStackEnd);
  ASSERT_TRUE(memory.map(kStackEnd + kGuestPage, kGuestPage, kReadWrite, ""));
  EXPECT_EQ(memory.find_free(kLarge), kStackEnd + 2 * kGuestPage) << "above what is in the way";
  ASSERT_TRUE(memory.map(kStackEnd + 2 * kGuestPage, kLarge, kReadWrite, ""));
  EXPECT_EQ(memory.find_free(kLarge), kStackEnd + 2 * kGuestPage + kLarge);
  EXPECT_NO_THROW(Memory(memory, Memory::Copy{}));
}

TEST(Memory, ThereIsRoomForManyBesideTheFirst) {
  constexpr std::uint64_t kLayout = std::uint64_t{1} << 39U;
  Memory first;
  ASSERT_TRUE(first.map(kLayout - 2 * kGuestPage, kGuestPage, kReadWrite, ""));
  std::vector<std::unique_ptr<Memory>> others;
  for (int i = 0; i < 20; ++i) {
    others.push_back(std::make_unique<Memory>());  // exec
    EXPECT_GE(others.back()->limit(), kLayout);
    others.push_back(std::make_unique<Memory>(first, Memory::Copy{}));
    EXPECT_GE(others.back()->limit(), kLayout);
  }
}

TEST(Memory, CodeEpochGrowsOnlyWhenDecodedPagesChange) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, ""));
  ASSERT_TRUE(memory.map(kAt + kGuestPage, kGuestPage, kProtRead | kProtExec, ""));
  const std::uint64_t before = memory.code_epoch();
  ASSERT_TRUE(memory.protect(kAt, kGuestPage, kProtRead));
  ASSERT_TRUE(memory.unmap(kAt, kGuestPage));
  ASSERT_TRUE(memory.protect(kAt + kGuestPage, kGuestPage, kProtRead));
  ASSERT_TRUE(memory.protect(kAt + kGuestPage, kGuestPage, kProtRead | kProtExec));
  EXPECT_EQ(memory.code_epoch(), before) << "no block was made of it yet";
  const auto decode = [&memory] {
    std::uint32_t word = 0;
    ASSERT_TRUE(memory.fetch(*memory.region_at(kAt + kGuestPage), kAt + kGuestPage, word));
  };
  decode();
  ASSERT_TRUE(memory.protect(kAt + kGuestPage, kGuestPage, kProtRead));
  const std::uint64_t after = memory.code_epoch();
  EXPECT_GT(after, before);
  ASSERT_TRUE(memory.protect(kAt + kGuestPage, kGuestPage, kProtRead | kProtExec));
  decode();
  ASSERT_TRUE(memory.unmap(kAt + kGuestPage, kGuestPage));
  EXPECT_GT(memory.code_epoch(), after);
}

TEST(Memory, LoaderMayWriteIntoReadOnlyPagesAndLeavesThemSo) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kProtRead | kProtExec, "code"));
  ASSERT_TRUE(memory.map(kAt + kGuestPage, kGuestPage, kReadWrite, "data"));
  const std::string text = "across the border";
  ASSERT_TRUE(memory.write_any(kAt + kGuestPage - 6, text.c_str(), text.size() + 1));
  EXPECT_EQ(memory.read_string(kAt + kGuestPage - 6, 100), text);
  EXPECT_FALSE(memory.write_value(kAt, 1));
  EXPECT_FALSE(memory.write_any(kAt + 2 * kGuestPage - 1, text.c_str(), 2));
}

TEST(Memory, StringsNeedTheirZeroInReadableMemory) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, ""));
  const std::string text = "no end";
  const std::uint64_t at = kAt + kGuestPage - text.size();
  ASSERT_TRUE(memory.write(at, text.data(), text.size()));
  EXPECT_EQ(memory.read_string(at, 4096), std::nullopt);
  EXPECT_EQ(memory.read_string(kAt, 0), std::nullopt);
  ASSERT_TRUE(memory.write_value(at + 2, char{0}));
  EXPECT_EQ(memory.read_string(at, 4096), "no");
  EXPECT_EQ(memory.read_string(at, 2), std::nullopt) << "the zero is the third byte";
  EXPECT_EQ(memory.read_string(at, 3), "no");
}

TEST(Memory, MovesPagesAndGrowsThem) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kReadWrite, "old"));
  ASSERT_TRUE(memory.write_value(kAt + 8, 99));
  const std::uint64_t to = kAt + 16 * kGuestPage;
  EXPECT_FALSE(memory.move(kAt, kGuestPage, kAt, 2 * kGuestPage)) << "overlap";
  EXPECT_FALSE(memory.move(kAt + kGuestPage, kGuestPage, to, kGuestPage)) << "nothing there";
  ASSERT_TRUE(memory.move(kAt, kGuestPage, to, 2 * kGuestPage));
  EXPECT_EQ(memory.region_at(kAt), nullptr);
  int value = 0;
  ASSERT_TRUE(memory.read_value(to + 8, value));
  EXPECT_EQ(value, 99);
  EXPECT_TRUE(memory.allows(to, 2 * kGuestPage, kReadWrite));
}

TEST(Memory, BytesBehindTheEndOfAMappedFileAreAFaultAndNotACrash) {
  Memory memory;
  const int fd = ::memfd_create("short", MFD_CLOEXEC);
  ASSERT_EQ(::write(fd, "abc", 3), 3);
  ASSERT_TRUE(memory.map_file(kAt, 2 * kGuestPage, kProtRead, "short", {fd, 0, false}));
  char byte = 0;
  EXPECT_TRUE(memory.read_value(kAt + 1, byte));
  EXPECT_EQ(byte, 'b');
  EXPECT_EQ(memory.read_string(kAt, 100), "abc");
  EXPECT_FALSE(memory.read_value(kAt + kGuestPage, byte));
  EXPECT_EQ(memory.read_string(kAt + kGuestPage, 100), std::nullopt);
  ::close(fd);
}

TEST(Memory, HostPagesObeyTheSameProtection) {
  Memory memory;
  ASSERT_TRUE(memory.map(kAt, kGuestPage, kProtRead, ""));
  EXPECT_DEATH({ memory.base()[kAt] = std::byte{1}; }, "");
  EXPECT_DEATH({ memory.base()[kAt + kGuestPage] = std::byte{1}; }, "");
  EXPECT_DEATH({ memory.base()[memory.limit()] = std::byte{1}; }, "");
  EXPECT_DEATH({ memory.base()[memory.limit() + kMemoryGuard - 1] = std::byte{1}; }, "");
}

TEST(Memory, FetchStopsWhereAMappedFileEnds) {
  const int fd = ::memfd_create("short", MFD_CLOEXEC);
  ASSERT_EQ(::ftruncate(fd, 100), 0);
  Memory memory;
  ASSERT_TRUE(memory.map_file(kAt, 2 * kGuestPage, kProtRead | kProtExec, "short", {fd, 0, false}));
  std::uint32_t word = 1;
  EXPECT_TRUE(memory.fetch(*memory.region_at(kAt), kAt + 8, word));
  EXPECT_EQ(word, 0U);
  EXPECT_FALSE(memory.fetch(*memory.region_at(kAt), kAt + kGuestPage, word));
  ::close(fd);
}

}  // namespace
}  // namespace m2sim::emu
