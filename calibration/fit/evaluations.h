// What a model says to all observations for a vector of values: each vector is evaluated once, and what was
// evaluated before (a journal) not at all. A fit asks for the same vectors in the same order however many
// threads there are, and whatever was known: so that its answer does not depend on either.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "calibration/fit/problem.h"

namespace m2sim::calibration {

using Predictions = std::vector<double>;  // of each observation; NaN where there is none

// Where a fit is, for who waits for it.
struct FitStatus {
  std::string_view phase;
  double done = 0;  // of 1, by estimate
  double best = 0;  // the least loss so far

  double from = 0;  // the phase's share of all
  double to = 1;
  void begin(std::string_view name, double first, double last);
  void advance(double of_phase) { done = from + of_phase * (to - from); }
};

class Evaluations {
 public:
  struct Hooks {
    // In the caller's thread, soon after an evaluation; may throw, which ends the fit.
    std::function<void(const Values&, const Predictions&)> evaluated;
    // Several times a second.
    std::function<void(const FitStatus&)> tick;
  };

  Evaluations(const FitProblem& problem, unsigned jobs, Hooks hooks);

  // What a journal says.
  void know(const Values& values, Predictions predictions);

  const Predictions& operator()(const Values& values);
  // Evaluates what is not known yet, side by side.
  void request(std::span<const Values> batch);

  const FitProblem& problem() const { return problem_; }
  FitStatus& status() { return status_; }
  std::size_t asked() const { return asked_; }          // distinct vectors, known before or not
  std::size_t evaluated() const { return evaluated_; }  // of them in this process
  // Those that were asked for, in the order of their values.
  void for_each_asked(const std::function<void(const Values&, const Predictions&)>& visit) const;

 private:
  struct Entry {
    Predictions predictions;
    bool asked = false;
  };

  void ask(Entry& entry);
  void evaluate(std::span<const Values> chunk);

  const FitProblem& problem_;
  std::vector<std::size_t> askers_;  // an observation of each question, the longest to answer first
  unsigned jobs_;
  Hooks hooks_;
  FitStatus status_;
  std::map<Values, Entry> known_;
  std::size_t asked_ = 0;
  std::size_t evaluated_ = 0;
};

}  // namespace m2sim::calibration
