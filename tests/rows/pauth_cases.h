// Cases of pointer authentication. Keys differ between simulators, so no signature can be compared: a word is
// put among others with which it gives the same result for every key.
#pragma once

#include <optional>

#include "tests/rows/random_values.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

bool is_pauth(insts::Op op);
std::optional<Case> draw_pauth_case(insts::Op op, Random& random, unsigned turn);

}  // namespace m2sim::rows
