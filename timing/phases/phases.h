// Which intervals of a run stand for the whole: intervals that execute the same code are a phase, and some of
// each phase are points (SimPoint; Sherwood and others 2002, Hamerly and others 2005).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "timing/phases/projection.h"

namespace m2sim::timing {

struct PhasePlan {
  std::size_t most = 30;   // phases
  unsigned tries = 5;      // of k-means, for each number of phases
  double threshold = 0.9;  // of the scores between the worst number of phases and the best
  // Points of a phase. One is the interval that is nearest to the phase's centre, as it was published, and
  // says nothing of how much the others differ from it. With more they are drawn at random: so many a phase
  // on average, more of what weighs more and differs more, and two of each of its strata.
  unsigned points = 5;
  std::uint64_t seed = 1;
};

struct IntervalPlace {
  Place place;
  std::uint64_t insts;
  std::uint64_t new_blocks = 0;  // that the run executes there for the first time
};

struct PhasePoint {
  std::size_t interval;
  double weight;        // of the run
  std::size_t stratum;  // from 0, over all phases: what the points of one differ by says how well it is known
};

struct RunPhase {
  double weight = 0;  // of the run's instructions
  std::size_t intervals = 0;
  std::size_t representative = 0;  // the interval that is nearest to the centre
  double spread =
      0;  // how far intervals lie from the centre, as part_of() has it; the root of the mean square
  std::vector<PhasePoint> points;  // in the order of the run
};

struct RunPhases {
  std::vector<std::uint32_t> labels;  // of the intervals: indices of `phases`
  std::vector<RunPhase> phases;       // in the order in which the run comes to them
  std::vector<double> scores;         // of one phase, two, ...
};

// Of at least one interval.
RunPhases phases_of(std::span<const IntervalPlace> intervals, const PhasePlan& plan);

}  // namespace m2sim::timing
