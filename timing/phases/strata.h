// Intervals to be timed of one phase: the phase is cut into strata, and of each two are drawn.
//
// What a phase's intervals execute is alike, but not how cold it is to them. Code that the program comes to
// for the first time goes with data, pages and branches that nobody has seen: an interval with much of that
// may take several times the cycles of others of its phase. So intervals are put in the order of how much is
// new in them, and strata are narrow where that is much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "timing/phases/random.h"

namespace m2sim::timing {

struct StratumMember {
  std::size_t interval;
  std::uint64_t insts;
  std::uint64_t new_blocks;  // that the run executes there for the first time
};

struct Stratum {
  std::vector<StratumMember> members;
  std::vector<std::size_t> drawn;  // intervals, in their order: two, or all
};

// `count`: of all that shall be drawn, about; at least 2. Of at least one member. What is shorter than half
// of `longest` is drawn only where a stratum has nothing else.
std::vector<Stratum> drawn_by_strata(std::span<const StratumMember> members, std::size_t count,
                                     std::uint64_t longest, Random& random);

}  // namespace m2sim::timing
