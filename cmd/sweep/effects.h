// What each thing that a sweep varies does to CPI.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/sweep/results.h"

namespace m2sim::cmd {

struct EffectLevel {
  std::string value;  // or "100..149" where there are many
  double ratio = 1;   // CPI there, in that of its program: geometric mean
  std::size_t jobs = 0;
};

struct Effect {
  std::string name;  // "core", an axis, a path
  std::vector<EffectLevel> levels;
  double change = 0;                 // of CPI from the first level to the last, of 1
  std::optional<double> elasticity;  // of CPI: percent a percent of the value; of numbers alone
  double explained = 0;              // share of the variance of log CPI
};

// Of everything that has several values among the jobs that have a CPI. A job's CPI is taken relative to the
// geometric mean of the jobs of its program, input, mode and choices of axes, the one looked at aside.
std::vector<Effect> effects_of(const SweepResults& results);

}  // namespace m2sim::cmd
