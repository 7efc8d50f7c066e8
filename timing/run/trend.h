// By how much something falls or rises a step, lately: a line through the last points, of which those that
// are a step further back count half.
#pragma once

#include <algorithm>
#include <cmath>

namespace m2sim::timing {

class Trend {
 public:
  // `x` grows from point to point.
  void add(double x, double y) {
    const double kept = weight_ == 0 ? 0 : std::exp2(last_ - x);
    last_ = x;
    // Around the last point, so that nothing is lost to large numbers.
    const double shift = weight_ == 0 ? 0 : x - origin_;
    origin_ = x;
    xx_ += shift * (shift * weight_ - 2 * x_);
    xy_ -= shift * y_;
    x_ -= shift * weight_;
    for (double* sum : {&weight_, &x_, &y_, &xx_, &xy_, &yy_}) *sum *= kept;
    squares_ *= kept * kept;
    weight_ += 1;
    squares_ += 1;
    y_ += y;
    yy_ += y * y;
  }
  // As many points of equal weight know as much.
  double points() const { return squares_ == 0 ? 0 : weight_ * weight_ / squares_; }
  // Of y, a step of x; and its standard error. Both 0 with fewer than three points.
  struct Slope {
    double value = 0;
    double error = 0;
  };
  Slope slope() const {
    const double n = points();
    if (n < 3) return {};
    const double xx = xx_ - x_ * x_ / weight_;
    const double xy = xy_ - x_ * y_ / weight_;
    const double yy = yy_ - y_ * y_ / weight_;
    if (!(xx > 0)) return {};
    const double value = xy / xx;
    const double rest = std::max(0.0, yy - value * xy);
    return {value, std::sqrt(rest / xx / (n - 2))};
  }

 private:
  double origin_ = 0;
  double last_ = 0;
  double weight_ = 0;
  double squares_ = 0;  // of weights
  double x_ = 0;        // weighted sums, x from origin_
  double y_ = 0;
  double xx_ = 0;
  double xy_ = 0;
  double yy_ = 0;
};

}  // namespace m2sim::timing
