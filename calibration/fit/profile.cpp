#include "calibration/fit/profile.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace m2sim::calibration {
namespace {

class Profile {
 public:
  Profile(const Objective& objective, const Space& space, const Sensitivity& sensitivity, const Values& best,
          std::size_t parameter, double threshold)
      : objective_(objective),
        space_(space),
        sensitivity_(sensitivity),
        best_(best),
        parameter_(parameter),
        threshold_(threshold),
        linked_(linked(sensitivity, space, parameter)) {}

  std::uint32_t furthest(int direction) {
    const FitParameter& bounds = space_.parameters()[parameter_];
    const std::int64_t end = direction > 0 ? bounds.max : bounds.min;
    std::int64_t inside = best_[parameter_];
    std::int64_t outside = end + direction;
    start_ = best_;
    for (std::int64_t step = 1; inside != end; step *= 2) {
      const std::int64_t next = direction > 0 ? std::min(inside + step, end) : std::max(inside - step, end);
      if (!allowed(static_cast<std::uint32_t>(next))) {
        outside = next;
        break;
      }
      inside = next;
    }
    while (inside != end && (outside - inside) * direction > 1) {
      const std::int64_t middle = inside + (outside - inside) / 2;
      (allowed(static_cast<std::uint32_t>(middle)) ? inside : outside) = middle;
    }
    return static_cast<std::uint32_t>(inside);
  }

 private:
  // Tries the others where the last allowed value had them, where the slopes say, and then around the better
  // one.
  bool allowed(std::uint32_t value) {
    Space rest = space_;
    rest.fix(parameter_, value);
    for (const std::size_t other : space_.free()) {
      if (other != parameter_ && std::ranges::find(linked_, other) == linked_.end())
        rest.fix(other, best_[other]);
    }
    const std::vector<Values> starts = {
        rest.within(best_), rest.within(start_),
        rest.within(conditional(sensitivity_, objective_, space_, best_, parameter_, value))};
    objective_.evaluations().request(starts);
    const Values* nearest = &starts.front();
    for (const Values& values : starts) {
      if (objective_(values) < objective_(*nearest)) nearest = &values;
    }
    const Candidate found =
        polish(objective_, rest, *nearest, {.first_step = kSteps, .pairs = false, .good_enough = threshold_});
    if (found.loss > threshold_) return false;
    start_ = found.values;
    return true;
  }

  static constexpr double kSteps = 1.0 / 32;

  const Objective& objective_;
  const Space& space_;
  const Sensitivity& sensitivity_;
  const Values& best_;
  std::size_t parameter_;
  double threshold_;
  std::vector<std::size_t> linked_;
  Values start_;
};

}  // namespace

Allowed allowed_values(const Objective& objective, const Space& space, const Sensitivity& sensitivity,
                       const Values& best, std::size_t parameter, double threshold) {
  Profile profile(objective, space, sensitivity, best, parameter, threshold);
  Allowed allowed{profile.furthest(-1), profile.furthest(1)};
  objective.evaluations().for_each_asked([&](const Values& values, const Predictions& /*predictions*/) {
    if (values != space.within(values) || objective.up_to(values, threshold, best) > threshold) return;
    allowed.low = std::min(allowed.low, values[parameter]);
    allowed.high = std::max(allowed.high, values[parameter]);
  });
  return allowed;
}

}  // namespace m2sim::calibration
