#include "timing/memory/data_tlb.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "timing/way_match.h"

namespace m2sim::timing {

DataTlb::DataTlb(const TlbConfig& config)
    : ways_(config.ways),
      miss_extra_(config.miss_extra),
      set_mask_(config.entries / config.ways - 1),
      pages_(config.entries, kEmpty),
      uses_(config.entries, 0),
      sets_(config.entries / config.ways) {
  assert(std::has_single_bit(set_mask_ + 1) && config.entries % config.ways == 0);
}

bool DataTlb::access_others(std::uint64_t page) {
  const std::uint64_t number = page & set_mask_;
  Set& set = sets_[number];
  std::uint64_t* const pages = &pages_[number * ways_];
  std::uint8_t* const uses = &uses_[number * ways_];
  std::uint64_t way = find_tag(pages, ways_, page);
  const bool hit = way != ways_;
  if (hit) {
    uses[way] = std::min<std::uint8_t>(uses[way] + 1, kMostUses);
  } else {
    ++set.misses;
    if (set.misses % kForgetMisses == 0) {
      std::transform(uses, uses + ways_, uses, [](std::uint8_t n) { return n == 0 ? n : n - 1; });
    }
    way = find_tag(pages, ways_, kEmpty);
    if (way == ways_) way = least_used(uses, set.misses % ways_);
    pages[way] = page;
    uses[way] = kFirstUses;
  }
  set.recent = page;
  return hit;
}

std::uint64_t DataTlb::least_used(const std::uint8_t* uses, std::uint64_t first) const {
  std::uint64_t least = first;
  for (std::uint64_t step = 1; step < ways_; ++step) {
    const std::uint64_t way = first + step < ways_ ? first + step : first + step - ways_;
    if (uses[way] < uses[least]) least = way;
  }
  return least;
}

bool DataTlb::contains(std::uint64_t page) const {
  return find_tag(&pages_[(page & set_mask_) * ways_], ways_, page) != ways_;
}

}  // namespace m2sim::timing
