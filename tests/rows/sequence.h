// Random blocks of instructions: straight lines with branches forward, memory accesses in the window.
#pragma once

#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// 50 to 200 instructions and what they start from. Nothing in it faults, nor depends on more than the state:
// it ends at the zero word behind it.
Case draw_sequence(Random& random);

}  // namespace m2sim::rows
