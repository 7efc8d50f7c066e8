// What m2sim knows about a run, whatever its mode.
#pragma once

#include <cstdint>

namespace m2sim::timing {

struct RunFigures {
  std::uint64_t instructions = 0;
  std::uint64_t blocks_decoded = 0;
  std::uint64_t block_lookups = 0;
  std::uint64_t cache_clears = 0;
  std::uint64_t system_calls = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

}  // namespace m2sim::timing
