// The figures of a run over time as a CSV file: a row an interval.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cmd/console/stream_file.h"
#include "emu/user_error.h"
#include "timing/run/intervals.h"
#include "timing/stats.h"

namespace m2sim::cmd {

// first_instruction (of those that count, from 0), instructions, and every figure of the model: what was
// counted within the interval, and ratios of that. Written while the run goes on.
class IntervalFile : public timing::IntervalReader {
 public:
  // Throws UserError where it cannot be written.
  IntervalFile(const std::string& path, std::uint64_t length);

  std::uint64_t length(std::uint64_t counted) const override;
  void ended(const timing::TimingStats& so_far) override;

  // The last interval ends where `all` has counted. Throws UserError, also for what failed during the run,
  // which a row that cannot be written does not end.
  void finish(const timing::TimingStats& all);

 private:
  void add(const timing::TimingStats& so_far);

  StreamFile file_;
  std::uint64_t length_;
  timing::TimingStats before_{};
  std::optional<emu::UserError> failure_;
};

}  // namespace m2sim::cmd
