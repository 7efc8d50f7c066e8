#include "calibration/fit/sensitivity.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace m2sim::calibration {
namespace {

// Directions that move the residuals less than this, against the one that moves them most, are open.
constexpr double kOpen = 1e-6;

class Slopes {
 public:
  Slopes(const Objective& objective, const Space& space, const Values& at)
      : objective_(objective), space_(space), at_(at), here_(objective.evaluations()(at)) {}

  // Fills in a parameter's column and says whether anything reacted.
  bool of(std::size_t parameter, Sensitivity& result) {
    const FitParameter& bounds = space_.parameters()[parameter];
    const std::int64_t span = std::int64_t{bounds.max} - bounds.min;
    std::vector<bool> known(here_.size());
    for (std::int64_t step = 1; !all(known) && step <= 2 * span; step *= 2) {
      const Values below = space_.moved(at_, parameter, -step);
      const Values above = space_.moved(at_, parameter, step);
      objective_.evaluations().request(std::vector<Values>{below, above});
      const double width = static_cast<double>(above[parameter]) - below[parameter];
      for (std::size_t i = 0; i < here_.size(); ++i) {
        if (known[i] || !objective_.chosen()[i]) continue;
        const double low = objective_.evaluations()(below)[i];
        const double high = objective_.evaluations()(above)[i];
        if (std::isnan(low) || std::isnan(high) || std::isnan(here_[i])) continue;
        if (low == here_[i] && high == here_[i]) continue;
        known[i] = true;
        result.slopes[i][parameter] = std::log(high / low) / width;
      }
      // A wide look is for parameters that nothing has reacted to; the others' observations are known to be
      // deaf.
      if (any(known) && step >= kLook) break;
    }
    return any(known);
  }

 private:
  static constexpr std::int64_t kLook = 4;

  static bool any(const std::vector<bool>& flags) { return std::ranges::find(flags, true) != flags.end(); }
  bool all(const std::vector<bool>& known) const {
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (objective_.chosen()[i] && !known[i]) return false;
    }
    return true;
  }

  const Objective& objective_;
  const Space& space_;
  const Values& at_;
  Predictions here_;
};

// Residuals by free parameters, the latter in units in which each column has length 1 (`lengths`, 0 for one
// that nothing reacts to).
struct Scaled {
  Eigen::MatrixXd jacobian;
  Eigen::VectorXd lengths;
};

Scaled scaled(const Sensitivity& sensitivity, const Objective& objective,
              const std::vector<std::size_t>& columns) {
  const auto rows = static_cast<Eigen::Index>(sensitivity.slopes.size());
  Scaled result{Eigen::MatrixXd::Zero(rows, static_cast<Eigen::Index>(columns.size())),
                Eigen::VectorXd::Zero(static_cast<Eigen::Index>(columns.size()))};
  for (Eigen::Index k = 0; k < result.jacobian.cols(); ++k) {
    for (Eigen::Index i = 0; i < rows; ++i) {
      const auto observation = static_cast<std::size_t>(i);
      if (!objective.chosen()[observation]) continue;
      result.jacobian(i, k) = sensitivity.slopes[observation][columns[static_cast<std::size_t>(k)]] /
                              objective.loss().sigma(observation);
    }
    result.lengths[k] = result.jacobian.col(k).norm();
    if (result.lengths[k] > 0) result.jacobian.col(k) /= result.lengths[k];
  }
  return result;
}

void covariance(Sensitivity& sensitivity, const Objective& objective, const Space& space, double scatter) {
  const std::vector<std::size_t>& free = space.free();
  if (free.empty()) return;
  const Scaled matrix = scaled(sensitivity, objective, free);
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix.jacobian, Eigen::ComputeFullV);
  const Eigen::MatrixXd& v = svd.matrixV();
  Eigen::VectorXd inverse = Eigen::VectorXd::Zero(v.cols());
  std::vector<bool> open(static_cast<std::size_t>(v.cols()), true);
  for (Eigen::Index k = 0; k < svd.singularValues().size(); ++k) {
    const double value = svd.singularValues()[k];
    open[static_cast<std::size_t>(k)] = value <= kOpen * svd.singularValues()[0];
  }
  // An open direction has some large variance here, so that what moves along it is seen to move together.
  for (Eigen::Index k = 0; k < v.cols(); ++k) {
    const double value =
        open[static_cast<std::size_t>(k)] ? kOpen * svd.singularValues()[0] : svd.singularValues()[k];
    inverse[k] = value > 0 ? 1 / (value * value) : 0;
  }
  const Eigen::MatrixXd variances = v * inverse.asDiagonal() * v.transpose();
  for (Eigen::Index j = 0; j < v.rows(); ++j) {
    bool determined = matrix.lengths[j] > 0;
    for (Eigen::Index k = 0; k < v.cols(); ++k) {
      if (open[static_cast<std::size_t>(k)] && std::abs(v(j, k)) > std::sqrt(kOpen)) determined = false;
    }
    if (determined)
      sensitivity.standard_errors[free[static_cast<std::size_t>(j)]] =
          std::sqrt(variances(j, j) * scatter) / matrix.lengths[j];
    for (Eigen::Index i = 0; i < j; ++i) {
      if (matrix.lengths[i] <= 0 || matrix.lengths[j] <= 0) continue;
      const double correlation = variances(i, j) / std::sqrt(variances(i, i) * variances(j, j));
      if (std::abs(correlation) > kMoveTogether)
        sensitivity.together.push_back(
            {free[static_cast<std::size_t>(i)], free[static_cast<std::size_t>(j)], correlation});
    }
  }
}

}  // namespace

Sensitivity sensitivity(const Objective& objective, const Space& space, const Values& at, double scatter) {
  Sensitivity result;
  const std::size_t parameters = space.parameters().size();
  result.slopes.assign(objective.chosen().size(), std::vector<double>(parameters));
  result.reacts.resize(parameters);
  result.standard_errors.resize(parameters);
  Slopes slopes(objective, space, at);
  for (const std::size_t i : space.free()) result.reacts[i] = slopes.of(i, result);
  covariance(result, objective, space, scatter);
  return result;
}

std::vector<std::size_t> linked(const Sensitivity& sensitivity, const Space& space, std::size_t parameter) {
  std::vector<std::size_t> found = {parameter};
  const auto react_to_both = [](std::size_t a, std::size_t b) {
    return [a, b](const std::vector<double>& slopes) { return slopes[a] != 0 && slopes[b] != 0; };
  };
  for (std::size_t k = 0; k < found.size(); ++k) {
    for (const std::size_t other : space.free()) {
      if (std::ranges::find(found, other) != found.end()) continue;
      if (std::ranges::any_of(sensitivity.slopes, react_to_both(found[k], other))) found.push_back(other);
    }
  }
  found.erase(found.begin());
  return found;
}

Values conditional(const Sensitivity& sensitivity, const Objective& objective, const Space& space,
                   const Values& at, std::size_t parameter, std::uint32_t value) {
  std::vector<std::size_t> others = space.free();
  std::erase(others, parameter);
  Values moved = at;
  moved[parameter] = value;
  if (others.empty()) return moved;
  const Scaled matrix = scaled(sensitivity, objective, others);
  const Scaled own = scaled(sensitivity, objective, {parameter});
  const double change = (static_cast<double>(value) - at[parameter]) * own.lengths[0];
  const Eigen::VectorXd answer =
      matrix.jacobian.completeOrthogonalDecomposition().solve(-own.jacobian.col(0) * change);
  for (std::size_t k = 0; k < others.size(); ++k) {
    const double length = matrix.lengths[static_cast<Eigen::Index>(k)];
    if (length <= 0) continue;
    const double span =
        static_cast<double>(space.parameters()[others[k]].max) - space.parameters()[others[k]].min;
    const double steps = std::clamp(answer[static_cast<Eigen::Index>(k)] / length, -span, span);
    moved = space.moved(moved, others[k], std::llround(steps));
  }
  return moved;
}

}  // namespace m2sim::calibration
