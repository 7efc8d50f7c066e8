// The one unit of time of the timing models: core clock cycles since the program started.
#pragma once

#include <cstdint>

namespace m2sim::timing {

using Cycle = std::uint64_t;

}  // namespace m2sim::timing
