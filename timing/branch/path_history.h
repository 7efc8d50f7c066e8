// The two path histories that the direction and the target predictor share, as measured on M1 and M2:
// a taken branch at B to T does PHRT <- (PHRT << 1) ^ T[31:2] and PHRB <- (PHRB << 1) ^ B[5:2]
// (Chen, Qu, Zhang, arXiv 2411.13900; M2: Chen's review). Branches that are not taken leave no trace.
#pragma once

#include <cstdint>

namespace m2sim::timing {

inline constexpr unsigned kTargetHistoryBits = 100;
inline constexpr unsigned kBranchHistoryBits = 28;

// A chosen length of either history, as masks on PathHistory's two words.
struct HistoryMask {
  std::uint64_t low;
  std::uint64_t high;
};

class PathHistory {
 public:
  void taken(std::uint64_t pc, std::uint64_t target) {
    const std::uint64_t target_bits = (target >> 2) & 0x3fffffffU;
    const std::uint64_t branch_bits = (pc >> 2) & 0xfU;
    // The oldest bit of one history must not go on into the other.
    const std::uint64_t shifted = ((high_ << 1) | low_ >> 63) & ~(std::uint64_t{1} << kTargetHighBits);
    low_ = (low_ << 1) ^ target_bits;
    high_ = shifted ^ (branch_bits << kTargetHighBits);
  }

  static constexpr HistoryMask mask(unsigned target_bits, unsigned branch_bits) {
    const std::uint64_t branch = ones(branch_bits) << kTargetHighBits;
    return target_bits <= 64 ? HistoryMask{ones(target_bits), branch}
                             : HistoryMask{ones(64), ones(target_bits - 64) | branch};
  }

  // The real index and tag functions are xors of chosen bits; these are a hash of the same bits, so
  // that what collides differs but how much does not. The high half of the result is the good one.
  std::uint64_t hash(const HistoryMask& mask) const {
    return (low_ & mask.low) * 0x9e3779b97f4a7c15U + (high_ & mask.high) * 0xd6e8feb86659fd93U;
  }

  std::uint64_t low() const { return low_; }
  std::uint64_t high() const { return high_; }

 private:
  static constexpr unsigned kTargetHighBits = kTargetHistoryBits - 64;
  static constexpr std::uint64_t ones(unsigned n) {
    return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
  }

  std::uint64_t low_ = 0;   // PHRT[63:0]
  std::uint64_t high_ = 0;  // PHRT[99:64] below, PHRB[27:0] above
};

static_assert(kTargetHistoryBits - 64 + kBranchHistoryBits == 64);

}  // namespace m2sim::timing
