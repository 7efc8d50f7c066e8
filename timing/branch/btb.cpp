#include "timing/branch/btb.h"

#include <algorithm>

namespace m2sim::timing {

Btb::Level::Level(std::uint32_t entries, std::uint32_t ways)
    : ways_(entries == 0 ? 0 : ways), mask_(entries == 0 ? 0 : entries / ways - 1), keys_(entries) {}

bool Btb::Level::touch(std::uint32_t key) {
  std::uint32_t* const first = set(key);
  std::uint32_t* const found = std::find(first, first + ways_, key);
  if (found == first + ways_) {
    return false;
  }
  std::rotate(first, found, found + 1);
  return true;
}

bool Btb::Level::remove(std::uint32_t key) {
  std::uint32_t* const first = set(key);
  std::uint32_t* const found = std::find(first, first + ways_, key);
  if (found == first + ways_) {
    return false;
  }
  std::copy(found + 1, first + ways_, found);
  first[ways_ - 1] = 0;
  return true;
}

std::uint32_t Btb::Level::push(std::uint32_t key) {
  std::uint32_t* const first = set(key);
  const std::uint32_t last = first[ways_ - 1];
  std::copy_backward(first, first + ways_ - 1, first + ways_);
  first[0] = key;
  return last;
}

Btb::Btb(const BranchConfig& config)
    : l1_(config.btb_l1_entries, config.btb_l1_ways), l2_(config.btb_l2_entries, config.btb_l2_ways) {}

TargetSupply Btb::access_slow(std::uint32_t key) {
  if (l1_.touch(key)) {
    return TargetSupply::kBtbL1;
  }
  const bool in_l2 = l2_.present() && l2_.remove(key);
  const std::uint32_t victim = l1_.push(key);
  if (l2_.present() && victim != 0) {
    l2_.push(victim);
  }
  return in_l2 ? TargetSupply::kBtbL2 : TargetSupply::kPredecode;
}

}  // namespace m2sim::timing
