// m2sim run --report: what is noted of a run while it goes on, and the page that is made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cmd/report/series.h"
#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"
#include "emu/machine.h"
#include "timing/probe/attribution.h"
#include "timing/run/simulation.h"

namespace m2sim::cmd {

class RunNotes {
 public:
  // `interval`: instructions of one that is drawn; none: as it fits.
  explicit RunNotes(std::optional<std::uint64_t> interval);

  timing::Attribution& books() { return books_; }
  IntervalSeries& series() { return series_; }

  // When the run is over. Says on standard error what is wrong with the program's debug information.
  std::string page(const Manifest& manifest, const Stats& stats, std::span<const RegionResult> regions,
                   const timing::TimingStats& all, emu::Machine& machine);

 private:
  timing::Attribution books_;
  IntervalSeries series_;
};

}  // namespace m2sim::cmd
