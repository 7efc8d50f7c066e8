#include "timing/branch/btb.h"

#include <algorithm>

namespace m2sim::timing {

Btb::Level::Level(std::uint32_t entries, std::uint32_t ways)
    : ways_(entries == 0 ? 0 : ways), mask_(entries == 0 ? 0 : entries / ways - 1), entries_(entries) {}

Btb::Entry* Btb::Level::find(std::uint32_t branch) {
  Entry* const first = set(branch);
  Entry* const found =
      std::find_if(first, first + ways_, [branch](const Entry& entry) { return entry.branch == branch; });
  return found == first + ways_ ? nullptr : found;
}

bool Btb::Level::touch(std::uint32_t branch) {
  Entry* const found = find(branch);
  if (found != nullptr) std::rotate(set(branch), found, found + 1);
  return found != nullptr;
}

bool Btb::Level::remove(std::uint32_t branch, Entry& it) {
  Entry* const found = find(branch);
  if (found == nullptr) return false;
  it = *found;
  Entry* const end = set(branch) + ways_;
  std::copy(found + 1, end, found);
  end[-1] = {};
  return true;
}

Btb::Entry Btb::Level::push(const Entry& entry) {
  Entry* const first = set(entry.branch);
  const Entry last = first[ways_ - 1];
  std::copy_backward(first, first + ways_ - 1, first + ways_);
  first[0] = entry;
  return last;
}

Btb::Btb(const BranchConfig& config)
    : l1_(config.btb_l1_entries, config.btb_l1_ways), l2_(config.btb_l2_entries, config.btb_l2_ways) {}

Btb::Found Btb::access_slow(const Entry& now) {
  if (l1_.touch(now.branch)) {
    return {TargetSupply::kBtbL1, std::exchange(l1_.front(now.branch).target, now.target)};
  }
  Entry known{};
  const bool in_l2 = l2_.present() && l2_.remove(now.branch, known);
  const Entry victim = l1_.push(now);
  if (l2_.present() && victim.branch != 0) l2_.push(victim);
  return {in_l2 ? TargetSupply::kBtbL2 : TargetSupply::kPredecode, known.target};
}

}  // namespace m2sim::timing
