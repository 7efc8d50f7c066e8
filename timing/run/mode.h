// What listens to a guest while it runs.
#pragma once

#include <cstdint>

namespace m2sim::timing {

enum class Mode : std::uint8_t { kEmulation, kTiming, kFastTiming };

// What the guest's clocks follow: instructions, at a fixed rate and thus alike in all modes; or, in the
// timing modes, the cycles of the model.
enum class GuestClock : std::uint8_t { kInstructions, kCycles };

}  // namespace m2sim::timing
