// Cases for every row of the encoding table.
#pragma once

#include <optional>
#include <vector>

#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// A legal word of the row, what it needs around it to be deterministic (a store-exclusive its load, a pointer
// its signature), and a random state in which its accesses mostly stay inside the window. Nothing when the
// word drawn is reserved, unpredictable, or leaves the reach of the experiment: draw again.
std::optional<Case> draw_case(insts::Op op, Random& random, unsigned turn);

// A word that the row's fixed bits match but that is no instruction.
std::optional<Case> draw_reserved_case(insts::Op op, Random& random);

// Instructions of higher exception levels, which the table does not have: undefined for a user program.
std::vector<Case> draw_privileged_cases(Random& random);

}  // namespace m2sim::rows
