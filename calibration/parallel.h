// Many independent pieces of work on several threads, with progress for who waits.
#pragma once

#include <cstddef>
#include <functional>

namespace m2sim::calibration {

// Called in the caller's thread several times a second: `done` of `total`, in units of the weights.
using ProgressSink = std::function<void(double done, double total)>;

// More at once would not find room for as many guests' address spaces, of which each takes some terabytes.
inline constexpr unsigned kMostJobs = 8;

struct ParallelWork {
  std::size_t count = 0;
  unsigned jobs = 1;                          // threads, kMostJobs at most
  std::function<void(std::size_t)> run;       // must not throw
  std::function<double(std::size_t)> weight;  // about how long it takes
};

// Returns when all is done; what is first starts first.
void in_parallel(const ParallelWork& work, const ProgressSink& progress);

}  // namespace m2sim::calibration
