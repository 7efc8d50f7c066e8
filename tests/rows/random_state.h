// Random register and memory contents, full of the values at which arithmetic turns.
#pragma once

#include "tests/rows/sample.h"

namespace m2sim::rows {

// Everything but the code and the pc.
void randomize(Random& random, Sample& sample);

std::uint64_t random_general(Random& random);
// Half of it zero, the rest of what the modelled core has: AHP, DN, FZ, rounding mode, FZ16.
std::uint32_t random_fpcr(Random& random);

inline unsigned below(Random& random, unsigned n) { return static_cast<unsigned>(random() % n); }
inline bool one_in(Random& random, unsigned n) { return below(random, n) == 0; }

}  // namespace m2sim::rows
