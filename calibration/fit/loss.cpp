#include "calibration/fit/loss.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace m2sim::calibration {
namespace {

constexpr double kNormal95 = 1.96;  // standard errors to either side of a 95 % interval
constexpr double kHuber = 1.345;    // 95 % as efficient as squares where errors are normal
constexpr double kNoPrediction = 1e6;
constexpr double kLeastSigma = 1e-6;  // of what is said to be exact

}  // namespace

Loss::Loss(const FitProblem& problem, LossOptions options) : problem_(problem), robust_(options.robust) {
  for (const FitObservation& observation : problem.observations) {
    const double standard_error = std::log(observation.high / observation.low) / 2 / kNormal95;
    sigmas_.push_back(std::max(std::hypot(standard_error, options.model_error), kLeastSigma));
  }
}

double Loss::log_ratio(std::size_t observation, double predicted) const {
  return std::log(predicted / problem_.observations[observation].measured);
}

double Loss::operator()(std::size_t observation, double predicted) const {
  if (std::isnan(predicted)) return kNoPrediction;
  const double residual = std::abs(log_ratio(observation, predicted)) / sigmas_[observation];
  if (!robust_ || residual <= kHuber) return residual * residual;
  return kHuber * (2 * residual - kHuber);
}

double Loss::operator()(const Predictions& predictions, const Chosen& chosen) const {
  double sum = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (chosen[i] && predictions[i] != kUnasked) sum += (*this)(i, predictions[i]);
  }
  return sum;
}

double Loss::error(const Predictions& predictions, const Chosen& chosen) const {
  double squares = 0;
  double weights = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (!chosen[i]) continue;
    const double weight = 1 / (sigmas_[i] * sigmas_[i]);
    const double ratio = log_ratio(i, predictions[i]);
    squares += weight * ratio * ratio;
    weights += weight;
  }
  return weights > 0 ? std::sqrt(squares / weights) : 0;
}

double Loss::mean_error(const Predictions& predictions, const Chosen& chosen) const {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (!chosen[i]) continue;
    sum += std::abs(predictions[i] / problem_.observations[i].measured - 1);
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

Objective::Objective(Evaluations& evaluations, const Loss& loss, Chosen chosen)
    : evaluations_(&evaluations), loss_(&loss), chosen_(std::move(chosen)) {
  for (std::size_t i = 0; i < chosen_.size(); ++i) {
    if (chosen_[i]) observations_.push_back(i);
  }
}

// What the other vector misses most comes first: this one will miss it, too, and the rest of what it may miss
// is soon spent.
Wish Objective::wish(double most, const Values& near) const {
  Wish wish{.observations = observations_};
  if (const Predictions* const known = evaluations_->known(near)) {
    std::ranges::stable_sort(wish.observations, std::greater<>(), [&](std::size_t i) {
      return (*known)[i] == kUnasked ? 0 : (*loss_)(i, (*known)[i]);
    });
  }
  // A sum of the same in another order differs by less than that.
  constexpr double kRounding = 1e-9;
  wish.enough = [this, most](const Predictions& predictions) {
    return (*loss_)(predictions, chosen_) > most * (1 + kRounding);
  };
  return wish;
}

}  // namespace m2sim::calibration
