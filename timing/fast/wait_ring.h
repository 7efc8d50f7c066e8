// The waits of the uops of the retire groups in flight: what the instruction-driven model charges a full back
// end to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/crack/uop.h"
#include "timing/pipe/charges.h"
#include "timing/pipe/retire_window.h"

namespace m2sim::timing {

class WaitRing {
 public:
  explicit WaitRing(const RobConfig& config)
      : per_group_(config.issuing_uops_per_group),
        mask_(ring_size(config.groups) - 1),
        waits_((mask_ + 1) * per_group_) {}

  // A uop's, to be filled in place as its times become known.
  struct Entry : Wait {
    const UopInfo* uop = nullptr;
  };
  // Of the first uop of a group that issues; those of the next ones follow.
  Entry* first(std::uint64_t number) { return &waits_[place(number)]; }

  // Charges the cycles of [from, to) to the uops of a group, in order: lose(end, reason, wait); null for
  // none.
  template <class Lose>
  void charge(std::uint64_t number, const RetireGroup& group, Cycle from, Cycle to, Lose&& lose) const {
    const Entry* const first = &waits_[place(number)];
    const Entry* const end = first + group.issuing;
    for (const Entry* entry = first; entry != end && from < to; ++entry) {
      if (entry->complete <= from) continue;
      from = timing::charge(*entry, *entry->uop, from, to,
                            [&](Cycle until, StallReason reason) { lose(until, reason, entry); });
    }
    if (from < to) lose(to, StallReason::kRetire, nullptr);
  }

 private:
  std::size_t place(std::uint64_t number) const { return (number & mask_) * per_group_; }

  std::size_t per_group_;
  std::uint64_t mask_;  // of group numbers
  std::vector<Entry> waits_;
};

}  // namespace m2sim::timing
