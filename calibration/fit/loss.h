// How far predictions are from what was measured.
//
// Of an observation the residual is the logarithm of predicted over measured, in units of
//   sigma = sqrt(s^2 + e^2),
// s being the standard error that the measurement's 95 % interval stands for (its width in logarithms over 2
// x 1.96) and e what is allowed to the model: without it a loop that was measured to 0.05 % would count for
// as much as a thousand that were measured to 2 %, though the model is exact for neither. The loss is the sum
// of the squares; or, robust, of Huber's function, which grows as the square up to 1.345 sigma and in a
// straight line from there on.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "calibration/fit/evaluations.h"
#include "calibration/fit/problem.h"

namespace m2sim::calibration {

struct LossOptions {
  double model_error = 0.02;
  bool robust = false;
};

class Loss {
 public:
  Loss(const FitProblem& problem, LossOptions options);

  double sigma(std::size_t observation) const { return sigmas_[observation]; }
  // ln(predicted / measured)
  double log_ratio(std::size_t observation, double predicted) const;
  // Without a prediction as much as any other is worth together.
  double operator()(std::size_t observation, double predicted) const;
  // Of those that were asked for.
  double operator()(const Predictions& predictions, const Chosen& chosen) const;

  // The root of the mean of squared logarithms, each as heavy as in the loss: an error of which a fit makes
  // as much as of its loss. In the like of 0.02 for 2 %.
  double error(const Predictions& predictions, const Chosen& chosen) const;
  // The mean of |predicted / measured - 1|, all alike.
  double mean_error(const Predictions& predictions, const Chosen& chosen) const;

 private:
  const FitProblem& problem_;
  bool robust_;
  std::vector<double> sigmas_;
};

// The loss as a function of the values.
class Objective {
 public:
  Objective(Evaluations& evaluations, const Loss& loss, Chosen chosen);

  double operator()(const Values& values) const {
    return (*loss_)((*evaluations_)(values, {.observations = observations_}), chosen_);
  }
  // The loss if it is `most` at most; else something above `most`, for which not all measurements need to be
  // looked at: none of them makes the loss less. `near`: a vector that may be much like it.
  double up_to(const Values& values, double most, const Values& near) const {
    return (*loss_)((*evaluations_)(values, wish(most, near)), chosen_);
  }
  // Evaluates, side by side, what up_to() of these needs.
  void request(std::span<const Values> batch, double most, const Values& near) const {
    evaluations_->request(batch, wish(most, near));
  }

  Evaluations& evaluations() const { return *evaluations_; }
  const Loss& loss() const { return *loss_; }
  const Chosen& chosen() const { return chosen_; }

 private:
  Wish wish(double most, const Values& near) const;

  Evaluations* evaluations_;
  const Loss* loss_;
  Chosen chosen_;
  std::vector<std::size_t> observations_;  // the same
};

}  // namespace m2sim::calibration
