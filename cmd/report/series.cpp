#include "cmd/report/series.h"

#include <algorithm>

namespace m2sim::cmd {

IntervalSeries::IntervalSeries(std::uint64_t length, std::size_t most) : length_(length), most_(most) {
  ends_.reserve(most + 1);
}

void IntervalSeries::ended(const timing::TimingStats& so_far) {
  // Others may want cuts in between, and where the length has just doubled there is one.
  if (so_far.core.insts % length_ != 0) return;
  ends_.push_back(so_far);
  if (ends_.size() < most_) return;
  length_ *= 2;
  std::erase_if(ends_, [this](const timing::TimingStats& end) { return end.core.insts % length_ != 0; });
}

void IntervalSeries::finish(const timing::TimingStats& all) {
  if (all.core.insts != 0) ends_.push_back(all);
}

std::vector<timing::TimingStats> IntervalSeries::intervals() const {
  std::vector<timing::TimingStats> intervals;
  timing::TimingStats before{};
  for (const timing::TimingStats& end : ends_) {
    intervals.push_back(timing::difference(end, before));
    before = end;
  }
  return intervals;
}

std::uint64_t IntervalReaders::length(std::uint64_t counted) const {
  std::uint64_t least = UINT64_MAX;
  for (const timing::IntervalReader* reader : readers_) least = std::min(least, reader->length(counted));
  return least;
}

void IntervalReaders::ended(const timing::TimingStats& so_far) {
  for (timing::IntervalReader* reader : readers_) reader->ended(so_far);
}

}  // namespace m2sim::cmd
