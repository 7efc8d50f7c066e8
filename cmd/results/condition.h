// Conditions of --fail-if: FIGURE OP NUMBER[%], as in 'AB.mean>6%' or 'core.cpi>+2%'. OP is <, <=, > or >=.
//
// A number with a sign is a change against other results: with % in percent of theirs, else in the figure's
// own unit. One without is the figure itself.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace m2sim::cmd {

// A figure that a condition can name. Shares are of 1. One that is not known is NaN: whatever is asked of it
// might be so.
struct NamedFigure {
  std::string name;
  double value;
};

struct Condition {
  std::string text;
  std::string figure;
  std::string op;
  double limit = 0;  // of 1 where it was in percent
  bool change = false;
  bool percent = false;

  static Condition parse(const std::string& text);  // throws UserError
  static std::vector<Condition> parse(std::span<const std::string> texts);
  bool holds(double value) const;
};

// A line for each that holds, or of whose figure nobody knows whether it does. Throws UserError where a
// condition names no figure, and says which there are or which is meant; and where it is one of a change and
// there is nothing to compare with: `before` is empty.
std::string conditions_that_hold(std::span<const Condition> conditions, std::span<const NamedFigure> figures,
                                 std::span<const NamedFigure> before = {});

}  // namespace m2sim::cmd
