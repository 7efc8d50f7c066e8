// Random states of a sample.
#pragma once

#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// Everything but the code and the pc.
void randomize(Random& random, Sample& sample);

}  // namespace m2sim::rows
