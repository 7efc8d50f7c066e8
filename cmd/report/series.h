// The figures of a run over time, for drawing: neither too few intervals nor too many, whatever its length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/run/intervals.h"
#include "timing/stats.h"

namespace m2sim::cmd {

class IntervalSeries : public timing::IntervalReader {
 public:
  // Where there would be more than `most` intervals they become twice as long, and half as many.
  IntervalSeries(std::uint64_t length, std::size_t most);

  std::uint64_t length(std::uint64_t counted) const override { return length_ - counted % length_; }
  void ended(const timing::TimingStats& so_far) override;
  // The last interval ends where `all` has counted.
  void finish(const timing::TimingStats& all);

  std::uint64_t length() const { return length_; }
  // What was counted within each; all but the last have length() instructions.
  std::vector<timing::TimingStats> intervals() const;

 private:
  std::uint64_t length_;
  std::size_t most_;
  std::vector<timing::TimingStats> ends_;  // counted until there
};

// Several of one run. Each is told of the others' cuts, too, and knows its own by their place.
class IntervalReaders : public timing::IntervalReader {
 public:
  void add(timing::IntervalReader& reader) { readers_.push_back(&reader); }

  std::uint64_t length(std::uint64_t counted) const override;
  void ended(const timing::TimingStats& so_far) override;

 private:
  std::vector<timing::IntervalReader*> readers_;
};

}  // namespace m2sim::cmd
