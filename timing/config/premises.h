// With which values of some numbers of a configuration a run would have gone the same way, step by step:
// those that only limit something, or are asked for rarely. Whoever has run a program with one of many
// configurations knows by it what it does with others.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "timing/config/config.h"

namespace m2sim::timing {

// Of one number: it decided nothing that all values of this range do not decide alike.
class Premise {
 public:
  Premise() = default;
  explicit Premise(std::uint32_t value) : value_(value) {}

  std::uint32_t value() const { return static_cast<std::uint32_t>(value_); }  // that the run had
  std::uint32_t low() const { return static_cast<std::uint32_t>(low_); }
  bool holds(std::uint32_t value) const { return value >= low_ && value <= high_; }

  void at_least(std::int64_t low) { low_ = std::max(low_, low); }
  void at_most(std::int64_t high) { high_ = std::min(high_, high); }
  void only_this() { low_ = high_ = value_; }
  // That an amount is below the number, or not, decides something.
  void compares(std::int64_t amount) { amount < value_ ? at_least(amount + 1) : at_most(amount); }
  void also(const Premise& other) {
    at_least(other.low_);
    at_most(other.high_);
  }

 private:
  std::int64_t value_ = 0;
  std::int64_t low_ = 0;
  std::int64_t high_ = UINT32_MAX;
};

struct Premises {
  Premises() = default;
  explicit Premises(const CoreConfig& config);

  // The configuration differs from the run's in nothing but these numbers: would all have gone the same way?
  bool hold(const CoreConfig& config) const;
  // Another run with the same configuration counts too.
  void also(const Premises& other);
  void only_these();

  Premise groups;  // rob.groups
  Premise buffer_instructions;
  Premise queue_difference;
  Premise forward_predicted_latency;
  std::array<Premise, kMaxDispatchQueues> bound_cycles;
};

// The configuration with 0 for each of these numbers: all else that a run depends on.
CoreConfig without_premises(CoreConfig config);

}  // namespace m2sim::timing
