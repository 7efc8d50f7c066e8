#include "calibration/fit/evaluations.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <set>
#include <utility>

#include "calibration/parallel.h"

namespace m2sim::calibration {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What a kill can lose: vectors that are evaluated side by side, enough of them to keep all threads busy.
constexpr std::size_t kChunk = 8;

// The vectors that are evaluated side by side, as far as their predictions are known.
class Answering {
 public:
  Answering(const FitProblem& problem, std::span<const Values> vectors, const Wish& wish)
      : problem_(problem),
        vectors_(vectors),
        wish_(wish),
        predictions_(vectors.size(), Predictions(problem.observations.size(), kUnasked)) {}

  Predictions& predictions(std::size_t vector) { return predictions_[vector]; }
  void begin_with(std::size_t vector, const Predictions& known) { predictions_[vector] = known; }

  // What is known needs no run, and may be enough.
  void look_up(std::size_t vector, std::size_t observation) {
    if (predictions_[vector][observation] != kUnasked) return;
    const auto value = problem_.known(problem_.observations[observation].question, vectors_[vector]);
    if (value) enter(vector, observation, *value);
  }
  // Several threads may call it.
  void answer(std::size_t vector, std::size_t observation) {
    if (!needed(vector, observation)) return;
    double value = kNothing;
    try {
      value = problem_.predict(problem_.observations[observation].question, vectors_[vector]);
    } catch (const std::exception&) {
      // The model has nothing to say.
    }
    const std::scoped_lock lock(mutex_);
    enter(vector, observation, value);
  }

 private:
  bool needed(std::size_t vector, std::size_t observation) {
    const std::scoped_lock lock(mutex_);
    const Predictions& known = predictions_[vector];
    return known[observation] == kUnasked && !(wish_.enough && wish_.enough(known));
  }
  void enter(std::size_t vector, std::size_t observation, double value) {
    const std::size_t question = problem_.observations[observation].question;
    for (std::size_t i = 0; i < problem_.observations.size(); ++i) {
      if (problem_.observations[i].question != question) continue;
      predictions_[vector][i] = std::isfinite(value) && value > 0 ? value : kNothing;
    }
  }

  const FitProblem& problem_;
  std::span<const Values> vectors_;
  const Wish& wish_;
  std::mutex mutex_;
  std::vector<Predictions> predictions_;
};

}  // namespace

void FitStatus::begin(std::string_view name, double first, double last) {
  phase = name;
  from = first;
  to = last;
  advance(0);
}

Evaluations::Evaluations(const FitProblem& problem, unsigned jobs, Hooks hooks)
    : problem_(problem), jobs_(jobs), hooks_(std::move(hooks)) {
  for (std::size_t i = 0; i < problem.observations.size(); ++i) all_.observations.push_back(i);
  // None is left over when the others are done.
  std::ranges::stable_sort(all_.observations, std::greater<>(),
                           [&problem](std::size_t i) { return problem.observations[i].cost; });
}

void Evaluations::know(const Values& values, const Predictions& predictions) {
  Predictions& known = known_[values].predictions;
  known.resize(problem_.observations.size(), kUnasked);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (predictions[i] != kUnasked) known[i] = predictions[i];
  }
}

void Evaluations::ask(Entry& entry) {
  if (entry.asked) return;
  entry.asked = true;
  ++asked_;
}

const Predictions& Evaluations::operator()(const Values& values, const Wish& wish) {
  request({&values, 1}, wish);
  return known_.at(values).predictions;
}

const Predictions* Evaluations::known(const Values& values) const {
  const auto found = known_.find(values);
  return found == known_.end() ? nullptr : &found->second.predictions;
}

bool Evaluations::fulfilled(const Predictions& predictions, const Wish& wish) const {
  const auto unasked = [&](std::size_t i) { return predictions[i] == kUnasked; };
  return std::ranges::none_of(wish.observations, unasked) || (wish.enough && wish.enough(predictions));
}

void Evaluations::request(std::span<const Values> batch, const Wish& wish) {
  std::vector<Values> unknown;
  for (const Values& values : batch) {
    const auto found = known_.find(values);
    if (found != known_.end() && fulfilled(found->second.predictions, wish)) {
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
    evaluate(std::span(unknown).subspan(begin, std::min(kChunk, unknown.size() - begin)), wish);
  }
}

// An observation of each question.
std::vector<std::size_t> Evaluations::askers_of(const Wish& wish) const {
  std::vector<std::size_t> askers;
  std::set<std::size_t> questions;
  for (const std::size_t i : wish.observations) {
    if (questions.insert(problem_.observations[i].question).second) askers.push_back(i);
  }
  return askers;
}

void Evaluations::evaluate(std::span<const Values> chunk, const Wish& wish) {
  Answering answering(problem_, chunk, wish);
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const auto known = known_.find(chunk[i]);
    if (known != known_.end()) answering.begin_with(i, known->second.predictions);
  }
  const std::vector<std::size_t> askers = askers_of(wish);
  const auto asker = [&](std::size_t task) { return askers[task / chunk.size()]; };
  if (wish.enough && problem_.known) {
    for (std::size_t task = 0; task < askers.size() * chunk.size(); ++task)
      answering.look_up(task % chunk.size(), asker(task));
  }
  in_parallel({.count = askers.size() * chunk.size(),
               .jobs = jobs_,
               .run = [&](std::size_t task) { answering.answer(task % chunk.size(), asker(task)); },
               .weight = [&](std::size_t task) { return problem_.observations[asker(task)].cost; }},
              [this](double, double) {
                if (hooks_.tick) hooks_.tick(status_);
              });
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    if (!known_.contains(chunk[i])) ++evaluated_;
    Predictions& predictions = answering.predictions(i);
    if (hooks_.evaluated) hooks_.evaluated(chunk[i], predictions);
    Entry& entry = known_[chunk[i]];
    entry.predictions = std::move(predictions);
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
