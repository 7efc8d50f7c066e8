// Many independent pieces of work on several threads, with progress for who waits.
#pragma once

#include <cstddef>
#include <functional>

namespace m2sim::calibration {

// Called in the caller's thread several times a second: `done` of `total`, in units of the weights.
using ProgressSink = std::function<void(double done, double total)>;

struct ParallelWork {
  std::size_t count = 0;
  unsigned jobs = 1;                          // threads
  std::function<void(std::size_t)> run;       // must not throw
  std::function<double(std::size_t)> weight;  // about how long it takes
};

// Returns when all is done; what is first starts first.
void in_parallel(const ParallelWork& work, const ProgressSink& progress);

}  // namespace m2sim::calibration
