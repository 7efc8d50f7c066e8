#include "timing/probe/attribution.h"

namespace m2sim::timing {

// The slots that each instruction of a block uses.
void Attribution::look_up(const CrackedBlock& cracked) {
  scratch_.assign(cracked.inst_count, 0);
  const UopInfo* const end = cracked.uops + cracked.first_uop[cracked.inst_count];
  for (const UopInfo* uop = cracked.uops; uop != end; ++uop) {
    scratch_[uop->inst] = static_cast<std::uint8_t>(scratch_[uop->inst] + uop->slots);
  }
}

// A block that has no id here yet. One that was dropped and made anew is what it was, if it is the same.
void Attribution::see(const emu::Block& block, const CrackedBlock& cracked) {
  look_up(cracked);
  std::uint64_t& known = known_[{block.pc, block.space}];
  const auto is_known = [&] {
    const Code& code = codes_[known - 1];
    return code.insts == scratch_.size() &&
           std::equal(scratch_.begin(), scratch_.end(), slots_used_.begin() + code.first);
  };
  if (known == 0 || !is_known()) {
    codes_.push_back({block.pc, block.space, static_cast<std::uint32_t>(slots_used_.size()),
                      static_cast<std::uint32_t>(scratch_.size())});
    slots_used_.insert(slots_used_.end(), scratch_.begin(), scratch_.end());
    known = codes_.size();
  }
  if (block.id >= seen_.size()) seen_.resize(block.id + 1);
  seen_[block.id] = {static_cast<std::uint32_t>(known - 1), kNoPath, 0};
}

std::uint32_t Attribution::place_of(const Execution& execution) {
  std::uint64_t& place = executions_[execution];
  if (place == 0) {
    const Code& code = codes_[execution.code];
    places_.push_back(
        {0, code.pc, code.insts, execution.code, execution.path, static_cast<std::uint32_t>(cells_.size())});
    cells_.resize(cells_.size() + kCells * code.insts);
    place = places_.size();
  }
  return static_cast<std::uint32_t>(place - 1);
}

std::vector<InstBooks> Attribution::insts() const {
  std::vector<InstBooks> all;
  Tally<Known> places;  // in `all`, and one
  each([&](const Charge& charge) {
    std::uint64_t& place = places[{charge.pc, charge.space}];
    if (place == 0) {
      all.push_back({charge.pc, charge.space, 0, {}});
      place = all.size();
    }
    InstBooks& books = all[place - 1];
    books.insts += charge.insts;
    books.slots[static_cast<std::size_t>(charge.reason)] += charge.slots;
  });
  return all;
}

void Attribution::insts_retired(std::uint64_t insts) {
  insts_of_nobody_ = 0;
  std::uint64_t booked = 0;
  for (const Place& place : places_) booked += place.count * place.insts;
  insts_of_nobody_ = static_cast<std::int64_t>(insts - booked);
}

}  // namespace m2sim::timing
