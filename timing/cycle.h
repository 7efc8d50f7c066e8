// The one unit of time of the timing models: core clock cycles since the program started.
#pragma once

#include <cstdint>

namespace m2sim::timing {

using Cycle = std::uint64_t;

// A time that has not been decided; far from overflow when latencies are added to it.
inline constexpr Cycle kNever = UINT64_MAX / 2;

}  // namespace m2sim::timing
