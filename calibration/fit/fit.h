// A fit from beginning to end: a search, which parameters the measurements determine and how well, how well
// the fit predicts what it has not seen, and, if asked for, all that again where it counts: in a slower, more
// accurate model.
//
// A parameter is fitted only if the measurements exclude some of its values. One that no measurement reacts
// to, or of which they allow every value within its bounds, goes back to its own value, and the others are
// fitted anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "calibration/fit/cross_validation.h"
#include "calibration/fit/profile.h"
#include "calibration/fit/search.h"
#include "calibration/fit/sensitivity.h"

namespace m2sim::calibration {

enum class Determination : std::uint8_t {
  kFitted,     // both ends of its interval are within the bounds
  kLimit,      // one is: the measurements say at least, or at most
  kOpen,       // neither: they allow every value
  kUntouched,  // no measurement reacts to it
};

constexpr bool is_fitted(Determination determination) { return determination <= Determination::kLimit; }

struct FittedParameter {
  std::uint32_t value = 0;
  Determination determination = Determination::kUntouched;
  Allowed allowed;                         // the 95 % interval
  std::optional<double> standard_error{};  // of the approximation by slopes
};

struct FitOptions {
  SearchOptions search{};
  LossOptions loss{};
  std::size_t folds = 5;  // of cross-validation; 0: none
  bool by_set = true;     // cross-validation that leaves one set out at a time, where there are several
};

struct FitErrors {
  double weighted = 0;  // Loss::error
  double mean = 0;      // Loss::mean_error
};

struct FitResult {
  Values values;
  std::vector<FittedParameter> parameters;
  std::vector<MovingTogether> together;
  Chosen chosen;  // the observations that the model has something to say to, and that were fitted

  double scatter = 1;  // the factor on the measurements' variances by which the model misses them
  double loss_before = 0;
  double loss = 0;
  Predictions before;
  Predictions after;
  FitErrors errors_before;
  FitErrors errors;
  std::optional<CrossValidation> folds;
  FitErrors fold_errors;
  std::optional<CrossValidation> sets;
  FitErrors set_errors;

  // In the model that confirms; `values` are then its.
  Values searched;  // what the search alone gave
  std::optional<Predictions> confirmed_before;
  std::optional<Predictions> confirmed;
  FitErrors confirmed_errors_before;
  FitErrors confirmed_errors;

  std::size_t evaluations = 0;
  std::size_t confirming_evaluations = 0;
};

// `confirming` evaluates the same problem by the other model; nullptr: the fit ends without. Throws
// std::runtime_error when the model has nothing to say to any observation.
FitResult fit(Evaluations& evaluations, Evaluations* confirming, const FitOptions& options);

}  // namespace m2sim::calibration
