// What the next optimisation could gain at best.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/profile/profile.h"

namespace m2sim::cmd {

struct Cost {
  std::string what;
  std::optional<double> events;  // per instruction, where it can be counted
  double share = 0;              // of the run's time
};

// Amdahl's law: how much faster a run gets when a part of its time, 0..1, is gone.
double best_speedup(double share);

// Stages, then groups of functions, the same ones in every mode. They overlap: a group is part of stages.
std::vector<Cost> costs_of(const ProgramProfile& program, const ModeProfile& mode);

}  // namespace m2sim::cmd
