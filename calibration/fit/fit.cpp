#include "calibration/fit/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace m2sim::calibration {
namespace {

// Vectors that the confirming model is asked about before it takes steps of its own.
constexpr std::size_t kConfirmed = 5;

// When each phase ends, about; of a fit without cross-validation or confirmation the last ones are short.
constexpr double kSearchEnd = 0.4;
constexpr double kIntervalsEnd = 0.6;
constexpr double kFoldsEnd = 0.85;

Chosen those_that_run(const Predictions& predictions) {
  Chosen chosen;
  for (const double prediction : predictions) chosen.push_back(!std::isnan(prediction));
  if (std::ranges::find(chosen, true) == chosen.end())
    throw std::runtime_error("the model has nothing to say to any of the measurements");
  return chosen;
}

class Fit {
 public:
  Fit(Evaluations& evaluations, const FitOptions& options)
      : evaluations_(evaluations),
        options_(options),
        loss_(evaluations.problem(), options.loss),
        before_(evaluations(evaluations.problem().own())),
        objective_(evaluations, loss_, those_that_run(before_)),
        space_(evaluations.problem().parameters) {
    result_.chosen = objective_.chosen();
    result_.before = before_;
    result_.loss_before = loss_(before_, result_.chosen);
    result_.parameters.resize(space_.parameters().size());
    for (std::size_t i = 0; i < result_.parameters.size(); ++i) {
      const FitParameter& parameter = space_.parameters()[i];
      // One with a single value within its bounds is given, not fitted.
      result_.parameters[i] = {.value = parameter.own,
                               .determination = Determination::kOpen,
                               .allowed = {parameter.min, parameter.max}};
    }
    evaluations_.status().best = result_.loss_before;
  }

  FitResult run(Evaluations* confirming) {
    FitStatus& status = evaluations_.status();
    status.begin("search", 0, kSearchEnd);
    SearchResult found = search(objective_, space_, options_.search);
    best_ = std::move(found.best);
    status.begin("intervals", kSearchEnd, kIntervalsEnd);
    while (!all_determined()) {
    }
    record();
    status.begin("cross-validation", kIntervalsEnd, kFoldsEnd);
    cross_validations(found.design);
    if (confirming != nullptr) confirm(*confirming);
    result_.evaluations = evaluations_.asked();
    return std::move(result_);
  }

 private:
  // Fixes parameters that are not determined, or begins again from a better vector: then it has to be called
  // again.
  bool all_determined() {
    const std::size_t free = space_.free().size();
    const auto observations = static_cast<std::size_t>(std::ranges::count(result_.chosen, true));
    const double spare = observations > free ? static_cast<double>(observations - free) : 0;
    result_.scatter = spare > 0 ? std::max(1.0, best_.loss / spare) : 1;
    sensitivity_ = sensitivity(objective_, space_, best_.values, result_.scatter);
    if (first_) result_.together = sensitivity_.together;
    first_ = false;
    if (fix_untouched()) return false;
    // Of alike ones the last, in the order in which they were asked for, is the first to go.
    std::vector<std::size_t> order(space_.free().rbegin(), space_.free().rend());
    std::ranges::stable_sort(order, std::greater<>(), [this](std::size_t i) { return looseness(i); });
    double done = 0;
    for (const std::size_t i : order) {
      evaluations_.status().advance(done++ / static_cast<double>(order.size()));
      if (!determine(i)) return false;
      if (better_is_known()) return false;
    }
    return true;
  }

  // How little the slopes say of a parameter, in spans.
  double looseness(std::size_t i) const {
    const std::optional<double>& error = sensitivity_.standard_errors[i];
    const FitParameter& parameter = space_.parameters()[i];
    return error ? std::min(*error / (parameter.max - parameter.min), 1e6) : 1e6;
  }

  bool fix_untouched() {
    bool any = false;
    for (const std::size_t i : std::vector<std::size_t>(space_.free())) {
      if (sensitivity_.reacts[i]) continue;
      fix(i, Determination::kUntouched);
      any = true;
    }
    if (any) polish_again(best_.values);
    return any;
  }

  bool determine(std::size_t i) {
    const double threshold = best_.loss + kLikelihood95 * result_.scatter;
    if (!sensitivity_.standard_errors[i]) {
      const Candidate others = best_without(i);
      if (others.loss <= threshold) return go_without(i, others);
    }
    const Allowed allowed = allowed_values(objective_, space_, sensitivity_, best_.values, i, threshold);
    const FitParameter& parameter = space_.parameters()[i];
    const bool below = allowed.low > parameter.min;
    const bool above = allowed.high < parameter.max;
    if (!below && !above) return go_without(i, best_without(i));
    result_.parameters[i] = {.value = best_.values[i],
                             .determination = below && above ? Determination::kFitted : Determination::kLimit,
                             .allowed = allowed,
                             .standard_error = sensitivity_.standard_errors[i]};
    return true;
  }

  // The best with the parameter at its own value: whether the others can make up for it.
  Candidate best_without(std::size_t i) const {
    const std::uint32_t own = space_.parameters()[i].own;
    Space rest = space_;
    rest.fix(i, own);
    const Values moved = conditional(sensitivity_, objective_, space_, best_.values, i, own);
    const Values stayed = rest.within(best_.values);
    return polish(objective_, rest, objective_(moved) < objective_(stayed) ? moved : stayed, {});
  }

  bool go_without(std::size_t i, const Candidate& others) {
    fix(i, Determination::kOpen);
    best_ = others;
    evaluations_.status().best = best_.loss;
    return false;
  }

  void fix(std::size_t i, Determination determination) {
    const FitParameter& parameter = space_.parameters()[i];
    space_.fix(i, parameter.own);
    result_.parameters[i] = {
        .value = parameter.own, .determination = determination, .allowed = {parameter.min, parameter.max}};
  }

  void polish_again(const Values& start) {
    best_ = polish(objective_, space_, start, {});
    evaluations_.status().best = best_.loss;
  }

  // The search for intervals may come upon what the search for the best has missed.
  bool better_is_known() {
    Candidate least = best_;
    evaluations_.for_each_asked([&](const Values& values, const Predictions& /*predictions*/) {
      if (values != space_.within(values)) return;
      const double loss = objective_.up_to(values, least.loss, least.values);
      if (loss < least.loss) least = {values, loss};
    });
    if (least.values == best_.values) return false;
    polish_again(least.values);
    return true;
  }

  FitErrors errors_of(const Predictions& predictions) const {
    return {loss_.error(predictions, result_.chosen), loss_.mean_error(predictions, result_.chosen)};
  }

  void record() {
    result_.values = best_.values;
    result_.searched = best_.values;
    result_.loss = best_.loss;
    result_.after = evaluations_(best_.values);
    result_.errors_before = errors_of(before_);
    result_.errors = errors_of(result_.after);
  }

  void cross_validations(const std::vector<Values>& design) {
    const FitProblem& problem = evaluations_.problem();
    const auto observations = static_cast<std::size_t>(std::ranges::count(result_.chosen, true));
    const std::size_t folds = std::min(options_.folds, observations);
    FitStatus& status = evaluations_.status();
    const double middle = (kIntervalsEnd + kFoldsEnd) / 2;
    if (folds >= 2) {
      status.begin("cross-validation", kIntervalsEnd, middle);
      result_.folds = cross_validate(objective_, space_, design,
                                     random_groups(result_.chosen, folds, options_.search.seed));
      result_.fold_errors = errors_of(result_.folds->held_out);
    }
    const std::vector<std::size_t> sets = groups_by_set(problem, result_.chosen);
    if (options_.by_set && std::ranges::any_of(sets, [](std::size_t set) { return set > 0; })) {
      status.begin("cross-validation", middle, kFoldsEnd);
      result_.sets = cross_validate(objective_, space_, design, sets);
      result_.set_errors = errors_of(result_.sets->held_out);
    }
  }

  // The best of the search, then steps of one, by the other model.
  void confirm(Evaluations& confirming) {
    confirming.status().begin("confirmation", kFoldsEnd, 1);
    std::vector<Candidate> candidates;
    evaluations_.for_each_asked([&](const Values& values, const Predictions& /*predictions*/) {
      if (values != space_.within(values)) return;
      constexpr double kAny = std::numeric_limits<double>::infinity();
      const double most = candidates.size() < kConfirmed ? kAny : candidates.back().loss;
      candidates.push_back({values, objective_.up_to(values, most, best_.values)});
      std::ranges::stable_sort(
          candidates, [this](const Candidate& a, const Candidate& b) { return better(space_, a, b); });
      if (candidates.size() > kConfirmed) candidates.pop_back();
    });
    std::vector<Values> batch = {evaluations_.problem().own()};
    for (const Candidate& candidate : candidates) batch.push_back(candidate.values);
    confirming.status().best = result_.loss;
    confirming.request(batch);

    const Objective objective(confirming, loss_, result_.chosen);
    Candidate best{best_.values, objective(best_.values)};
    for (const Values& values : batch) {
      const Candidate candidate{values, objective(values)};
      if (values == space_.within(values) && better(space_, candidate, best)) best = candidate;
    }
    confirming.status().best = best.loss;
    best = polish(objective, space_, best.values, {.first_step = 0, .pairs = false});
    result_.values = best.values;
    result_.confirmed_before = confirming(evaluations_.problem().own());
    result_.confirmed = confirming(best.values);
    result_.confirmed_errors_before = errors_of(*result_.confirmed_before);
    result_.confirmed_errors = errors_of(*result_.confirmed);
    for (std::size_t i = 0; i < best.values.size(); ++i) {
      FittedParameter& parameter = result_.parameters[i];
      parameter.value = best.values[i];
      parameter.allowed.low = std::min(parameter.allowed.low, parameter.value);
      parameter.allowed.high = std::max(parameter.allowed.high, parameter.value);
    }
    result_.confirming_evaluations = confirming.asked();
  }

  Evaluations& evaluations_;
  const FitOptions& options_;
  Loss loss_;
  Predictions before_;
  Objective objective_;
  Space space_;
  Candidate best_;
  Sensitivity sensitivity_;
  bool first_ = true;
  FitResult result_;
};

}  // namespace

FitResult fit(Evaluations& evaluations, Evaluations* confirming, const FitOptions& options) {
  return Fit(evaluations, options).run(confirming);
}

}  // namespace m2sim::calibration
