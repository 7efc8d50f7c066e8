// Counters under the names that perf, people and Apple give them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/measured/measurement.h"

namespace m2sim::calibration {

struct EventName {
  std::string counter;                // "pmu.INST_ALL"; empty: none of Apple's
  std::optional<CoreType> core_type;  // of the PMU that is named: "apple_avalanche_pmu/cycles/" is a P-core's
};

// "cycles:u", "r8c", "apple_blizzard_pmu/event=0x8c/", "INST_ALL", "pmu.INST_ALL".
EventName event_name(std::string_view event);

// All that a counter may be called, for messages.
std::vector<std::string> known_events();

}  // namespace m2sim::calibration
