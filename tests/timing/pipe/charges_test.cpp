// What a full back end is charged to, for every pair of what is full and what the oldest group waits for.
#include "timing/pipe/charges.h"

#include <gtest/gtest.h>

namespace m2sim::timing {
namespace {

constexpr StallReason kFull[] = {StallReason::kRetire, StallReason::kRegisters, StallReason::kScheduler};
constexpr StallReason kMisses[] = {StallReason::kMemoryL2, StallReason::kMemorySlc, StallReason::kMemoryDram};

TEST(Charges, AMissExplainsWhateverIsFull) {
  for (const StallReason full : kFull) {
    for (const StallReason miss : kMisses) EXPECT_EQ(charge_back_end(full, miss), miss);
  }
}

TEST(Charges, AHitExplainsTheWindowButNotTheSchedulers) {
  constexpr StallReason kHit = StallReason::kMemoryL1;
  EXPECT_EQ(charge_back_end(StallReason::kRetire, kHit), kHit);
  EXPECT_EQ(charge_back_end(StallReason::kRegisters, kHit), kHit);
  EXPECT_EQ(charge_back_end(StallReason::kScheduler, kHit), StallReason::kScheduler);
}

TEST(Charges, WhatIsNotMemoryExplainsNothing) {
  for (std::size_t r = 0; r < kStallReasonCount; ++r) {
    const auto reason = static_cast<StallReason>(r);
    if (is_memory(reason)) continue;
    for (const StallReason full : kFull) EXPECT_EQ(charge_back_end(full, reason), full);
  }
}

}  // namespace
}  // namespace m2sim::timing
