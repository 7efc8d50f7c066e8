// A translation look-aside buffer: which pages are at hand. Set-associative, least recently used. (That of
// loads and stores goes by another rule: data_tlb.h.) Translations are the identity and never invalidated: a
// guest's munmap costs no shoot-down here.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

class Tlb {
 public:
  explicit Tlb(const TlbConfig& config);

  // True if `page` is the most recently used of its set: an access that changes nothing.
  bool is_most_recent(std::uint64_t page) const { return pages_[(page & set_mask_) * ways_] == page; }

  // Whether `page` is present; afterwards it is, as the most recently used.
  bool access(std::uint64_t page) {
    std::uint64_t* const first = &pages_[(page & set_mask_) * ways_];
    if (*first == page) return true;
    if (ways_ == 1 || first[1] != page) return access_slow(first, page);
    std::swap(first[0], first[1]);
    return true;
  }

  bool contains(std::uint64_t page) const;

  std::uint32_t miss_extra() const { return miss_extra_; }
  template <class Learned>
  void learned(Learned& show) {
    show(pages_);
  }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  bool access_slow(std::uint64_t* set, std::uint64_t page);

  std::uint32_t ways_;
  std::uint32_t miss_extra_;
  std::uint64_t set_mask_;
  std::vector<std::uint64_t> pages_;  // each set in order of use
};

}  // namespace m2sim::timing
