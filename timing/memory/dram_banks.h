// The banks of main memory. Each has one row open, and opens the next a row cycle later at the earliest. So
// misses to no order wait for each other, the longer the more of them there are, where the channel still has
// time; streams do not.
//
// How the controller spreads addresses is not public: here so many bytes in order are one row in every
// channel, which have its lines in turn, and in which of a channel's banks it lies is a hash. No row is
// closed ahead, and no line is served before earlier ones because its row is open.
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

  // How long a line that is asked for at `now` waits for its row.
  Cycle wait(std::uint64_t line, Cycle now) const {
    if (banks_.empty()) return 0;
    const Bank& bank = banks_[bank_of(line)];
    if (early(bank, now)) return 0;
    if (bank.row == kNone) return 0;
    return std::max(now, bank.opened + (bank.row == row_of(line) ? 0 : row_cycle_)) - now;
  }

  // The cycle, from `now` on, in which the row of `line` is open.
  Cycle open(std::uint64_t line, Cycle now) {
    if (banks_.empty()) return now;
    const Cycle opened = now + wait(line, now);
    Bank& bank = banks_[bank_of(line)];
    if (bank.row != row_of(line) && !early(bank, now)) bank = {row_of(line), now, opened};
    return opened;
  }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static constexpr std::uint64_t kChannels = 8;  // of 16 bits, on both chips
  static constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;

  struct Bank {
    std::uint64_t row = kNone;
    Cycle asked = 0;  // when its row was asked for
    Cycle opened = 0;
  };

  std::uint64_t row_of(std::uint64_t line) const { return line / row_lines_; }
  std::uint64_t bank_of(std::uint64_t line) const {
    const std::uint64_t hash = (row_of(line) * kSpread) >> 40;
    const std::uint64_t a_channel = banks_.size() / kChannels;
    return a_channel == 0 ? hash % banks_.size() : line % kChannels * a_channel + hash % a_channel;
  }
  // Requests need not come in the order of their times: one from more than a row cycle before the last row
  // was asked for was not delayed by that, and opens nothing.
  bool early(const Bank& bank, Cycle now) const { return bank.row != kNone && now + row_cycle_ < bank.asked; }

  Cycle row_cycle_;
  std::uint64_t row_lines_;
  std::vector<Bank> banks_;
};

}  // namespace m2sim::timing
