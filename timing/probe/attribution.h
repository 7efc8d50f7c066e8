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
    std::uint32_t where = path | kPathAlone;
    if (listening_) {
      where = place_of(path, *record.block, block);
      ++places_[where].count;
    }
    where_is(number) = where;
    where_is(number + 1) = paths_.next() | kPathAlone;
  }
  void renamed(const RenamedUop& uop) {
    recent_[renamed_ % recent_.size()] = {uop.pc, uop.record, uop.uop->slots};
    renamed_ += uop.uop->slots != 0 ? 1 : 0;
  }
  void lost(const LostSlots& lost) {
    if (!listening_) return;
    if (lost.record != latest_.record || lost.culprit != latest_.pc || lost.reason != latest_.reason) {
      book_latest();
      latest_ = {lost.culprit, lost.record, lost.reason, where_is(lost.record), 0};
    }
    latest_.slots += lost.slots;
  }
  void dropping() { seen_.clear(); }

  // visit(Charge) in no order; of one instruction in one path any number. Those that have executed have one
  // with their number, and the slots that they used.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Place& place : places_) {
      const Code& code = codes_[place.code];
      for (std::uint32_t i = 0; i < code.insts; ++i) {
        const std::uint64_t slots = place.count * slots_used_[code.first + i];
        const std::uint64_t pc = code.pc + 4 * std::uint64_t{i};
        visit(Charge{place.path, pc, code.space, static_cast<std::int64_t>(place.count), StallReason::kBase,
                     slots});
        for (std::size_t cell = 0; cell < kCells; ++cell) {
          const Cell& lost = cells_[place.cells + kCells * i + cell];
          if (lost.slots() != 0) visit(Charge{place.path, pc, code.space, 0, lost.reason(), lost.slots()});
        }
      }
    }
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
  static constexpr std::uint32_t kPathAlone = 1U << 31U;  // of where_is(): a path, not a place
  static_assert(CallPaths::kMostPaths < kPathAlone);
  // Most instructions lose slots for one or two reasons; what more there are is in charged_.
  static constexpr std::size_t kCells = 2;

  // Blocks have an id until they are dropped; what they are does not change with it.
  struct Code {
    std::uint64_t pc;
    std::uint64_t space;
    std::uint32_t first;  // of slots_used_
    std::uint32_t insts;
  };
  // What one code has done in one path. What its instructions have lost lies side by side, as they execute
  // one after the other.
  struct Place {
    std::uint64_t count = 0;
    std::uint64_t pc = 0;
    std::uint32_t insts = 0;
    std::uint32_t code = 0;
    PathId path = 0;
    std::uint32_t cells = 0;  // the first; kCells an instruction
  };
  // The slots lost for one reason, in one word; none are nobody's.
  class Cell {
   public:
    StallReason reason() const { return static_cast<StallReason>(word_ & kReason); }
    std::uint64_t slots() const { return word_ >> kReasonBits; }
    // False: it is another reason's.
    bool add(StallReason reason, std::uint64_t slots) {
      const auto number = static_cast<std::uint64_t>(reason);
      if (word_ != 0 && (word_ & kReason) != number) return false;
      word_ = (word_ | number) + (slots << kReasonBits);
      return true;
    }

   private:
    static constexpr unsigned kReasonBits = 8;
    static constexpr std::uint64_t kReason = (1U << kReasonBits) - 1;
    static_assert(kStallReasonCount <= kReason);
    std::uint64_t word_ = 0;
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
    std::uint32_t place = 0;
  };
  // Slots that were lost last; many are lost one after the other for the same.
  struct Latest {
    std::uint64_t pc = 0;
    std::uint32_t record = 0;
    StallReason reason = StallReason::kBase;
    std::uint32_t where = 0;
    std::uint64_t slots = 0;
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
  std::uint32_t& where_is(std::uint32_t record) { return where_by_record_[record % kRecords]; }
  PathId path_at(std::uint32_t where) const {
    return (where & kPathAlone) != 0 ? where & ~kPathAlone : places_[where].path;
  }
  Charged charged_for(std::uint64_t pc, std::uint32_t where, StallReason reason) const {
    return {pc, pc == 0 ? kNobodys : path_at(where), reason};
  }
  void book_latest() {
    if (latest_.slots != 0) book(latest_);
    latest_ = {};
  }
  void book(const Latest& lost) {
    if ((lost.where & kPathAlone) == 0) {
      const Place& place = places_[lost.where];
      const std::uint64_t inst = (lost.pc - place.pc) / 4;
      if (inst < place.insts) {
        Cell* const cells = &cells_[place.cells + kCells * inst];
        if (cells[0].add(lost.reason, lost.slots) || cells[1].add(lost.reason, lost.slots)) return;
      }
    }
    charged_[charged_for(lost.pc, lost.where, lost.reason)] += lost.slots;
  }
  // Most blocks execute in the path in which they did last.
  std::uint32_t place_of(PathId path, const emu::Block& block, const CrackedBlock& cracked) {
    if (block.id >= seen_.size() || seen_[block.id].code == kUnseen) [[unlikely]]
      see(block, cracked);
    Seen& seen = seen_[block.id];
    if (seen.path != path) {
      seen.path = path;
      seen.place = place_of({path, seen.code});
    }
    return seen.place;
  }
  std::uint32_t place_of(const Execution& execution);
  void see(const emu::Block& block, const CrackedBlock& cracked);
  void look_up(const CrackedBlock& cracked);

  void use(std::uint64_t pc, std::uint32_t record, std::uint64_t slots) {
    charged_[charged_for(pc, where_is(record), StallReason::kBase)] += slots;
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
  // A place, or a path and kPathAlone: while nobody listens, and of what has not begun to execute.
  std::vector<std::uint32_t> where_by_record_ = std::vector<std::uint32_t>(kRecords, kPathAlone);
  Tally<Execution> executions_;  // their places, and one
  std::vector<Place> places_;
  std::vector<Cell> cells_;
  Tally<Charged> charged_;
  Latest latest_;
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
