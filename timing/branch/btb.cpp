#include "timing/branch/btb.h"

#include <algorithm>

namespace m2sim::timing {

Btb::Btb(const BranchConfig& config)
    : l1_(config.btb_l1_entries / config.btb_l1_ways, config.btb_l1_ways),
      waiting_(config.btb_l1_entries / config.btb_l1_ways,
               config.btb_l2_entries == 0 ? 0 : config.btb_waiting),
      l2_(config.btb_l2_entries == 0 ? 1 : config.btb_l2_entries / config.btb_l2_ways,
          config.btb_l2_entries == 0 ? 0 : config.btb_l2_ways),
      l2_replace_one_in_(config.btb_l2_replace_one_in) {}

Btb::Found Btb::access_slow(const Entry& now) {
  Entry& front = *l1_.set(now.branch);
  if (Entry* const hit = l1_.find(now.branch, now.branch)) {
    std::swap(front, *hit);
    return {TargetSupply::kBtbL1, std::exchange(front.target, now.target)};
  }
  const Found found = take_from_l2(now.branch);
  Entry* place = l1_.find(now.branch, 0);
  if (place == nullptr) {
    place = &front + random_.next() % l1_.ways();
    put_out(*place);
  }
  *place = front;
  front = now;
  return found;
}

Btb::Found Btb::take_from_l2(std::uint32_t branch) {
  if (Entry* const hit = l2_.find(branch, branch)) {
    const Found found{TargetSupply::kBtbL2, hit->target};
    *hit = {};
    return found;
  }
  if (Entry* const hit = waiting_.find(branch, branch)) {
    Entry* const oldest = waiting_.set(branch);
    std::copy_backward(oldest, hit, hit + 1);
    *oldest = {};
  }
  return {TargetSupply::kPredecode, 0};
}

void Btb::put_out(const Entry& entry) {
  if (!waiting_.present()) return enter_l2(entry);
  Entry* const oldest = waiting_.set(entry.branch);
  Entry* const newest = oldest + waiting_.ways() - 1;
  const Entry next = *oldest;
  std::copy(oldest + 1, newest + 1, oldest);
  *newest = entry;
  if (next.branch != 0) enter_l2(next);
}

void Btb::enter_l2(const Entry& entry) {
  if (!l2_.present()) return;
  Entry* place = l2_.find(entry.branch, 0);
  if (place == nullptr) {
    const std::uint32_t bits = random_.next();
    if (bits % l2_replace_one_in_ != 0) return;
    place = l2_.set(entry.branch) + (bits >> 8) % l2_.ways();
  }
  *place = entry;
  ++entered_;
}

}  // namespace m2sim::timing
