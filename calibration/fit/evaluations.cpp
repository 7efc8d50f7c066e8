#include "calibration/fit/evaluations.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <utility>

#include "calibration/parallel.h"

namespace m2sim::calibration {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What a kill can lose: vectors that are evaluated side by side, enough of them to keep all threads busy.
constexpr std::size_t kChunk = 8;

double prediction(const FitProblem& problem, std::size_t observation, const Values& values) {
  try {
    const double value = problem.predict(observation, values);
    return std::isfinite(value) && value > 0 ? value : kNothing;
  } catch (const std::exception&) {
    return kNothing;
  }
}

}  // namespace

void FitStatus::begin(std::string_view name, double first, double last) {
  phase = name;
  from = first;
  to = last;
  advance(0);
}

Evaluations::Evaluations(const FitProblem& problem, unsigned jobs, Hooks hooks)
    : problem_(problem), jobs_(jobs), hooks_(std::move(hooks)) {}

void Evaluations::know(const Values& values, Predictions predictions) {
  known_[values].predictions = std::move(predictions);
}

void Evaluations::ask(Entry& entry) {
  if (entry.asked) return;
  entry.asked = true;
  ++asked_;
}

const Predictions& Evaluations::operator()(const Values& values) {
  request({&values, 1});
  return known_.at(values).predictions;
}

void Evaluations::request(std::span<const Values> batch) {
  std::vector<Values> unknown;
  for (const Values& values : batch) {
    const auto found = known_.find(values);
    if (found != known_.end()) {
      ask(found->second);
    } else if (!problem_.buildable(values)) {
      Entry& entry = known_[values];
      entry.predictions.assign(problem_.observations.size(), kNothing);
      ask(entry);
    } else if (std::ranges::find(unknown, values) == unknown.end()) {
      unknown.push_back(values);
    }
  }
  for (std::size_t begin = 0; begin < unknown.size(); begin += kChunk) {
    evaluate(std::span(unknown).subspan(begin, std::min(kChunk, unknown.size() - begin)));
  }
}

void Evaluations::evaluate(std::span<const Values> chunk) {
  const std::size_t observations = problem_.observations.size();
  std::vector<Predictions> predictions(chunk.size(), Predictions(observations));
  // The longest first: none is left over when the others are done.
  std::vector<std::size_t> order(observations);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(),
                           [this](std::size_t i) { return problem_.observations[i].cost; });
  const auto observation = [&](std::size_t task) { return order[task / chunk.size()]; };
  in_parallel({.count = observations * chunk.size(),
               .jobs = jobs_,
               .run =
                   [&](std::size_t task) {
                     const std::size_t which = task % chunk.size();
                     predictions[which][observation(task)] =
                         prediction(problem_, observation(task), chunk[which]);
                   },
               .weight = [&](std::size_t task) { return problem_.observations[observation(task)].cost; }},
              [this](double, double) {
                if (hooks_.tick) hooks_.tick(status_);
              });
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    ++evaluated_;
    if (hooks_.evaluated) hooks_.evaluated(chunk[i], predictions[i]);
    Entry& entry = known_[chunk[i]];
    entry.predictions = std::move(predictions[i]);
    ask(entry);
  }
  if (hooks_.tick) hooks_.tick(status_);
}

void Evaluations::for_each_asked(const std::function<void(const Values&, const Predictions&)>& visit) const {
  for (const auto& [values, entry] : known_) {
    if (entry.asked) visit(values, entry.predictions);
  }
}

}  // namespace m2sim::calibration
