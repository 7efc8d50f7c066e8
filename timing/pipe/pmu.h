// Apple's counters from what the model counts. docs/counters.md explains each.
#pragma once

#include "timing/crack/block_counts.h"
#include "timing/stats.h"

namespace m2sim::timing {

PmuStats pmu_stats(const TimingStats& stats, const BlockCounts& blocks);

}  // namespace m2sim::timing
