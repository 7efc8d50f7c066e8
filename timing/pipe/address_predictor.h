// Which loads go where they have gone before, or on by the same step, so often that their address is known
// before its registers are: the load-address predictor of the M2 (SLAP; Chen's chains of loads over pages,
// whose loads each see one address where the pages divide the loop).
//
// A load that was foretold right reads without its registers, one such load a cycle (1.1 cycles a load are
// measured). One that was foretold wrong is found out when its registers are there, and runs again with all
// behind it. Loads that miss the L1D are not followed: chains over 10 and 20 pages of one set of the L1D,
// whose loads each see one address as well, take 17 cycles a load.
//
// Learns in program order. Reads LsqConfig, MmuConfig (page size).
#pragma once

#include <algorithm>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

class AddressPredictor {
 public:
  enum class Guess : std::uint8_t { kNone, kRight, kWrong };

  explicit AddressPredictor(const CoreConfig& config);

  bool present() const { return mask_ != 0; }
  // What it says of this load, before it sees the address. present() is true.
  [[gnu::always_inline]] Guess observe(std::uint64_t pc, std::uint64_t address) {
    Entry& entry = entries_[pc / 4 & mask_];
    if (entry.pc != pc) {
      entry = {pc, address, 0, 0};
      return Guess::kNone;
    }
    const std::uint64_t next = entry.last + entry.stride;
    const bool sure = entry.agreed == confirmations_ && next / page_bytes_ == entry.last / page_bytes_;
    const std::uint64_t last = entry.last;
    entry.last = address;
    if (address == next) [[likely]] {
      entry.agreed = std::min(entry.agreed + 1, confirmations_);
      return sure ? Guess::kRight : Guess::kNone;
    }
    const std::uint64_t stride = address - last;
    entry.stride = stride + max_stride_ <= 2 * max_stride_ ? stride : 0;
    entry.agreed = 0;
    return sure ? Guess::kWrong : Guess::kNone;
  }
  // A load that misses the L1D is not worth it.
  void missed(std::uint64_t pc) {
    Entry& entry = entries_[pc / 4 & mask_];
    if (entry.pc == pc) entry.agreed = 0;
  }
  // The first cycle from `earliest` on in which nobody has read ahead yet.
  Cycle turn(Cycle earliest) const { return std::max(earliest, next_turn_); }
  void take_turn(Cycle cycle) { next_turn_ = cycle + 1; }

  template <class Learned>
  void learned(Learned& show) {
    show(entries_);
  }

 private:
  struct Entry {
    std::uint64_t pc;
    std::uint64_t last;    // where it went last
    std::uint64_t stride;  // from there to where it goes next
    std::uint32_t agreed;  // loads in a row that went there
  };

  std::uint32_t confirmations_;
  std::uint64_t max_stride_;
  std::uint64_t page_bytes_;
  std::uint64_t mask_;
  Cycle next_turn_ = 0;
  ZeroedArray<Entry> entries_;
};

}  // namespace m2sim::timing
