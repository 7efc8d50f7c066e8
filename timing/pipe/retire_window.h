// The reorder buffer: uops in groups, which retire in order.
//
// A group holds up to rob.uops_per_group uops, of which rob.issuing_uops_per_group execute; a uop that may
// fault (load, store) opens one and a conditional branch closes one, so a reorder buffer of 289 groups
// holds 289 loads or 2,022 nops. Registers and rename-retire entries are taken at rename and come back
// with the group.
//
// Reads RobConfig, PrfConfig.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"

namespace m2sim::timing {

struct alignas(64) RetireGroup {
  Cycle complete = 0;  // cycle in which its last uop so far is done
  Cycle retired = kNever;
  Resources needs = 0;
  std::uint64_t store_sequence = 0;  // its store; 0: none (a store opens a group, so there is one at most)
  std::uint64_t load_number = 0;     // its load; 0: none; cycle-driven model
  std::uint16_t unissued = 0;        // cycle-driven model: uops whose completion is not known yet
  std::uint8_t issuing = 0;

  void complete_by(Cycle cycle) { complete = std::max(complete, cycle); }
  // Makes it an empty one. Member by member: a copy of an empty one is built on the stack and read back in
  // pieces that it was not written in, for which the host has to wait.
  void open() {
    complete = 0;
    retired = kNever;
    needs = 0;
    store_sequence = 0;
    load_number = 0;
    unissued = 0;
    issuing = 0;
  }
};

// How many groups and rename-retire entries leave a cycle, in order. A group with more entries than a cycle
// has leaves alone, in a cycle of its own.
class RetireBandwidth {
 public:
  explicit RetireBandwidth(const RobConfig& config)
      : groups_(config.groups_per_cycle), renames_(config.renames_per_cycle) {}

  // Whether the next group can retire in `cycle`, which is not before the last one's; takes its share.
  bool take(Cycle cycle, Resources needs) {
    if (cycle > last_) {
      begin(cycle, needs);
      return true;
    }
    const unsigned renames = rename_entries(needs);
    if (groups_left_ == 0 || (renames > renames_left_ && renames_left_ != renames_)) return false;
    --groups_left_;
    renames_left_ -= std::min(renames_left_, renames);
    return true;
  }

  // The first cycle from `ready` on in which it can.
  Cycle take_first(Cycle ready, Resources needs) {
    if (ready > last_) {
      begin(ready, needs);
    } else if (!take(last_, needs)) {
      begin(last_ + 1, needs);
    }
    return last_;
  }

  Cycle last() const { return last_; }  // cycle of the last retirement

 private:
  // The group is the first of a cycle.
  void begin(Cycle cycle, Resources needs) {
    last_ = cycle;
    groups_left_ = groups_ - 1;
    renames_left_ = renames_ - std::min(renames_, rename_entries(needs));
  }

  unsigned groups_;
  unsigned renames_;
  Cycle last_ = 0;
  unsigned groups_left_ = 0;
  unsigned renames_left_ = 0;
};

class RetireWindow {
 public:
  explicit RetireWindow(const CoreConfig& config)
      : whole_group_(config.rob.uops_per_group | config.rob.issuing_uops_per_group << kGroupExecutes),
        entries_(config.rob.groups),
        available_(initial_resources(config)),
        ring_(ring_size(config.rob.groups)) {}

  // A uop joins the newest group unless that is closed or the uop must open another.
  [[gnu::always_inline]] bool must_open(const UopInfo& uop) const {
    return ((room_ - uop.joins) & kGroupSigns) != 0;
  }
  bool open() const { return open_; }
  void close() {
    open_ = false;
    room_ = kClosed;
  }

  bool full() const { return next_ - oldest_ >= entries_; }
  bool lacks(const UopInfo& uop) const { return timing::lacks(available_, uop.needs); }
  // So many uops find what they need, whatever they are.
  bool has_room_for(std::uint32_t uops) const {
    return next_ - oldest_ + uops <= entries_ && !timing::lacks(available_, uops * kMostNeeds);
  }
  static constexpr std::uint32_t kMostAtOnce = 64;  // has_room_for() is asked for
  Resources available() const { return available_; }
  bool empty() const { return oldest_ == next_; }
  std::uint64_t size() const { return next_ - oldest_; }

  // The uop takes what it needs, in a group of its own if none is open.
  [[gnu::always_inline]] RetireGroup& rename(const UopInfo& uop) {
    if (!open_) {
      newest_ = &group(next_++);
      newest_->open();
      open_ = true;
      room_ = whole_group_;
    }
    RetireGroup& group = *newest_;
    room_ -= uop.takes;
    group.issuing =
        static_cast<std::uint8_t>(group.issuing + static_cast<std::uint8_t>(uop.takes >> kGroupExecutes));
    group.needs += uop.needs;
    available_ -= uop.needs;
    return group;
  }

  // The oldest group is gone: what it took is free.
  void release() {
    available_ += oldest().needs;
    if (++oldest_ == next_) close();
  }

  RetireGroup& oldest() { return group(oldest_); }
  const RetireGroup& oldest() const { return group(oldest_); }
  RetireGroup& newest() { return group(next_ - 1); }
  const RetireGroup& newest() const { return group(next_ - 1); }
  RetireGroup& group(std::uint64_t number) { return ring_[number & mask_]; }
  const RetireGroup& group(std::uint64_t number) const { return ring_[number & mask_]; }
  std::uint64_t oldest_number() const { return oldest_; }
  std::uint64_t newest_number() const { return next_ - 1; }

 private:
  // Lanes that no uop of a group can bring back above zero.
  static constexpr GroupRoom kClosed = 0xFFFFFFFF;
  static_assert(Bounds<RobConfig>::uops_per_group.max < 0x80 &&
                Bounds<RobConfig>::issuing_uops_per_group.max < 0x80);
  static constexpr Resources kMostNeeds =
      kMaxDests * (kRenameEntry + kIntRegister + kFpRegister + kFlagRegister) + kBranchEntry;

  GroupRoom whole_group_;
  GroupRoom room_ = kClosed;  // of the newest group, if one is open
  std::uint32_t entries_;
  bool open_ = false;
  std::uint64_t oldest_ = 1;  // numbers of groups
  std::uint64_t next_ = 1;
  Resources available_;
  std::vector<RetireGroup> ring_;  // no larger than it needs to be: all of it passes through the host's cache
  std::uint64_t mask_ = ring_.size() - 1;
  RetireGroup* newest_ = nullptr;  // once there is one
};

}  // namespace m2sim::timing
