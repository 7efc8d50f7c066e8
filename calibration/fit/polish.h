// The last part of a search, on whole numbers: steps along each parameter, which halve while none of them
// helps, and in the end no step of one, up or down, of any parameter or of any two of them makes the loss
// less. Of equally good vectors that nearer to the parameters' own values is the better one.
#pragma once

#include <optional>

#include "calibration/fit/loss.h"
#include "calibration/fit/space.h"

namespace m2sim::calibration {

struct Candidate {
  Values values;
  double loss = 0;
};

bool better(const Space& space, const Candidate& a, const Candidate& b);

struct PolishOptions {
  double first_step = 1.0 / 16;         // of a parameter's span; at least 1
  bool pairs = true;                    // steps of two parameters too
  std::optional<double> good_enough{};  // a loss at which to stop
};

Candidate polish(const Objective& objective, const Space& space, const Values& start, PolishOptions options);

}  // namespace m2sim::calibration
