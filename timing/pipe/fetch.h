// The front of the pipe: which instructions enter in which cycle. Both timing models use it, the
// cycle-driven one by asking in every cycle, the instruction-driven one by asking when the next window
// can begin.
//
// A window is what one cycle fetches: up to fetch.instructions_per_cycle instructions of one page from
// any start, at most fetch.taken_branches_per_cycle taken branches and fetch.branches_per_cycle in all.
// It is delivered as packets, each a run of uops of one block. Behind a mispredicted branch fetch waits
// for redirect(): wrong-path fetch is not modelled.
//
// Reads FetchConfig, DecodeConfig, IssueConfig, MmuConfig (page size), L1iConfig (line size).
#pragma once

#include <algorithm>
#include <cstdint>

#include "timing/branch/branch_predictor.h"
#include "timing/config/config.h"
#include "timing/crack/crack.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/fetch_targets.h"
#include "timing/stall.h"

namespace m2sim::timing {

struct Packet {
  const UopInfo* begin;
  const UopInfo* end;
  std::uint64_t block_pc;  // UopInfo::inst counts from here
  std::uint64_t culprit;   // pc of what `reason` waits for: its first instruction, or the branch before it
  Cycle fetched;
  Cycle available;     // first cycle in which rename may take it
  StallReason reason;  // why not earlier
  std::uint8_t insts;
  std::uint8_t penalty;  // not 0: ends in a mispredicted branch; see redirect()
  bool waits_for_last;   // `culprit` is of the record before its own
  std::uint32_t record;  // whose uops these are, by its number

  std::uint32_t culprit_record() const { return waits_for_last ? record - 1 : record; }
  std::uint64_t pc_of(const UopInfo& uop) const { return block_pc + 4 * std::uint64_t{uop.inst}; }
};

class Fetch {
 public:
  Fetch(const CoreConfig& config, MemoryHierarchy& memory, BranchPredictor& predictor, FetchTargets& targets);

  // The next executed block and the address behind it; the last block of a program has no successor.
  bool needs_record() const { return next_inst_ == block_.inst_count; }
  // `location`: of its first instruction, as the caches know it.
  void begin_record(const CrackedBlock& block, std::uint64_t location, std::uint64_t next_pc, bool has_next) {
    block_ = block;
    location_ = location;
    next_pc_ = next_pc;
    has_next_ = has_next;
    next_inst_ = 0;
    ++record_;
  }

  // The earliest cycle for the next window; kNever while a mispredicted branch has not executed.
  Cycle next_cycle() const { return next_cycle_; }
  StallReason reason() const { return reason_; }
  // pc of what that is the wait for: a branch that was mispredicted or whose target came late, or else what
  // comes next; 0 where nobody knows that.
  std::uint64_t culprit() const {
    if (waits_for_branch()) return branch_;
    return needs_record() ? next_pc_ : next_inst_pc();
  }
  // Of records that begin, dense from 1.
  std::uint32_t record() const { return record_; }
  std::uint32_t culprit_record() const {
    if (waits_for_branch()) return branch_record_;
    return needs_record() ? record_ + 1 : record_;
  }
  unsigned window_instructions() const { return window_size_; }

  void open_window(Cycle now) {
    now_ = now;
    left_ = window_size_;
    branches_left_ = branches_per_cycle_;
    taken_left_ = taken_per_cycle_;
    next_cycle_ = now + 1;
    came_back_ = false;
  }
  void close_window() { left_ = 0; }
  bool window_open() const { return left_ != 0; }
  // Another thread's instructions follow, from cycle `now` on.
  void restart(Cycle now) {
    close_window();
    targets_.forget();
    next_cycle_ = now;
    reason_ = StallReason::kSerialize;
  }

  // One packet of the open window; needs a record.
  Packet take();

  // The mispredicted branch executed in cycle `executed`: the right path can execute `penalty` later, which
  // is what is measured, and so reaches rename earlier by what lies between rename and issue.
  void redirect(Cycle executed, unsigned penalty) {
    const Cycle arrival = executed + std::max(penalty, rename_to_issue_) - rename_to_issue_;
    next_cycle_ = arrival > depth_ ? arrival - depth_ : 0;
  }

 private:
  std::uint64_t next_inst_pc() const { return block_.pc + 4 * std::uint64_t{next_inst_}; }
  bool waits_for_branch() const { return is_mispredict(reason_) || reason_ == StallReason::kBranchBubble; }
  // The packet's lines; now_ is then when they are there.
  void fetch_lines(std::uint64_t location, Packet& packet);
  // From `first` on; `lines` came before.
  void wait_for_lines(std::uint64_t first, std::uint64_t last, std::uint32_t lines, Packet& packet);
  void look_ahead(Cycle ready, Cycle translated);
  void finish_block(Packet& packet);

  MemoryHierarchy& memory_;
  BranchPredictor& predictor_;
  FetchTargets& targets_;
  unsigned window_size_;
  unsigned branches_per_cycle_;
  unsigned taken_per_cycle_;
  unsigned page_bubble_;
  unsigned depth_;
  unsigned rename_to_issue_;
  std::uint64_t page_mask_;
  std::uint64_t line_mask_;

  CrackedBlock block_{};
  std::uint64_t location_ = 0;
  std::uint64_t next_pc_ = 0;
  bool has_next_ = false;
  unsigned next_inst_ = 0;

  Cycle now_ = 0;
  Cycle next_cycle_ = 0;
  unsigned left_ = 0;
  unsigned branches_left_ = 0;
  unsigned taken_left_ = 0;
  std::uint64_t line_ = UINT64_MAX;
  std::uint64_t branch_ = 0;         // the last that reason_ was
  std::uint32_t branch_record_ = 0;  // of which record
  std::uint32_t record_ = 0;
  StallReason reason_ = StallReason::kFetch;  // why the next packet is not here yet
  bool came_back_ = false;                    // in this window, so that the next is late, not the rest of it
};

}  // namespace m2sim::timing
