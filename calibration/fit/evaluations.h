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
using Chosen = std::vector<bool>;         // which observations count

// In place of a prediction that nobody has needed yet: none is 0.
inline constexpr double kUnasked = 0;

// What somebody wants to know of vectors.
struct Wish {
  std::vector<std::size_t> observations;  // whose predictions, in the order in which to ask
  // Whether those so far, others being kUnasked, tell all that there is to know. Asked in several threads,
  // one at a time. Empty: all are wanted.
  std::function<bool(const Predictions&)> enough{};
};

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

  // What a journal says; what it says again of a vector adds to that.
  void know(const Values& values, const Predictions& predictions);

  const Predictions& operator()(const Values& values) { return (*this)(values, all_); }
  const Predictions& operator()(const Values& values, const Wish& wish);
  // Evaluates what is not known yet, side by side.
  void request(std::span<const Values> batch) { request(batch, all_); }
  void request(std::span<const Values> batch, const Wish& wish);

  const FitProblem& problem() const { return problem_; }
  FitStatus& status() { return status_; }
  std::size_t asked() const { return asked_; }          // distinct vectors, known before or not
  std::size_t evaluated() const { return evaluated_; }  // of them in this process
  // As far as they are known; null: not at all.
  const Predictions* known(const Values& values) const;
  // Those that were asked for, in the order of their values. Predictions may be kUnasked; the visitor may ask
  // for those.
  void for_each_asked(const std::function<void(const Values&, const Predictions&)>& visit) const;

 private:
  struct Entry {
    Predictions predictions;
    bool asked = false;
  };

  void ask(Entry& entry);
  bool fulfilled(const Predictions& predictions, const Wish& wish) const;
  std::vector<std::size_t> askers_of(const Wish& wish) const;
  void evaluate(std::span<const Values> chunk, const Wish& wish);

  const FitProblem& problem_;
  Wish all_;  // the longest to answer first
  unsigned jobs_;
  Hooks hooks_;
  FitStatus status_;
  std::map<Values, Entry> known_;
  std::size_t asked_ = 0;
  std::size_t evaluated_ = 0;
};

}  // namespace m2sim::calibration
