#include "calibration/evaluate/known_values.h"

#include <algorithm>
#include <chrono>
#include <type_traits>

namespace m2sim::calibration {
namespace {

std::string key_of(const Target& target, const timing::CoreConfig& config, Model model) {
  static_assert(std::has_unique_object_representations_v<timing::CoreConfig>);
  const timing::CoreConfig rest = timing::without_premises(config);
  std::string key = text_of(target);
  key += model == Model::kCore ? '\1' : '\2';
  key.append(reinterpret_cast<const char*>(&rest), sizeof rest);
  return key;
}

}  // namespace

double KnownValues::value(const Target& target, const timing::CoreConfig& config, Model model) {
  const std::string key = key_of(target, config, model);
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = find(target, key, config)) return *found;
    ++asked_;
  }
  timing::Premises premises;
  const auto start = std::chrono::steady_clock::now();
  const double value = evaluator_.value(target, config, model, &premises);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const std::scoped_lock lock(mutex_);
  Spent& spent = spent_[text_of(target)];
  spent.seconds += elapsed.count();
  ++spent.runs;
  values_[key].push_back({premises, value});
  return value;
}

std::optional<double> KnownValues::known(const Target& target, const timing::CoreConfig& config,
                                         Model model) {
  const std::string key = key_of(target, config, model);
  const std::scoped_lock lock(mutex_);
  return find(target, key, config);
}

std::optional<double> KnownValues::find(const Target& target, const std::string& key,
                                        const timing::CoreConfig& config) {
  const std::vector<Value>& values = values_[key];
  const auto found =
      std::ranges::find_if(values, [&config](const Value& value) { return value.premises.hold(config); });
  if (found == values.end()) return std::nullopt;
  ++asked_;
  ++known_;
  ++spent_[text_of(target)].known;
  return found->value;
}

double KnownValues::saved() const {
  double spent = 0;
  double saved = 0;
  for (const auto& [target, time] : spent_) {
    spent += time.seconds;
    if (time.runs != 0) saved += time.known * time.seconds / time.runs;
  }
  return saved == 0 ? 0 : saved / (spent + saved);
}

}  // namespace m2sim::calibration
