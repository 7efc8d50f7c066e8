#include "calibration/fit/polish.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace m2sim::calibration {
namespace {

class Polishing {
 public:
  Polishing(const Objective& objective, const Space& space, const Values& start, PolishOptions options)
      : objective_(objective), space_(space), options_(options), best_{space.within(start), 0} {
    best_.loss = objective(best_.values);
    for (const std::size_t i : space.free()) {
      const FitParameter& parameter = space.parameters()[i];
      const double step = (parameter.max - parameter.min) * options.first_step;
      steps_.push_back(std::max<std::int64_t>(1, static_cast<std::int64_t>(step)));
    }
  }

  Candidate run() {
    while (!done()) {
      if (along_axes()) continue;
      if (shorter_steps()) continue;
      if (!options_.pairs || !along_pairs()) break;
    }
    return best_;
  }

 private:
  bool done() const { return options_.good_enough && best_.loss <= *options_.good_enough; }

  // What is worse than `most` need not be known.
  Candidate evaluated(Values values, double most) const {
    const double loss = objective_.up_to(values, most, best_.values);
    return {std::move(values), loss};
  }

  // The best of a batch replaces the best so far if it is better.
  bool take(const std::vector<Values>& batch) {
    objective_.request(batch, best_.loss, best_.values);
    bool improved = false;
    for (const Values& values : batch) {
      Candidate candidate = evaluated(values, best_.loss);
      if (!better(space_, candidate, best_)) continue;
      best_ = std::move(candidate);
      improved = true;
    }
    return improved;
  }

  // A step along each axis, then all those together that helped, then the same again as long as it helps.
  bool along_axes() {
    const Candidate before = best_;
    const std::vector<std::size_t>& free = space_.free();
    std::vector<Values> batch;
    for (std::size_t k = 0; k < free.size(); ++k) {
      for (const std::int64_t sign : {-1, 1})
        batch.push_back(space_.moved(before.values, free[k], sign * steps_[k]));
    }
    if (!take(batch)) return false;
    Values together = before.values;
    for (std::size_t k = 0; k < free.size(); ++k) {
      const Candidate down = evaluated(batch[2 * k], before.loss);
      const Candidate up = evaluated(batch[2 * k + 1], before.loss);
      const Candidate& nearer = better(space_, up, down) ? up : down;
      if (better(space_, nearer, before)) together[free[k]] = nearer.values[free[k]];
    }
    take({together});
    while (!done() && take({beyond(before.values)})) {
    }
    return true;
  }

  // As far again from `from` as the best now is.
  Values beyond(const Values& from) const {
    Values values = best_.values;
    for (const std::size_t i : space_.free()) {
      values = space_.moved(values, i, static_cast<std::int64_t>(best_.values[i]) - from[i]);
    }
    return values;
  }

  bool shorter_steps() {
    bool shorter = false;
    for (std::int64_t& step : steps_) {
      if (step == 1) continue;
      step /= 2;
      shorter = true;
    }
    return shorter;
  }

  bool along_pairs() {
    const std::vector<std::size_t>& free = space_.free();
    if (best_.loss == 0) return false;
    std::vector<Values> batch;
    for (std::size_t j = 0; j < free.size(); ++j) {
      for (std::size_t k = j + 1; k < free.size(); ++k) {
        for (const std::int64_t a : {-1, 1}) {
          for (const std::int64_t b : {-1, 1}) {
            batch.push_back(space_.moved(space_.moved(best_.values, free[j], a), free[k], b));
          }
        }
      }
    }
    return take(batch);
  }

  const Objective& objective_;
  const Space& space_;
  PolishOptions options_;
  Candidate best_;
  std::vector<std::int64_t> steps_;  // of the free parameters
};

}  // namespace

bool better(const Space& space, const Candidate& a, const Candidate& b) {
  if (a.loss != b.loss) return a.loss < b.loss;
  return space.distance(a.values) < space.distance(b.values);
}

Candidate polish(const Objective& objective, const Space& space, const Values& start, PolishOptions options) {
  return Polishing(objective, space, start, options).run();
}

}  // namespace m2sim::calibration
