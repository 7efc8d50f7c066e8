// Retirement: uops in groups, groups in order. Shared rules of both timing models.
//
// A group holds up to rob.uops_per_group uops, of which rob.issuing_per_group execute; a uop that may
// fault (load, store) opens one and a conditional branch closes one, so a reorder buffer of 289 groups
// holds 289 loads or 2,022 nops. Registers and rename-retire entries come back with the group.
//
// Reads RobConfig, PrfConfig.
#pragma once

#include <algorithm>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/lsq.h"
#include "timing/stall.h"

namespace m2sim::timing {

inline constexpr std::size_t kMaxGroups = 1024;  // ring size; rob.groups must be below it

struct alignas(64) RetireGroup {
  Cycle complete = 0;  // cycle in which its last uop so far is done
  Cycle retired = kNever;
  Resources needs = 0;
  std::uint64_t store_sequence = 0;  // its store; 0: none (a store opens a group, so there is one at most)
  std::uint64_t load_number = 0;     // its load; 0: none
  std::uint16_t unissued = 0;        // cycle-driven model: uops whose completion is not known yet
  std::uint8_t uops = 0;
  std::uint8_t issuing = 0;
  std::uint8_t insts = 0;
  bool ended = false;
  StallReason cause = StallReason::kRetire;  // what its latest uop was waiting for
};

class GroupRules {
 public:
  explicit GroupRules(const RobConfig& config)
      : uops_(config.uops_per_group), issuing_(config.issuing_uops_per_group) {}

  bool must_open(const RetireGroup& last, const UopInfo& uop) const {
    return last.ended || uop.is(kUopStartsGroup) || last.uops + uop.slots > uops_ ||
           (uop.ports != 0 && last.issuing >= issuing_);
  }

 private:
  unsigned uops_;
  unsigned issuing_;
};

inline void join(RetireGroup& group, const UopInfo& uop) {
  group.uops = static_cast<std::uint8_t>(group.uops + uop.slots);
  group.issuing = static_cast<std::uint8_t>(group.issuing + (uop.ports != 0 ? 1 : 0));
  group.insts = static_cast<std::uint8_t>(group.insts + uop.insts);
  group.needs += uop.needs;
  group.ended = group.ended || uop.is(kUopEndsGroup);
}

inline void complete_by(RetireGroup& group, Cycle cycle, StallReason cause) {
  const bool latest = cycle >= group.complete;
  group.complete = latest ? cycle : group.complete;
  group.cause = latest ? cause : group.cause;
}

inline StallReason stall_of(MemLevel level) {
  switch (level) {
    case MemLevel::kL1:
      return StallReason::kMemoryL1;
    case MemLevel::kL2:
      return StallReason::kMemoryL2;
    case MemLevel::kSlc:
      return StallReason::kMemorySlc;
    case MemLevel::kDram:
      return StallReason::kMemoryDram;
  }
  return StallReason::kMemoryL1;
}

// How many groups and rename-retire entries leave a cycle, in order.
class RetireBandwidth {
 public:
  explicit RetireBandwidth(const RobConfig& config)
      : groups_(config.groups_per_cycle), renames_(config.renames_per_cycle) {}

  // The cycle, not before `ready`, in which the next group retires; takes its share.
  Cycle retire(Cycle ready, Resources needs) {
    const unsigned renames = rename_entries(needs);
    if (ready > cycle_) begin(ready);
    if (groups_left_ == 0 || renames_left_ < renames) begin(cycle_ + 1);
    --groups_left_;
    renames_left_ -= std::min(renames_left_, renames);
    return cycle_;
  }
  Cycle last() const { return cycle_; }

 private:
  void begin(Cycle cycle) {
    cycle_ = cycle;
    groups_left_ = groups_;
    renames_left_ = renames_;
  }

  unsigned groups_;
  unsigned renames_;
  Cycle cycle_ = 0;
  unsigned groups_left_ = 0;
  unsigned renames_left_ = 0;
};

// When retired stores write the L1D, in order and so many a cycle, and leave the store queue.
class StoreCommit {
 public:
  explicit StoreCommit(const LsqConfig& config) : per_cycle_(config.store_commits_per_cycle) {}

  Cycle commit(MemoryHierarchy& memory, const StoreRecord& store, Cycle retired) {
    if (retired > cycle_) {
      cycle_ = retired;
      left_ = per_cycle_;
    }
    if (left_ == 0) {
      ++cycle_;
      left_ = per_cycle_;
    }
    --left_;
    freed_ = std::max(freed_, memory.store(store.pc, store.address, store.bytes, cycle_));
    return freed_;
  }

 private:
  unsigned per_cycle_;
  Cycle cycle_ = 0;
  unsigned left_ = 0;
  Cycle freed_ = 0;
};

}  // namespace m2sim::timing
