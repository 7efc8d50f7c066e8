// Main memory as one core sees it: a constant latency, banks that open one row after the other, and a channel
// of limited bandwidth. Not modelled: rows that are open already and so quicker, writes in their banks,
// refresh and other agents.
//
// Reads DramConfig, ClockConfig.
#pragma once

#include <cmath>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/dram_banks.h"
#include "timing/memory/write_buffer.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Dram {
 public:
  Dram(const DramConfig& config, const ClockConfig& clock, std::uint32_t line_bytes)
      : latency_((std::uint64_t{config.latency_ns} * clock.mhz + 500) / 1000),
        cycles_per_line_(line_bytes * double(clock.mhz) / config.mb_per_s),
        channel_(double(config.mb_per_s) / clock.mhz, line_bytes),
        writes_(config.write_lines),
        banks_(config, clock, line_bytes) {}

  Cycle latency() const { return latency_; }
  // The same with the wait for its row of a line that is asked for at `now`.
  Cycle latency(std::uint64_t line, Cycle now) const { return latency_ + banks_.wait(line, now); }

  // A line asked for at `now`; returns when the load that wants it has its value.
  Cycle read(std::uint64_t line, Cycle now) {
    ++stats_.reads;
    const Cycle start = channel_.take(banks_.open(line, now));
    stats_.read_wait_sum += start - now;
    return start + latency_;
  }

  // Writes are buffered and cost bandwidth only.
  void write(Cycle now) {
    ++stats_.writes;
    writes_.write(channel_, now);
  }
  // The cycle in which the buffer has room for a write.
  Cycle write_room(Cycle now) const { return writes_.room(now); }

  DramStats stats() const {
    DramStats stats = stats_;
    stats.busy_cycles =
        static_cast<std::uint64_t>(std::llround(double(stats.reads + stats.writes) * cycles_per_line_));
    return stats;
  }

 private:
  Cycle latency_;
  double cycles_per_line_;
  Bandwidth channel_;
  WriteBuffer writes_;
  DramBanks banks_;
  DramStats stats_{};
};

}  // namespace m2sim::timing
