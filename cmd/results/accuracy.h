// How far the cycles of a run can be trusted, in a line.
#pragma once

#include <string>

#include "cmd/results/manifest.h"

namespace m2sim::cmd {

// "measured loops: 2.6 % off on average, 7.6 % at most". Empty without cycles.
std::string accuracy_note(const Manifest& manifest);

}  // namespace m2sim::cmd
