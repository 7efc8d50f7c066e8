// A file of measurements that cannot be used.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace m2sim::calibration {

// One line: file, place, what is wrong and what to do. Where a name is not known, `unknown` is that name and
// `known` what it may have been meant for.
class MeasurementError : public std::runtime_error {
 public:
  explicit MeasurementError(const std::string& message, std::string unknown = {},
                            std::vector<std::string> known = {})
      : std::runtime_error(message), unknown_(std::move(unknown)), known_(std::move(known)) {}

  const std::string& unknown() const { return unknown_; }
  const std::vector<std::string>& known() const { return known_; }

 private:
  std::string unknown_;
  std::vector<std::string> known_;
};

}  // namespace m2sim::calibration
