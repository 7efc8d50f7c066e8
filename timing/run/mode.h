// What listens to a guest while it runs.
#pragma once

#include <cstdint>

namespace m2sim::timing {

enum class Mode : std::uint8_t { kEmulation, kTiming, kFastTiming };

}  // namespace m2sim::timing
