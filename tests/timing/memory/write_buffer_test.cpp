#include "timing/memory/write_buffer.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

TEST(WriteBuffer, HasRoomUntilItIsFullAndThenAsTheChannelTakesWrites) {
  constexpr std::uint32_t kEntries = 4;
  constexpr Cycle kEach = 16;
  Bandwidth channel(1.0 / kEach, 1);
  WriteBuffer buffer(kEntries);
  constexpr Cycle kNow = 8000;
  // The first one goes out at once and takes no place.
  for (std::uint32_t i = 0; i < kEntries + 1; ++i) {
    EXPECT_EQ(buffer.room(kNow), kNow);
    buffer.write(channel, kNow);
  }
  for (Cycle i = 1; i < 20; ++i) {
    const Cycle room = buffer.room(kNow);
    EXPECT_EQ(room, kNow + i * kEach) << "when the channel takes the oldest";
    buffer.write(channel, room);
  }
  EXPECT_EQ(buffer.room(kNow + 1000 * kEach), kNow + 1000 * kEach);
}

TEST(WriteBuffer, WritesOfLaterTimeFillItForNobodyBefore) {
  Bandwidth channel(1.0 / 16, 1);
  WriteBuffer buffer(2);
  for (int i = 0; i < 10; ++i) buffer.write(channel, 16'000);
  EXPECT_GT(buffer.room(16'000), 16'000U);
  EXPECT_EQ(buffer.room(15'000), 15'000U);
}

// A buffer is for bursts: in the long run writes go as fast as their channel.
TEST(WriteBuffer, SharesItsChannelWithWhoElseUsesIt) {
  constexpr Cycle kEach = 4;
  Bandwidth channel(1.0 / kEach, 1);
  WriteBuffer buffer(8);
  Cycle now = 4000;
  for (int i = 0; i < 1000; ++i) {
    now = buffer.room(now);
    buffer.write(channel, now);
    channel.take(now);  // a read
  }
  EXPECT_NEAR(static_cast<double>(now - 4000), 1000.0 * 2 * kEach, 32.0 * kEach);
}

}  // namespace
}  // namespace m2sim::timing
