#include "calibration/fit/evaluations.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include "calibration/parallel.h"

namespace m2sim::calibration {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What a kill can lose: vectors that are evaluated side by side, enough of them to keep all threads busy.
constexpr std::size_t kChunk = 8;

double answer(const FitProblem& problem, std::size_t question, const Values& values) {
  try {
    const double value = problem.predict(question, values);
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
    : problem_(problem), jobs_(jobs), hooks_(std::move(hooks)) {
  std::set<std::size_t> questions;
  for (std::size_t i = 0; i < problem.observations.size(); ++i) {
    if (questions.insert(problem.observations[i].question).second) askers_.push_back(i);
  }
  // None is left over when the others are done.
  std::ranges::stable_sort(askers_, std::greater<>(),
                           [&problem](std::size_t i) { return problem.observations[i].cost; });
}

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
  const std::vector<FitObservation>& observations = problem_.observations;
  std::vector<std::map<std::size_t, double>> answers(chunk.size());
  for (std::map<std::size_t, double>& of_one : answers) {
    for (const std::size_t i : askers_) of_one[observations[i].question] = kNothing;
  }
  const auto asker = [&](std::size_t task) -> const FitObservation& {
    return observations[askers_[task / chunk.size()]];
  };
  in_parallel({.count = askers_.size() * chunk.size(),
               .jobs = jobs_,
               .run =
                   [&](std::size_t task) {
                     const std::size_t which = task % chunk.size();
                     const std::size_t question = asker(task).question;
                     answers[which].find(question)->second = answer(problem_, question, chunk[which]);
                   },
               .weight = [&](std::size_t task) { return asker(task).cost; }},
              [this](double, double) {
                if (hooks_.tick) hooks_.tick(status_);
              });
  std::vector<Predictions> predictions(chunk.size());
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    for (const FitObservation& observation : observations)
      predictions[i].push_back(answers[i].at(observation.question));
  }
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
