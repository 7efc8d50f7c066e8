// The table proves itself: no word belongs to two rows unless one of them is the other's refinement.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <random>

#include "insts/decode_table.h"
#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

bool overlap(const Encoding& a, const Encoding& b) { return ((a.match ^ b.match) & a.mask & b.mask) == 0; }

bool strictly_refines(const Encoding& fine, const Encoding& coarse) {
  return (fine.mask & coarse.mask) == coarse.mask && fine.mask != coarse.mask;
}

TEST(Overlap, AnyTwoRowsAreDisjointOrOneRefinesTheOther) {
  const auto rows = encodings();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      if (!overlap(rows[i], rows[j])) continue;
      EXPECT_TRUE(strictly_refines(rows[i], rows[j]) || strictly_refines(rows[j], rows[i]))
          << name_of(static_cast<Op>(i)) << " and " << name_of(static_cast<Op>(j));
    }
  }
}

TEST(Overlap, EveryBitOfARowIsFixedOrAFieldOrAnImmediate) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    EXPECT_EQ(row.match & ~row.mask, 0U);
    EXPECT_EQ(row.mask & row.letters, 0U);
    const std::uint32_t fields =
        std::uint32_t{row.reg_mask[0]} | std::uint32_t{row.reg_mask[1]} << 5U |
        std::uint32_t{row.reg_mask[2]} << 16U | std::uint32_t{row.reg_mask[3]} << 10U |
        std::uint32_t{row.wide_mask} << row.wide_shift | std::uint32_t{row.size_mask} << row.size_shift;
    EXPECT_EQ(row.mask | row.letters | fields, UINT32_MAX) << name_of(static_cast<Op>(i));
  }
}

// The most specific row by looking at all of them, which is what the index must find.
Op find_slowly(std::uint32_t word) {
  Op best = Op::kUndefined;
  int fixed = -1;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    if (!row.matches(word) || std::popcount(row.mask) <= fixed) continue;
    best = static_cast<Op>(i);
    fixed = std::popcount(row.mask);
  }
  return best;
}

TEST(DecodeTable, FindsWhatALinearSearchFinds) {
  const DecodeTable table;
  std::mt19937 random(7);
  for (unsigned i = 0; i < 20000; ++i) {
    const auto word = static_cast<std::uint32_t>(random());
    ASSERT_EQ(table.find(word), find_slowly(word)) << std::hex << word;
    const Encoding& row = encodings()[random() % kOpCount];
    const std::uint32_t legal = (static_cast<std::uint32_t>(random()) & ~row.mask) | row.match;
    ASSERT_EQ(table.find(legal), find_slowly(legal)) << std::hex << legal;
  }
}

}  // namespace
}  // namespace m2sim::insts
