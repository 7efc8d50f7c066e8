#include "cmd/calibrate/fit/words.h"

#include <fmt/format.h>

namespace m2sim::cmd {

using calibration::Determination;

std::string_view determination_name(Determination determination) {
  switch (determination) {
    case Determination::kFitted:
      return "fitted";
    case Determination::kLimit:
      return "limit";
    case Determination::kOpen:
      return "open";
    case Determination::kUntouched:
      return "untouched";
  }
  return "";
}

std::string interval_text(const calibration::FittedParameter& fitted,
                          const calibration::FitParameter& parameter) {
  switch (fitted.determination) {
    case Determination::kFitted:
      return fmt::format("{} to {}", fitted.allowed.low, fitted.allowed.high);
    case Determination::kLimit:
      return fitted.allowed.low > parameter.min ? fmt::format("at least {}", fitted.allowed.low)
                                                : fmt::format("at most {}", fitted.allowed.high);
    case Determination::kOpen:
      return "undetermined: the others can make up for it";
    case Determination::kUntouched:
      return "undetermined: no measurement reacts";
  }
  return "";
}

}  // namespace m2sim::cmd
