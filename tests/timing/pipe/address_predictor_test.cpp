#include "timing/pipe/address_predictor.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

using Guess = AddressPredictor::Guess;

constexpr std::uint64_t kPc = 0x400000;
constexpr std::uint64_t kPage = 16384;
constexpr std::uint64_t kData = 100 * kPage;
constexpr std::uint32_t kTimes = 20;  // agreements that it takes

CoreConfig config() {
  CoreConfig core = m2_pcore();
  core.lsq.address_confirmations = kTimes;
  core.lsq.address_max_stride = 256;
  return core;
}

// The first of the loads at these steps that was foretold right; `most`: none of so many was.
unsigned first_right(std::uint64_t stride, unsigned most) {
  AddressPredictor predictor(config());
  for (unsigned i = 0; i < most; ++i) {
    const Guess guess = predictor.observe(kPc, kData + i * stride);
    EXPECT_NE(guess, Guess::kWrong);
    if (guess == Guess::kRight) return i;
  }
  return most;
}

TEST(AddressPredictor, ForetellsPlacesAndStridesThatHaveAgreedOften) {
  EXPECT_EQ(first_right(0, 100), kTimes + 1) << "the first says where, the others agree";
  EXPECT_EQ(first_right(8, 100), kTimes + 2) << "the second says by how much";
  EXPECT_EQ(first_right(256, 63), kTimes + 2);
  EXPECT_EQ(first_right(264, 62), 62U) << "too far";
}

TEST(AddressPredictor, StridesGoDown) {
  AddressPredictor predictor(config());
  Guess last = Guess::kNone;
  for (unsigned i = 0; i < kTimes + 3; ++i) last = predictor.observe(kPc, kData + 8192 - 64 * i);
  EXPECT_EQ(last, Guess::kRight);
}

TEST(AddressPredictor, SaysNothingAcrossAPage) {
  AddressPredictor predictor(config());
  unsigned silent = 0;
  for (unsigned i = 0; i < 2 * kPage / 64; ++i) {
    const Guess guess = predictor.observe(kPc, kData + 64 * i);
    ASSERT_NE(guess, Guess::kWrong);
    if (i > kTimes + 2 && guess == Guess::kNone) ++silent;
  }
  EXPECT_EQ(silent, 1U);
}

TEST(AddressPredictor, IsWrongOnceAndBeginsAnew) {
  AddressPredictor predictor(config());
  for (unsigned i = 0; i < 100; ++i) predictor.observe(kPc, kData);
  EXPECT_EQ(predictor.observe(kPc, kData + 4096), Guess::kWrong);
  for (unsigned i = 0; i < kTimes; ++i) ASSERT_EQ(predictor.observe(kPc, kData + 4096), Guess::kNone);
  EXPECT_EQ(predictor.observe(kPc, kData + 4096), Guess::kRight);
}

TEST(AddressPredictor, DoesNotFollowLoadsThatMiss) {
  AddressPredictor predictor(config());
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_EQ(predictor.observe(kPc, kData), Guess::kNone);
    if (i % kTimes == 0) predictor.missed(kPc);
  }
}

TEST(AddressPredictor, KnowsALoadByItsWholeAddress) {
  AddressPredictor predictor(config());
  const std::uint64_t other = kPc + (std::uint64_t{4} << config().lsq.address_index_bits);
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_EQ(predictor.observe(kPc, kData), Guess::kNone);
    EXPECT_EQ(predictor.observe(other, kData), Guess::kNone) << "one puts the other out";
  }
}

TEST(AddressPredictor, OneReadsAheadInACycle) {
  AddressPredictor predictor(config());
  EXPECT_EQ(predictor.turn(10), 10U);
  predictor.take_turn(10);
  EXPECT_EQ(predictor.turn(10), 11U);
  predictor.take_turn(11);
  EXPECT_EQ(predictor.turn(5), 12U);
  EXPECT_EQ(predictor.turn(20), 20U);
}

TEST(AddressPredictor, TheM1HasNone) {
  EXPECT_FALSE(AddressPredictor(m1_pcore()).present());
  EXPECT_TRUE(AddressPredictor(m2_pcore()).present());
}

}  // namespace
}  // namespace m2sim::timing
