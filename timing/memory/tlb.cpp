#include "timing/memory/tlb.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "timing/way_match.h"

namespace m2sim::timing {

Tlb::Tlb(const TlbConfig& config)
    : ways_(config.ways),
      miss_extra_(config.miss_extra),
      set_mask_(config.entries / config.ways - 1),
      pages_(config.entries, kEmpty) {
  assert(std::has_single_bit(set_mask_ + 1) && config.entries % config.ways == 0);
}

bool Tlb::access_slow(std::uint64_t* set, std::uint64_t page) {
  std::uint64_t* const found = set + find_tag(set, ways_, page);
  const bool hit = found != set + ways_;
  std::copy_backward(set, hit ? found : set + ways_ - 1, hit ? found + 1 : set + ways_);
  *set = page;
  return hit;
}

bool Tlb::contains(std::uint64_t page) const {
  const std::uint64_t* const first = &pages_[(page & set_mask_) * ways_];
  return find_tag(first, ways_, page) != ways_;
}

}  // namespace m2sim::timing
