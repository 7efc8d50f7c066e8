// A part of a run, and whom it is for.
#pragma once

#include <cstdint>

#include "emu/emulator.h"

namespace m2sim::timing {

// kNobody: it passes at the speed of emulation. kModel: caches, predictors and the pipe go on with it, but it
// does not count. kFigures: it counts, too.
enum class Listener : std::uint8_t { kNobody, kModel, kFigures };

struct Phase {
  emu::Until until{};
  Listener listener = Listener::kFigures;
};

}  // namespace m2sim::timing
