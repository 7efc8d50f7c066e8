// How well a sum over strata is known of which each has one sample: neighbours differ by little where a run
// changes slowly, so their differences say how much the samples of one stratum would.
#pragma once

#include <cmath>

#include "timing/run/student.h"

namespace m2sim::timing {

class NeighbourVariance {
 public:
  // In the order of the run. `stratum`: how much the value stands for; `seen`: how much of that it is itself.
  void add(double stratum, double seen, double value) {
    const double weight = stratum * (stratum - seen);
    if (count_++ != 0) {
      const double step = value - last_value_;
      sum_ += (weight + last_weight_) / 4 * step * step;
    }
    last_weight_ = weight;
    last_value_ = value;
    strata_ += stratum;
    squares_ += stratum * stratum;
  }
  // From two samples on.
  bool known() const { return count_ > 1; }
  double count() const { return count_; }
  // Of the sum of value x stratum. A pair stands for a little more than one sample.
  double variance() const { return sum_ * count_ / (count_ - 1); }
  // So many strata of one length would know as much.
  double equal_strata() const { return strata_ * strata_ / squares_; }
  // Half the width of the interval in which the sum lies with 95 %. Differences of neighbours know what two
  // thirds of as many independent samples would.
  double half_width() const { return student_quantile(equal_strata() * 2 / 3) * std::sqrt(variance()); }

 private:
  double count_ = 0;
  double last_weight_ = 0;
  double last_value_ = 0;
  double strata_ = 0;
  double squares_ = 0;
  double sum_ = 0;
};

}  // namespace m2sim::timing
