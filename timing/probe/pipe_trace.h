// The first probe: what every uop did in which cycle, as rows that timeline.h turns into text.
//
// It keeps the latest `most` uops that have retired, and the slots that were lost, so that a trace of any
// length of run has a bounded size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "timing/probe/probe.h"

namespace m2sim::timing {

struct TracedUop {
  std::uint64_t pc = 0;
  std::uint64_t group = 0;
  std::uint8_t insts =
      0;  // instructions that finish with it; 2: a fused pair, 0: not the last of its instruction
  bool eliminated = false;
  std::uint8_t port = 0;
  Cycle fetched = 0;
  Cycle renamed = 0;
  Cycle dispatched = kNever;
  Cycle issued = kNever;
  Cycle flushed = kNever;
  Cycle completed = kNever;
  Cycle retired = kNever;
};

class PipeTrace : public QuietProbe {
 public:
  static constexpr bool kOn = true;

  explicit PipeTrace(std::size_t most = 1000) : most_(most), rows_(kProbeKeys) {}

  void renamed(const RenamedUop& uop);
  void dispatched(std::uint32_t key, Cycle cycle) { row(key).dispatched = cycle; }
  void issued(std::uint32_t key, Cycle cycle, unsigned port) {
    row(key).issued = cycle;
    row(key).port = static_cast<std::uint8_t>(port);
  }
  void completed(std::uint32_t key, Cycle cycle) { row(key).completed = cycle; }
  void flushed(std::uint32_t key, Cycle cycle) { row(key).flushed = cycle; }
  void retired(std::uint64_t group, Cycle cycle);
  void lost(const LostSlots& lost);

  const std::deque<TracedUop>& uops() const { return done_; }  // in program order
  const std::deque<LostSlots>& lost_slots() const { return lost_; }

 private:
  TracedUop& row(std::uint32_t key) { return flying_[rows_[key] - first_]; }

  std::size_t most_;
  std::vector<std::uint64_t> rows_;  // by key: the number of its uop
  std::uint64_t first_ = 0;          // number of the first of flying_
  std::deque<TracedUop> flying_;     // renamed and not retired
  std::deque<TracedUop> done_;
  std::deque<LostSlots> lost_;
};

}  // namespace m2sim::timing
