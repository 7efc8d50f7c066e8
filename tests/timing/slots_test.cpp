#include "timing/slots.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace m2sim::timing {
namespace {

// The same books kept slot by slot.
class PlainBooks {
 public:
  explicit PlainBooks(std::uint32_t width) : width_(width) {}

  void use(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (taken_ == width_) {
        ++cycle_;
        taken_ = 0;
      }
      charge(StallReason::kBase);
    }
  }
  void advance(Cycle cycle, StallReason reason) {
    for (; cycle_ < cycle; ++cycle_, taken_ = 0) {
      while (taken_ < width_) charge(reason);
    }
  }
  Cycle now() const { return cycle_; }
  std::uint32_t left() const { return width_ - taken_; }
  const std::array<std::uint64_t, kStallReasonCount>& slots() const { return slots_; }

 private:
  void charge(StallReason reason) {
    ++slots_[static_cast<std::size_t>(reason)];
    ++taken_;
  }

  std::uint32_t width_;
  std::uint32_t taken_ = 0;
  Cycle cycle_ = 0;
  std::array<std::uint64_t, kStallReasonCount> slots_{};
};

TEST(SlotLedger, ChargesEachSlotAsBooksKeptSlotBySlot) {
  for (const std::uint32_t width : {1U, 3U, 8U, 64U}) {
    SlotLedger ledger(width);
    PlainBooks plain(width);
    EXPECT_EQ(ledger.width(), width);
    std::mt19937 random(width);
    for (unsigned turn = 0; turn < 20'000; ++turn) {
      if (random() % 3 == 0) {
        const Cycle to = ledger.now() + 1 + random() % 5;
        const auto reason = static_cast<StallReason>(random() % kStallReasonCount);
        ledger.advance(to, reason);
        plain.advance(to, reason);
      } else if (random() % 4 == 0) {
        ledger.find_slot();
        ASSERT_NE(ledger.left(), 0U);
        ledger.use(1);
        plain.use(1);
      } else {
        const auto n = static_cast<std::uint32_t>(random() % (2 * width + 2));
        ledger.use(n);
        plain.use(n);
      }
      ASSERT_EQ(ledger.now(), plain.now());
      ASSERT_EQ(ledger.left(), plain.left());
      // Whole cycles: as many slots as all of them had, also in the middle of another.
      const auto slots = ledger.slots();
      ASSERT_EQ(std::accumulate(slots.begin(), slots.end(), std::uint64_t{0}), width * ledger.now());
      if (ledger.left() == width) {
        ASSERT_EQ(slots, plain.slots());
      }
    }
  }
}

TEST(SlotLedger, KnowsWhichStructureWasFullAndForHowLong) {
  SlotLedger ledger(8);
  ledger.use(3);
  ledger.advance(4, StallReason::kDependFp, Structure::kFpRegisters);
  ledger.advance(6, StallReason::kMemoryL2, Structure::kRetireGroups);
  ledger.use(1);
  ledger.advance(7, StallReason::kFetch);
  ledger.advance(9, StallReason::kBranchBubble);
  ledger.advance(14, StallReason::kMispredictReturn);
  const auto full = ledger.full();
  EXPECT_EQ(full[static_cast<std::size_t>(Structure::kFpRegisters)], 5U + 3 * 8);
  EXPECT_EQ(full[static_cast<std::size_t>(Structure::kRetireGroups)], 2U * 8);
  EXPECT_EQ(ledger.held_cycles(), 6U) << "the first one too, in which three uops renamed";
  EXPECT_EQ(ledger.bubble_cycles(), 2U) << "not the one in which something came";
  EXPECT_EQ(ledger.recovery_cycles(), 5U);
}

TEST(SlotLedger, AFullCycleEndsWithTheNextUseAndNotBefore) {
  SlotLedger ledger(4);
  ledger.use(4);
  EXPECT_EQ(ledger.now(), 0U);
  EXPECT_EQ(ledger.left(), 0U);
  ledger.use(1);
  EXPECT_EQ(ledger.now(), 1U);
  EXPECT_EQ(ledger.left(), 3U);
}

}  // namespace
}  // namespace m2sim::timing
