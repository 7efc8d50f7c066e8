// Regression gates: conditions on a comparison, as --fail-if takes them.
//
//   [[MODE:]PROGRAM:]FIGURE OP NUMBER[%]
//
// Names are globs (*, ?, [abc]). A condition without a program is asked of each one and of all together
// ("all"). OP is <, <=, >, >= or !=; NUMBER is the change of the median from the first record to the second:
// in percent of the first, or in the figure's own unit. 'host.mips<-5%', 'timing:all:core.cpi>0.01',
// 'core.*!=0'.
#pragma once

#include <string>
#include <vector>

#include "cmd/history/compare.h"

namespace m2sim::cmd {

struct Gate {
  enum class Op { kLess, kLessEqual, kGreater, kGreaterEqual, kNotEqual };

  std::string text;
  std::string mode = "*";
  std::string program = "*";
  std::string figure;
  Op op = Op::kLess;
  double limit = 0;
  bool percent = false;

  // The text of a condition; throws UserError, which says at which place it does not go on.
  static Gate parse(const std::string& text);

  bool names(const HistoryDifference& difference) const;
  // Whether the change crosses the limit and is beyond noise. `names` must hold.
  bool fails(const HistoryDifference& difference) const;
};

struct GateFinding {
  const Gate* gate;
  const HistoryDifference* difference;
};

// What fails. Throws UserError where a gate names nothing, and where it names a figure that was measured only
// once: a gate that cannot be judged must not look passed.
std::vector<GateFinding> check_gates(const std::vector<Gate>& gates, const HistoryComparison& comparison);

}  // namespace m2sim::cmd
