// What a model gives beside what was measured: which experiments agree, and the same by form and by class.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/catalogue.h"
#include "calibration/experiment.h"
#include "calibration/measure.h"

namespace m2sim::calibration {

// Figures agree within the larger of these.
inline constexpr double kRelativeTolerance = 0.05;
inline constexpr double kAbsoluteTolerance = 0.05;  // cycles, or uops

// How far a figure lies from the measured one, in tolerances: up to 1 it agrees.
double distance(double ours, double measured);

struct Compared {
  const Experiment* experiment = nullptr;
  Measurement ours;
  double worst = 0;  // the largest distance among the figures that were measured

  bool ran() const { return ours.failure.empty(); }
  bool agrees() const { return ran() && worst <= 1; }
};

Compared compare(const Experiment& experiment, Measurement ours);

// Several experiments together: those of a kind, a form or a class.
struct Rollup {
  std::string name;
  std::size_t experiments = 0;
  std::size_t agree = 0;
  std::size_t failed = 0;           // did not run
  const Compared* worst = nullptr;  // of those that ran

  std::size_t disagree() const { return experiments - agree - failed; }
  double share() const;
  void add(const Compared& compared);
};

struct Comparison {
  std::vector<Compared> experiments;
  Rollup cycles;  // all with cycles
  Rollup counts;  // all with uops and issues: one a form
  std::vector<Rollup> kinds;
  // The worst first: that in which the most disagree, of alike ones that with the largest distance.
  std::vector<Rollup> classes;
  std::vector<Rollup> forms;  // by distance alone
};

// `ours` are those of `experiments`, one by one.
Comparison compare_all(std::span<const CataloguedExperiment* const> experiments,
                       std::vector<Measurement> ours);

}  // namespace m2sim::calibration
