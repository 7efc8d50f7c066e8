// The books of rename by instruction: whose work used the slots and whom the lost ones waited for, and how
// often each instruction retired. What they sum to is what TimingStats says of the same phases, slot by slot
// and reason by reason.
//
// Slots that were used, and instructions, follow from how often each block has executed, which the model
// counts anyway; only lost slots are booked as they are lost. What executes costs nothing this way, but the
// uops in flight where a phase begins or ends have to be set right there.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/crack/crack.h"
#include "timing/probe/probe.h"
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

class Attribution {
 public:
  // A phase that counts begins or ends; `model` is that which tells this.
  template <class Model>
  void begin(const Model& model) {
    listening_ = true;
    begin_blocks(model.blocks());
    book_unfinished(model, 1);
  }
  template <class Model>
  void end(const Model& model) {
    listening_ = false;
    end_blocks(model.blocks());
    book_unfinished(model, UINT64_MAX);
  }
  // So many retired in all those phases.
  void insts_retired(std::uint64_t insts);

  // The model's events.
  void entered(std::uint64_t space) { space_ = space; }
  void renamed(const RenamedUop& uop) {
    recent_[renamed_ % recent_.size()] = {uop.pc, uop.uop->slots};
    renamed_ += uop.uop->slots != 0 ? 1 : 0;
  }
  void lost(const LostSlots& lost) {
    if (!listening_) return;
    books_of(lost.culprit).slots[static_cast<std::size_t>(lost.reason)] += lost.slots;
  }
  void dropping(const CrackTable& blocks);

  // In no order; none twice.
  const std::vector<InstBooks>& insts() const { return insts_; }

 private:
  struct Used {
    std::uint64_t pc;
    std::uint32_t slots;
  };
  struct Place {
    std::uint64_t pc;
    std::uint64_t space;
    std::uint32_t inst = UINT32_MAX;
  };
  static constexpr std::size_t kFirstPlaces = 4096;  // a power of two

  std::size_t place_of(std::uint64_t pc, std::uint64_t space) const {
    return ((pc >> 2 ^ space << 40) * 0x9e3779b97f4a7c15U >> 32) & places_mask_;
  }
  InstBooks& books_of(std::uint64_t pc) {
    const std::uint64_t space = pc == 0 ? 0 : space_;
    for (std::size_t at = place_of(pc, space);; at = (at + 1) & places_mask_) {
      const Place& place = places_[at];
      if (place.inst == UINT32_MAX) return add(pc, space);
      if (place.pc == pc && place.space == space) return insts_[place.inst];
    }
  }
  InstBooks& add(std::uint64_t pc, std::uint64_t space);
  void grow();
  void begin_blocks(const CrackTable& blocks);
  void end_blocks(const CrackTable& blocks);
  void book_block(const CrackedBlock& block, std::uint64_t executions);

  void use(std::uint64_t pc, std::uint64_t slots) {
    books_of(pc).slots[static_cast<std::size_t>(StallReason::kBase)] += slots;
  }
  // `sign`: 1 or the like of -1. Uops that have yet to rename, or did so in a cycle that is not over, count
  // when that is.
  template <class Model>
  void book_unfinished(const Model& model, std::uint64_t sign) {
    model.each_unrenamed([&](const UopInfo& uop, std::uint64_t pc) { use(pc, sign * uop.slots); });
    std::uint64_t left = model.slots_of_this_cycle();
    for (std::uint64_t i = renamed_; left != 0; --i) {
      const Used& used = recent_[(i - 1) % recent_.size()];
      const std::uint64_t slots = std::min<std::uint64_t>(used.slots, left);
      use(used.pc, sign * slots);
      left -= slots;
    }
  }

  std::vector<InstBooks> insts_;
  std::vector<Place> places_ = std::vector<Place>(kFirstPlaces);  // at most half full
  std::size_t places_mask_ = kFirstPlaces - 1;
  bool listening_ = false;
  std::uint64_t space_ = 0;
  std::vector<std::uint64_t> executions_;                                  // by block, where the phase began
  std::array<Used, ring_size(Bounds<RenameConfig>::width.max)> recent_{};  // that took slots
  std::uint64_t renamed_ = 0;
};

// What a model is given.
class AttributionProbe : public QuietProbe {
 public:
  static constexpr bool kOn = true;

  explicit AttributionProbe(Attribution& books) : books_(&books) {}

  void entered(std::uint64_t space) { books_->entered(space); }
  void renamed(const RenamedUop& uop) { books_->renamed(uop); }
  void lost(const LostSlots& lost) { books_->lost(lost); }
  void dropping(const CrackTable& blocks) { books_->dropping(blocks); }
  Attribution& books() const { return *books_; }

 private:
  Attribution* books_;
};

}  // namespace m2sim::timing
