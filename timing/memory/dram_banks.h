// The banks of main memory. Each has one row open, and opens the next a row cycle later at the earliest. So
// misses to no order wait for each other, the longer the more of them there are, where the channel still has
// time; streams do not.
//
// How the controller spreads addresses is not public: here so many bytes in order are one row in every
// channel, which have its lines in turn, and which bank it lies in is a hash. No row is closed ahead, and no
// line is served before earlier ones because its row is open.
//
// Reads DramConfig, ClockConfig.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "timing/config/config.h"
#include "timing/cycle.h"

namespace m2sim::timing {

class DramBanks {
 public:
  DramBanks(const DramConfig& config, const ClockConfig& clock, std::uint32_t line_bytes)
      : row_cycle_((std::uint64_t{config.row_cycle_ns} * clock.mhz + 500) / 1000),
        row_lines_(std::max<std::uint64_t>(1, std::uint64_t{config.row_kib} * 1024 / line_bytes)),
        banks_(config.banks) {}

  // The cycle, from `now` on, in which the row of `line` is open.
  Cycle open(std::uint64_t line, Cycle now) {
    if (banks_.empty()) return now;
    const std::uint64_t row = line / row_lines_;
    const std::uint64_t channel = line % kChannels * (banks_.size() / kChannels);
    Bank& bank = banks_[(((row * kSpread) >> 40) + channel) % banks_.size()];
    if (bank.row == row) return now;
    const bool fresh = bank.row == kNone;
    // Whose time is a row cycle before the last opening comes by too late to have been in its way.
    if (!fresh && now + row_cycle_ < bank.opened) return now;
    const Cycle opened = fresh ? now : std::max(now, bank.opened + row_cycle_);
    bank = {row, opened};
    return opened;
  }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static constexpr std::uint64_t kChannels = 8;  // of 16 bits, on both chips
  static constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;

  struct Bank {
    std::uint64_t row = kNone;
    Cycle opened = 0;
  };

  Cycle row_cycle_;
  std::uint64_t row_lines_;
  std::vector<Bank> banks_;
};

}  // namespace m2sim::timing
