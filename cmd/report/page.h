// A run as one page for a browser: it needs no network and no other file.
#pragma once

#include <span>
#include <string>

#include "cmd/annotate/annotation.h"
#include "cmd/report/series.h"
#include "cmd/results/manifest.h"
#include "cmd/results/stat.h"

namespace m2sim::cmd {

// What the page says, all of the same run.
struct RunRecord {
  const Manifest& manifest;
  const Stats& stats;
  std::span<const RegionResult> regions;
  const Annotation& annotation;
  const IntervalSeries& series;
};

std::string run_page(const RunRecord& run);

}  // namespace m2sim::cmd
