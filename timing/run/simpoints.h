// Simulation points (SimPoint, Sherwood and others 2002): a run is cut into intervals of one length, those
// that execute the same code are a phase, and of each phase a few are timed. All else passes at the speed of
// emulation, but that caches and predictors learn for a while before each point (timing/pipe/warming.h).
//
// Which intervals are points says a list that was made before: of this very program, with these arguments.
#pragma once

#include <cstdint>
#include <vector>

namespace m2sim::timing {

struct SimPoint {
  std::uint64_t interval = 0;  // from 0
  std::uint64_t phase = 0;     // or a part of one: points of the same number stand for each other's like
  double weight = 0;           // of the run's instructions it stands for this part
};

struct SimPointPlan {
  std::uint64_t interval_size = 0;  // in instructions
  // From so many before a point caches and predictors learn; so many of these are timed and do not count.
  std::uint64_t warming = 10'000'000;
  std::uint64_t detail = 100'000;
  std::vector<SimPoint> points{};  // in the order of the run, each interval once
  bool check = false;              // time the whole run, too
};

}  // namespace m2sim::timing
