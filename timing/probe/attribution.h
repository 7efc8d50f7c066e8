// The books of rename by instruction and by call path: whose work used the slots and whom the lost ones
// waited for, and how often each instruction retired. What they sum to is what TimingStats says of the same
// phases, slot by slot and reason by reason.
//
// Slots that were used, and instructions, follow from how often each block has executed in which path; only
// lost slots are booked as they are lost. What executes costs little this way, but the uops in flight where a
// phase begins or ends have to be set right there.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/crack/crack.h"
#include "timing/probe/call_paths.h"
#include "timing/probe/probe.h"
#include "timing/probe/tally.h"
#include "timing/ring.h"
#include "timing/stall.h"

namespace m2sim::timing {

struct InstBooks {
  std::uint64_t pc = 0;     // 0: nobody's; what was lost while no instruction was known to be waited for
  std::uint64_t space = 0;  // emu::Block::space
  // Nobody's: those of blocks that a fault ended or that a phase's end lay in. The latter are less than none
  // in the phase in which their block is complete.
  std::int64_t insts = 0;
  std::array<std::uint64_t, kStallReasonCount> slots{};
};

// A part of what an instruction has cost in one path.
struct Charge {
  PathId path;  // kNoPath: nobody's
  std::uint64_t pc;
  std::uint64_t space;
  std::int64_t insts;
  StallReason reason;
  std::uint64_t slots;
};

class Attribution {
 public:
  // A phase that counts begins or ends; `model` is that which tells this.
  template <class Model>
  void begin(const Model& model) {
    listen(true);
    book_unfinished(model, 1);
  }
  template <class Model>
  void end(const Model& model) {
    listen(false);
    book_unfinished(model, UINT64_MAX);
  }
  // The guest has gone on, and the model has not heard of it.
  void passed_over() { paths_.passed_over(); }
  // So many retired in all those phases.
  void insts_retired(std::uint64_t insts);

  // The model's events.
  void entered(std::uint32_t task, std::uint64_t space) { paths_.enter(task, space); }
  void executes(const emu::Record& record, const CrackedBlock& block, std::uint32_t number) {
    const PathId path = paths_.follow(record, block);
    path_of(number) = path;
    path_of(number + 1) = paths_.next();
    if (listening_) ++count_of(path, *record.block, block);
  }
  void renamed(const RenamedUop& uop) {
    recent_[renamed_ % recent_.size()] = {uop.pc, uop.record, uop.uop->slots};
    renamed_ += uop.uop->slots != 0 ? 1 : 0;
  }
  void lost(const LostSlots& lost) {
    if (!listening_) return;
    const Charged charged = charged_for(lost.culprit, lost.record, lost.reason);
    if (charged != latest_) {
      book_latest();
      latest_ = charged;
    }
    latest_slots_ += lost.slots;
  }
  void dropping() { seen_.clear(); }

  // visit(Charge) in no order; of one instruction in one path any number. Those that have executed have one
  // with their number, and the slots that they used.
  template <class Visit>
  void each(Visit&& visit) const {
    executions_.each([&](const Execution& execution, std::uint64_t place) {
      const std::uint64_t times = counts_[place - 1];
      const Code& code = codes_[execution.code];
      for (std::uint32_t i = 0; i < code.insts; ++i) {
        const std::uint64_t slots = times * slots_used_[code.first + i];
        visit(Charge{execution.path, code.pc + 4 * std::uint64_t{i}, code.space,
                     static_cast<std::int64_t>(times), StallReason::kBase, slots});
      }
    });
    charged_.each([&](const Charged& charged, std::uint64_t slots) {
      const bool nobodys = charged.path == kNobodys;
      visit(Charge{nobodys ? kNoPath : charged.path, charged.pc,
                   nobodys ? 0 : paths_.paths()[charged.path].space, 0, charged.reason, slots});
    });
    if (insts_of_nobody_ != 0) visit(Charge{kNoPath, 0, 0, insts_of_nobody_, StallReason::kBase, 0});
  }
  // In no order; none twice.
  std::vector<InstBooks> insts() const;
  const CallPaths& paths() const { return paths_; }

 private:
  static constexpr PathId kNobodys = kNoPath - 1;
  static constexpr std::uint32_t kUnseen = UINT32_MAX;

  // Blocks have an id until they are dropped; what they are does not change with it.
  struct Code {
    std::uint64_t pc;
    std::uint64_t space;
    std::uint32_t first;  // of slots_used_
    std::uint32_t insts;
  };
  struct Execution {
    PathId path = kNoPath;
    std::uint32_t code = 0;
    bool operator==(const Execution&) const = default;
    bool none() const { return path == kNoPath; }
    std::size_t hash() const { return mixed(std::uint64_t{path} << 32U | code); }
  };
  struct Charged {
    std::uint64_t pc = 0;
    PathId path = kNoPath;
    StallReason reason = StallReason::kBase;
    bool operator==(const Charged&) const = default;
    bool none() const { return path == kNoPath; }
    std::size_t hash() const {
      return mixed(pc >> 2U ^ std::uint64_t{path} << 36U ^ static_cast<std::uint64_t>(reason) << 58U);
    }
  };
  struct Known {  // what a block may be
    std::uint64_t pc = 1;
    std::uint64_t space = 0;
    bool operator==(const Known&) const = default;
    bool none() const { return pc == 1; }
    std::size_t hash() const { return mixed(pc >> 2U ^ space << 40U); }
  };
  struct Seen {
    std::uint32_t code = kUnseen;
    PathId path = kNoPath;  // in which it was executed last
    std::uint32_t count = 0;
  };
  struct Used {
    std::uint64_t pc;
    std::uint32_t record;
    std::uint32_t slots;
  };
  // As many as may lie between the block that is fetched and the oldest uop.
  static constexpr std::size_t kRecords =
      ring_size(Bounds<RobConfig>::groups.max * Bounds<RobConfig>::uops_per_group.max +
                Bounds<FetchConfig>::buffer_instructions.max);
  void listen(bool on) {
    listening_ = on;
    book_latest();
    paths_.count_calls(on);
  }
  PathId& path_of(std::uint32_t record) { return path_by_record_[record % kRecords]; }
  Charged charged_for(std::uint64_t pc, std::uint32_t record, StallReason reason) {
    return {pc, pc == 0 ? kNobodys : path_of(record), reason};
  }
  void book_latest() {
    if (!latest_.none()) charged_[latest_] += latest_slots_;
    latest_slots_ = 0;
  }
  // Most blocks execute in the path in which they did last.
  std::uint64_t& count_of(PathId path, const emu::Block& block, const CrackedBlock& cracked) {
    if (block.id >= seen_.size() || seen_[block.id].code == kUnseen) [[unlikely]]
      see(block, cracked);
    Seen& seen = seen_[block.id];
    if (seen.path != path) {
      seen.path = path;
      seen.count = place_of({path, seen.code});
    }
    return counts_[seen.count];
  }
  std::uint32_t place_of(const Execution& execution) {
    std::uint64_t& place = executions_[execution];
    if (place == 0) {
      counts_.push_back(0);
      place = counts_.size();
    }
    return static_cast<std::uint32_t>(place - 1);
  }
  void see(const emu::Block& block, const CrackedBlock& cracked);
  void look_up(const CrackedBlock& cracked);

  void use(std::uint64_t pc, std::uint32_t record, std::uint64_t slots) {
    charged_[charged_for(pc, record, StallReason::kBase)] += slots;
  }
  // `sign`: 1 or the like of -1. Uops that have yet to rename, or did so in a cycle that is not over, count
  // when that is.
  template <class Model>
  void book_unfinished(const Model& model, std::uint64_t sign) {
    model.each_unrenamed([&](const UopInfo& uop, std::uint64_t pc, std::uint32_t record) {
      use(pc, record, sign * uop.slots);
    });
    std::uint64_t left = model.slots_of_this_cycle();
    for (std::uint64_t i = renamed_; left != 0; --i) {
      const Used& used = recent_[(i - 1) % recent_.size()];
      const std::uint64_t slots = std::min<std::uint64_t>(used.slots, left);
      use(used.pc, used.record, sign * slots);
      left -= slots;
    }
  }

  CallPaths paths_;
  std::vector<PathId> path_by_record_ = std::vector<PathId>(kRecords);
  Tally<Execution> executions_;  // their places in counts_, and one
  std::vector<std::uint64_t> counts_;
  Tally<Charged> charged_;
  Charged latest_;  // many are lost one after the other for the same
  std::uint64_t latest_slots_ = 0;
  std::vector<Code> codes_;
  std::vector<std::uint8_t> slots_used_;  // of a code's instructions
  Tally<Known> known_;                    // the last code there, and one
  std::vector<Seen> seen_;                // by block
  std::vector<std::uint8_t> scratch_;
  std::int64_t insts_of_nobody_ = 0;
  bool listening_ = false;
  std::array<Used, ring_size(Bounds<RenameConfig>::width.max)> recent_{};  // that took slots
  std::uint64_t renamed_ = 0;
};

// What a model is given.
class AttributionProbe : public QuietProbe {
 public:
  static constexpr bool kOn = true;

  explicit AttributionProbe(Attribution& books) : books_(&books) {}

  void entered(std::uint32_t task, std::uint64_t space) { books_->entered(task, space); }
  void executes(const emu::Record& record, const CrackedBlock& block, std::uint32_t number) {
    books_->executes(record, block, number);
  }
  void renamed(const RenamedUop& uop) { books_->renamed(uop); }
  void lost(const LostSlots& lost) { books_->lost(lost); }
  void dropping() { books_->dropping(); }
  Attribution& books() const { return *books_; }

 private:
  Attribution* books_;
};

}  // namespace m2sim::timing
