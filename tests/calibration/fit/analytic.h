// Problems whose answers are known: predictions are formulas of the values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "calibration/fit/problem.h"

namespace m2sim::calibration {

using Formula = std::function<double(const Values&)>;

// What the formulas give at `truth` is what was measured, to 1 %.
inline FitProblem analytic_problem(std::vector<FitParameter> parameters, const std::vector<Formula>& formulas,
                                   const Values& truth) {
  FitProblem problem;
  problem.parameters = std::move(parameters);
  for (const Formula& formula : formulas) {
    const double value = formula(truth);
    const std::string number = std::to_string(problem.observations.size());
    problem.observations.push_back({.name = "formula " + number,
                                    .set = problem.observations.size() % 2 == 0 ? "even" : "odd",
                                    .measured = value,
                                    .low = value * 0.99,
                                    .high = value * 1.01,
                                    .cost = 1,
                                    .question = problem.observations.size()});
  }
  problem.buildable = [](const Values&) { return true; };
  problem.predict = [formulas](std::size_t i, const Values& values) { return formulas[i](values); };
  return problem;
}

// Like a core: limits of which the narrowest counts, latencies that add up, two that only count together.
inline std::vector<FitParameter> core_like_parameters() {
  return {{"width", 1, 16, 8},
          {"latency", 1, 60, 12},
          {"window", 50, 600, 300},
          {"ports", 1, 8, 4},
          {"penalty", 2, 40, 14}};
}
inline const Values kCoreLikeTruth = {6, 23, 180, 2, 19};

inline std::vector<Formula> core_like_formulas() {
  const auto at = [](const Values& v, std::size_t i) { return static_cast<double>(v[i]); };
  return {
      [=](const Values& v) { return std::max(100 / at(v, 0), 10.0); },
      [=](const Values& v) { return std::max(40 / at(v, 3), 80 / at(v, 0)); },
      [=](const Values& v) { return 4 + at(v, 1); },
      [=](const Values& v) { return std::max(120 * at(v, 1) / at(v, 2), 2.0); },
      [=](const Values& v) { return 3 + 0.5 * at(v, 4); },
      [=](const Values& v) { return 20 / at(v, 3) + at(v, 4) * 0.25; },
      [=](const Values& v) { return 2 * at(v, 1) + at(v, 4); },
      [=](const Values& v) { return 5000 / at(v, 2); },
  };
}

}  // namespace m2sim::calibration
