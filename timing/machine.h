// Figures that both timing models derive from the configuration.
#pragma once

#include <array>
#include <cstdint>

#include "timing/config.h"
#include "timing/uop.h"

namespace m2sim::timing {

// Rename-retire entries and speculative registers, as one word of lanes (uop.h).
Resources initial_resources(const CoreConfig& config);

// Instructions between fetch and rename: those in the pipe and those in the queue.
std::uint32_t fetch_capacity(const CoreConfig& config);

// Port numbers, those with the fewest capabilities first: an operation that several ports could execute
// takes the most specialised free one.
std::array<unsigned, kPortCount> ports_by_speciality(const CoreConfig& config);

}  // namespace m2sim::timing
