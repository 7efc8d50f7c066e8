#include "timing/context.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace m2sim::timing {
namespace {

constexpr std::uint64_t kAddress = 0x0000'7fff'1234'5678;

struct Spaces {
  std::array<emu::Block, 4> blocks{};
  std::vector<const emu::Block*> pointers;
  std::vector<std::uint64_t> words = std::vector<std::uint64_t>(1);

  // Block i belongs to address space i.
  Spaces() {
    for (std::uint32_t i = 0; i < blocks.size(); ++i) {
      blocks[i].id = i;
      blocks[i].space = i;
      pointers.push_back(&blocks[i]);
    }
  }
  emu::RetiredBatch batch(std::uint64_t space, std::uint32_t task) {
    words.front() = space;
    return {words, pointers, emu::kNoBlock, task};
  }
};

TEST(Context, ASwitchIsAnotherTaskOrAnotherProgram) {
  Spaces spaces;
  Context context;
  EXPECT_FALSE(context.follow(spaces.batch(0, 0))) << "the first program's first thread";
  EXPECT_FALSE(context.follow(spaces.batch(0, 0)));
  EXPECT_TRUE(context.follow(spaces.batch(0, 1))) << "another thread of the program";
  EXPECT_FALSE(context.follow(spaces.batch(0, 1)));
  EXPECT_TRUE(context.follow(spaces.batch(2, 1))) << "another program in the same thread";
  EXPECT_FALSE(context.follow(spaces.batch(2, 1)));
  EXPECT_TRUE(context.follow(spaces.batch(0, 0))) << "back";
}

TEST(Context, ABatchWithoutRecordsChangesNothing) {
  Spaces spaces;
  Context context;
  context.follow(spaces.batch(1, 1));
  const std::uint64_t located = context.locate(kAddress);
  EXPECT_FALSE(context.follow({{}, spaces.pointers, emu::kNoBlock, 3}));
  EXPECT_EQ(context.locate(kAddress), located);
  EXPECT_FALSE(context.follow(spaces.batch(1, 1)));
}

TEST(Context, TheSameAddressIsAnotherPlaceInEachSpace) {
  Spaces spaces;
  Context context;
  std::set<std::uint64_t> places;
  for (std::uint64_t space = 0; space < spaces.blocks.size(); ++space) {
    context.follow(spaces.batch(space, 0));
    EXPECT_TRUE(places.insert(context.locate(kAddress)).second) << space;
    EXPECT_EQ(context.locate(kAddress + 64), context.locate(kAddress) + 64) << "lines stay neighbours";
  }
  context.follow(spaces.batch(0, 1));
  EXPECT_EQ(context.locate(kAddress), kAddress) << "threads of a program share its memory";
}

TEST(Context, TheTopByteOfAPointerIsData) {
  Spaces spaces;
  Context context;
  context.follow(spaces.batch(3, 0));
  for (const std::uint64_t tag : {0x01U, 0x80U, 0xffU}) {
    EXPECT_EQ(context.locate(kAddress | tag << 56), context.locate(kAddress));
  }
  EXPECT_NE(context.locate(kAddress ^ std::uint64_t{1} << 47), context.locate(kAddress))
      << "the highest bit of memory";
}

}  // namespace
}  // namespace m2sim::timing
