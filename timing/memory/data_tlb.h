// The first level of TLB for loads and stores: which pages are at hand.
//
// Who goes is the page of its set that was used least, as two bits a page count and forget it. On both cores
// least recently used is out of the question: chains over pages (Jiajie Chen, M1 and M2 reviews) miss 2.0
// of 6 loads in a set of M1's five ways that has one page too many, where least recently used would miss
// all six, 6.7 of 7 with two too many and all 8 with three; 4.9 of 9 and 9.5 of 10 in the M2's eight. Apple's
// rule is not published. This one misses 2.0, 7.0, 8.0, 5.1 and 10.0 (docs/accuracy.md has what else was
// tried).
#pragma once

#include <cstdint>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

class DataTlb {
 public:
  explicit DataTlb(const TlbConfig& config);

  // True if `page` is the one of its set that was used last: an access that changes nothing.
  bool is_most_recent(std::uint64_t page) const { return sets_[page & set_mask_].recent == page; }
  // Whether `page` is present; afterwards it is, as the one used last. It is not the most recent of its set.
  bool access_others(std::uint64_t page);

  bool contains(std::uint64_t page) const;

  std::uint32_t miss_extra() const { return miss_extra_; }
  template <class Learned>
  void learned(Learned& show) {
    show(pages_, uses_, sets_);
  }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  static constexpr std::uint8_t kMostUses = 3;
  static constexpr std::uint8_t kFirstUses = 1;      // of a page that comes
  static constexpr std::uint32_t kForgetMisses = 4;  // of a set: then each of its pages loses one

  struct Set {
    std::uint64_t recent = kEmpty;  // used last
    std::uint64_t misses = 0;       // the search for the least used begins a way further on with each
  };

  std::uint64_t least_used(const std::uint8_t* uses, std::uint64_t first) const;

  std::uint32_t ways_;
  std::uint32_t miss_extra_;
  std::uint64_t set_mask_;
  std::vector<std::uint64_t> pages_;
  std::vector<std::uint8_t> uses_;  // of each page; 0 of an empty place
  std::vector<Set> sets_;
};

}  // namespace m2sim::timing
