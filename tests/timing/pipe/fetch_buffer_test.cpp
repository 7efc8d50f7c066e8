// When a window fits between fetch and rename.
#include "timing/pipe/fetch_buffer.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

TEST(FetchBuffer, AWindowIsFetchedWhenAllOfItFits) {
  constexpr unsigned kCapacity = 20;
  constexpr unsigned kWindow = 8;
  FetchBuffer buffer(kCapacity, kWindow);
  std::uint64_t inside = 0;
  for (unsigned i = 0; i < 200; ++i) {
    EXPECT_EQ(buffer.has_room(), inside + kWindow <= kCapacity) << inside;
    if (buffer.has_room()) {
      buffer.fetch(1 + i % kWindow);
      inside += 1 + i % kWindow;
    } else {
      buffer.leave(1);
      --inside;
    }
  }
}

TEST(FetchBuffer, NamesTheInstructionThatMustHaveLeft) {
  FetchBuffer buffer(10, 4);
  EXPECT_EQ(buffer.must_have_left(), 0U);
  buffer.fetch(6);
  EXPECT_EQ(buffer.must_have_left(), 0U);
  buffer.fetch(1);
  EXPECT_EQ(buffer.must_have_left(), 1U);
  EXPECT_FALSE(buffer.has_room());
  buffer.leave(1);
  EXPECT_TRUE(buffer.has_room());
  EXPECT_EQ(buffer.left(), 1U);
}

}  // namespace
}  // namespace m2sim::timing
