#include "timing/memory/store_gather.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kPc = 0x400000;

L1dConfig l1d() { return m2_pcore().l1d; }

TEST(StoreGather, NamesTheBytesOfALine) {
  const StoreGather gather(l1d());
  EXPECT_EQ(gather.bytes_of(0x1000, 1), 1U);
  EXPECT_EQ(gather.bytes_of(0x1008, 8), 0xFF00U);
  EXPECT_EQ(gather.bytes_of(0x103C, 4), 0xF000000000000000U);
  EXPECT_EQ(gather.bytes_of(0x103C, 16), 0xF000000000000000U) << "what is in the next line is not in this";
  EXPECT_EQ(gather.bytes_of(0x1000, 64), ~StoreGather::Bytes{0});
}

TEST(StoreGather, ALineIsWholeWithItsLastByte) {
  for (const std::uint32_t line_bytes : {16U, 32U, 64U}) {
    L1dConfig config = l1d();
    config.cache.line_bytes = line_bytes;
    StoreGather gather(config);
    StoreGather::Line& line = gather.open(7, 0, kPc, 0, 0);
    for (unsigned byte = 0; byte < line_bytes; ++byte) {
      EXPECT_FALSE(gather.whole(line)) << byte;
      line.bytes |= gather.bytes_of(7 * line_bytes + line_bytes - 1 - byte, 1);
    }
    EXPECT_TRUE(gather.whole(line)) << line_bytes;
  }
}

TEST(StoreGather, ALineOfMoreThan64BytesIsNeverWhole) {
  L1dConfig config = l1d();
  config.cache.line_bytes = 128;
  StoreGather gather(config);
  StoreGather::Line& line = gather.open(7, gather.bytes_of(7 * 128, 64), kPc, 7 * 128, 0);
  EXPECT_FALSE(gather.whole(line));
  EXPECT_FALSE(gather.has_written(7, gather.bytes_of(7 * 128, 8), 0)) << "nor does it know what was written";
}

TEST(StoreGather, PlacesAreUsedInTurn) {
  StoreGather gather(l1d());
  const std::uint64_t places = l1d().gather_lines;
  EXPECT_EQ(gather.find(100), nullptr);
  for (std::uint64_t n = 0; n < places; ++n) {
    EXPECT_EQ(gather.place().number, StoreGather::kNone);
    gather.open(100 + n, n + 1, kPc + n, 0, 0);
  }
  EXPECT_EQ(gather.place().number, 100U) << "the oldest has to go";
  gather.close(*gather.find(101), 500);
  EXPECT_EQ(gather.find(101), nullptr);
  gather.close(gather.place(), 900);
  EXPECT_EQ(gather.place().free, 900U);
  gather.open(200, 1, kPc, 0, 0);
  EXPECT_EQ(gather.place().number, StoreGather::kNone);
  EXPECT_EQ(gather.place().free, 500U);
  for (std::uint64_t n = 2; n < places; ++n) {
    ASSERT_NE(gather.find(100 + n), nullptr);
    EXPECT_EQ(gather.find(100 + n)->bytes, n + 1);
    EXPECT_EQ(gather.find(100 + n)->pc, kPc + n);
  }
}

TEST(StoreGather, ALineIsDueAfterSoManyCycles) {
  StoreGather gather(l1d());
  const StoreGather::Line& line = gather.open(7, 1, kPc, 0, 5000);
  EXPECT_FALSE(StoreGather::is_due(line, 5000 + l1d().gather_cycles));
  EXPECT_TRUE(StoreGather::is_due(line, 5000 + l1d().gather_cycles + 1));
}

TEST(StoreGather, RemembersWhatIsWrittenToALineOnItsWay) {
  StoreGather gather(l1d());
  constexpr Cycle kReady = 5000;
  EXPECT_FALSE(gather.has_written(9, 0xF, kReady));
  gather.written(9, 0xF, kReady);
  gather.written(9, 0xF0, kReady);
  EXPECT_TRUE(gather.has_written(9, 0x3C, kReady)) << "of both";
  EXPECT_FALSE(gather.has_written(9, 0x1F0, kReady)) << "one byte is not";
  EXPECT_FALSE(gather.has_written(9, 0xF, kReady + 1)) << "that line has gone and comes anew";
  EXPECT_FALSE(gather.has_written(10, 0xF, kReady));
  gather.written(9, 0x100, kReady + 1);
  EXPECT_FALSE(gather.has_written(9, 0xF, kReady + 1));
}

}  // namespace
}  // namespace m2sim::timing
