// What is said of a run's phases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "timing/phases/phases.h"
#include "timing/run/simpoints.h"

namespace m2sim::cmd {

struct PhasesResult {
  std::string source;  // program, or file of vectors
  std::uint64_t insts = 0;
  std::uint64_t blocks = 0;                    // that were executed
  std::optional<std::uint64_t> interval_size;  // in instructions, where it is known
  timing::PhasePlan plan{};
  timing::RunPhases found{};
  bool can_be_cut_shorter = false;  // into more intervals, as the vectors are not those of others
};

// As files have them, in the order of the run.
std::vector<timing::SimPoint> points_of(const timing::RunPhases& phases);

std::string phases_text(const PhasesResult& result, bool color);
std::string phases_json(const PhasesResult& result);

// The run from left to right: a letter for the phase that has most of the column's intervals.
std::string phases_strip(const timing::RunPhases& phases, std::size_t columns);

}  // namespace m2sim::cmd
