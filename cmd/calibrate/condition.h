// Conditions of --fail-if: FIGURE OP NUMBER[%], as in 'AB.mean>6%'. OP is <, <=, > or >=.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace m2sim::cmd {

// A figure that a condition can name. Shares are of 1.
struct NamedFigure {
  std::string name;
  double value;
};

struct Condition {
  std::string text;
  std::string figure;
  std::string op;
  double limit = 0;  // of 1 where it was in percent

  static Condition parse(const std::string& text);  // throws UserError
  bool holds(double value) const;
};

// A line each. Throws UserError where a condition names no figure, and says which there are.
std::string conditions_that_hold(std::span<const Condition> conditions, std::span<const NamedFigure> figures);

}  // namespace m2sim::cmd
