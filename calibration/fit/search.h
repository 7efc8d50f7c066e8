// A search through all of a space: NLopt's controlled random search (GN_CRS2_LM) over the whole, its SBPLX
// (LN_SBPLX) from the best of that, both on a continuous relaxation whose points are rounded, then polish.h
// from the best of what both found. It depends on the seed and on nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "calibration/fit/polish.h"

namespace m2sim::calibration {

struct SearchOptions {
  std::uint64_t seed = 1;
  unsigned global = 400;  // evaluations
  unsigned local = 150;
  unsigned starts = 2;  // vectors that are polished
};

struct SearchResult {
  Candidate best;
  // The vectors that the global search begins with: they fill the space evenly, and were chosen without a
  // look at any measurement.
  std::vector<Values> design;
};

SearchResult search(const Objective& objective, const Space& space, const SearchOptions& options);

// The local part alone, from the best of `starts`.
Candidate search_locally(const Objective& objective, const Space& space, const std::vector<Values>& starts);

}  // namespace m2sim::calibration
