// Main memory as one core sees it: a constant latency and a channel of limited bandwidth. Not modelled:
// banks, row buffers, refresh and other agents.
#pragma once

#include <cstdint>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Dram {
 public:
  Dram(const DramConfig& config, const ClockConfig& clock, std::uint32_t line_bytes)
      : latency_((std::uint64_t{config.latency_ns} * clock.mhz + 500) / 1000),
        channel_(double(config.mb_per_s) / clock.mhz, line_bytes) {}

  Cycle latency() const { return latency_; }

  // A line asked for at `now`; returns when the load that wants it has its value.
  Cycle read(Cycle now) {
    ++stats_.reads;
    const Cycle start = channel_.take(now);
    stats_.wait_cycles += start - now;
    return start + latency_;
  }

  // Writes are buffered and cost bandwidth only.
  void write(Cycle now) {
    ++stats_.writes;
    channel_.take(now);
  }

  const DramStats& stats() const { return stats_; }

 private:
  Cycle latency_;
  Bandwidth channel_;
  DramStats stats_{};
};

}  // namespace m2sim::timing
