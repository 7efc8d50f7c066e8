#include "timing/branch/path_history.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace m2sim::timing {
namespace {

using TargetBits = std::bitset<kTargetHistoryBits>;
using BranchBits = std::bitset<kBranchHistoryBits>;

// The two measured registers, as the paper writes them.
struct PlainHistory {
  TargetBits target;
  BranchBits branch;
  void taken(std::uint64_t pc, std::uint64_t to) {
    target = (target << 1) ^ TargetBits((to & 0xffff'ffff) >> 2);
    branch = (branch << 1) ^ BranchBits(pc >> 2 & 15);
  }
};

TEST(PathHistory, IsTheMeasuredPairOfShiftRegisters) {
  std::mt19937_64 random(1);
  PathHistory history;
  PlainHistory plain;
  const HistoryMask target_only = PathHistory::mask(kTargetHistoryBits, 0);
  const HistoryMask branch_only = PathHistory::mask(1, kBranchHistoryBits);
  for (unsigned turn = 0; turn < 10'000; ++turn) {
    const std::uint64_t pc = random();
    const std::uint64_t target = random();
    history.taken(pc, target);
    plain.taken(pc, target);
    for (unsigned i = 0; i < kTargetHistoryBits; ++i) {
      const std::uint64_t word = i < 64 ? history.low() & target_only.low : history.high() & target_only.high;
      ASSERT_EQ(word >> i % 64 & 1, plain.target[i] ? 1U : 0U) << i;
    }
    for (unsigned i = 0; i < kBranchHistoryBits; ++i) {
      const std::uint64_t word = history.high() & branch_only.high;
      ASSERT_EQ(word >> (kTargetHistoryBits - 64 + i) & 1, plain.branch[i] ? 1U : 0U) << i;
    }
  }
}

// A mask of n bits keeps the n youngest of either history and none of the other's.
TEST(PathHistory, MasksHaveTheirLengths) {
  for (unsigned target = 1; target <= kTargetHistoryBits; ++target) {
    for (const unsigned branch : {0U, 1U, 18U, kBranchHistoryBits}) {
      const HistoryMask mask = PathHistory::mask(target, branch);
      for (unsigned i = 0; i < kTargetHistoryBits; ++i) {
        EXPECT_EQ((i < 64 ? mask.low >> i : mask.high >> (i - 64)) & 1, i < target ? 1U : 0U)
            << i << " of " << target;
      }
      for (unsigned i = 0; i < kBranchHistoryBits; ++i) {
        EXPECT_EQ(mask.high >> (kTargetHistoryBits - 64 + i) & 1, i < branch ? 1U : 0U)
            << i << " of " << branch;
      }
    }
  }
}

// Only the last branch differs, in one bit that `distance` more taken branches have moved up.
std::uint64_t hash_after(std::uint64_t pc, std::uint64_t target, unsigned distance, const HistoryMask& mask) {
  PathHistory history;
  history.taken(pc, target);
  for (unsigned i = 0; i < distance; ++i) history.taken(0x4000, 0x8000);
  return history.hash(mask);
}

TEST(PathHistory, TheHashSeesWhatTheMaskKeepsAndNothingElse) {
  for (const unsigned length : {1U, 6U, 28U, 57U, 64U, 65U, kTargetHistoryBits}) {
    const HistoryMask mask = PathHistory::mask(length, 0);
    for (unsigned distance = 0; distance <= kTargetHistoryBits; ++distance) {
      const bool seen =
          hash_after(0x4000, 0x1000, distance, mask) != hash_after(0x4000, 0x1004, distance, mask);
      EXPECT_EQ(seen, distance < length) << length << " bits, " << distance << " branches ago";
    }
  }
  for (unsigned length = 0; length <= kBranchHistoryBits; ++length) {
    const HistoryMask mask = PathHistory::mask(1, length);
    for (unsigned distance = 0; distance <= kBranchHistoryBits; ++distance) {
      const bool seen =
          hash_after(0x4000, 0x1000, distance, mask) != hash_after(0x4004, 0x1000, distance, mask);
      EXPECT_EQ(seen, distance < length) << length << " bits, " << distance << " branches ago";
    }
  }
}

}  // namespace
}  // namespace m2sim::timing
