// Finds the row of a word: rows bucketed by bits 31:21, crowded buckets once more by bits 15:10.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "insts/encoding.h"

namespace m2sim::insts {

// About 2000 short buckets, filled once when the first word is decoded. A bucket lists its rows from the
// most specific to the most general, so that the first match is the refinement that wins.
class DecodeTable {
 public:
  DecodeTable();

  // Op::kUndefined where no row matches.
  Op find(std::uint32_t word) const;

 private:
  struct Bucket {
    std::uint32_t begin = 0;
    std::uint16_t count = 0;
    bool split = false;  // begin is the first of 64 buckets of split_ instead
  };

  static constexpr unsigned kTopShift = 21;
  static constexpr unsigned kTopBits = 11;
  static constexpr unsigned kSplitShift = 10;
  static constexpr unsigned kSplitBits = 6;
  static constexpr unsigned kCrowded = 6;

  void fill(std::span<const Pattern> rows, unsigned shift, unsigned width, Bucket* buckets);
  void split(Bucket& bucket);

  std::array<Bucket, std::size_t{1} << kTopBits> top_{};
  std::vector<Bucket> split_;
  std::vector<Pattern> candidates_;
};

}  // namespace m2sim::insts
