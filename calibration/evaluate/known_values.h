// What a model has said to a target is what it says again with every configuration that differs in nothing
// that its runs depended on (timing/config/premises.h): such a question is not asked twice.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "calibration/evaluate/evaluator.h"
#include "calibration/evaluate/target.h"
#include "timing/config/config.h"
#include "timing/config/premises.h"

namespace m2sim::calibration {

class KnownValues {
 public:
  explicit KnownValues(const Evaluator& evaluator) : evaluator_(evaluator) {}

  // As Evaluator::value; several threads may ask.
  double value(const Target& target, const timing::CoreConfig& config, Model model);
  // The same if it needs no run; then it counts as asked.
  std::optional<double> known(const Target& target, const timing::CoreConfig& config, Model model);

  std::size_t asked() const { return asked_; }
  std::size_t known() const { return known_; }  // of those, without a run
  // What share of the time of all questions that has saved, as if each of a target took as long as others.
  double saved() const;

 private:
  // Counts what it finds. Locked.
  std::optional<double> find(const Target& target, const std::string& key, const timing::CoreConfig& config);

  struct Spent {
    double seconds = 0;
    double runs = 0;
    double known = 0;
  };
  struct Value {
    timing::Premises premises;
    double value;
  };

  const Evaluator& evaluator_;
  std::mutex mutex_;
  // By the target, the model and all numbers that a run always depends on.
  std::map<std::string, std::vector<Value>, std::less<>> values_;
  std::map<std::string, Spent, std::less<>> spent_;  // by target
  std::size_t asked_ = 0;
  std::size_t known_ = 0;
};

}  // namespace m2sim::calibration
