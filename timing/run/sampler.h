// Where the windows of a sampled run lie, and what they say of the whole.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "timing/run/sampling.h"
#include "timing/run/trend.h"
#include "timing/run/windows.h"
#include "timing/stats.h"
#include "timing/xorshift.h"

namespace m2sim::timing {

class Sampler final : public Windows {
 public:
  explicit Sampler(const SamplePlan& plan);

  Step next() override;
  void measured(const TimingStats& window, const Warmth& warmth) override;
  Estimate estimate(std::uint64_t insts) const override;

 private:
  // Of windows about as far back as the run is half as long: what a program does at its start is soon nothing
  // that more windows would tell better.
  class RecentVariance {
   public:
    // `part`: of the run so far, that the window stands for.
    void add(double part, double cpi) {
      if (windows_++ != 0) {
        const double kept = std::max(0.0, 1 - 2 * part);
        sum_ = kept * sum_ + (cpi - last_) * (cpi - last_) / 2;
        weight_ = kept * weight_ + 1;
      }
      last_ = cpi;
    }
    std::uint64_t windows() const { return windows_; }
    double variance() const { return sum_ / weight_; }

   private:
    std::uint64_t windows_ = 0;
    double last_ = 0;
    double sum_ = 0;
    double weight_ = 0;
  };

  struct Window {
    double stratum;  // instructions that it stands for
    TimingStats stats;
    double unwarmed;  // part of the cycles
  };

  std::uint64_t below(std::uint64_t count);
  std::uint64_t next_stratum() const;
  std::uint64_t next_detail();
  void follow(const Warmth& warmth);
  double certain_learning() const;
  double certain_cooling() const;
  void adapt_warming(double unwarmed);
  std::vector<Window> weighted(std::uint64_t insts) const;

  SamplePlan plan_;
  Xorshift random_;
  std::uint64_t warming_;   // instructions, before a window
  std::uint64_t warm_ = 0;  // before the next one
  // By how much more the last quarter but one of warming loses, in parts of CPI: over the last windows the
  // mean, and that of squares.
  double cooling_ = 0;
  double cooling_squares_ = 0;
  unsigned followed_ = 0;          // windows, since warming grew
  std::uint64_t trained_ = 0;      // instructions that caches and predictors have seen
  Trend learning_;                 // of what mispredictions and misses cost, in CPI, a doubling of trained_
  std::uint64_t position_ = 0;     // where the last step ended
  std::uint64_t stratum_end_ = 0;  // of the next window's
  std::uint64_t stratum_ = 0;      // its length
  bool skipped_ = false;           // something, before the next window
  double cycles_ = 0;              // of the whole so far, as the windows say
  double unwarmed_ = 0;            // of these
  RecentVariance recent_;          // of CPI
  std::vector<Window> windows_;    // the first instructions, timed whole, are the first
};

}  // namespace m2sim::timing
