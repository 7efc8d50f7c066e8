// For who wants the figures of a run over time: what counts, cut into intervals.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "emu/emulator.h"
#include "timing/run/phase.h"
#include "timing/stats.h"

namespace m2sim::timing {

class IntervalReader {
 public:
  virtual ~IntervalReader() = default;
  // How many instructions until the next cut, where so many have counted; one at least.
  virtual std::uint64_t length(std::uint64_t counted) const = 0;
  // An interval has ended, and others follow; `so_far` was counted since the run began. Where the last one
  // ends, Outcome::timing says.
  virtual void ended(const TimingStats& so_far) = 0;
};

// Cuts phases that count. The pipe does not drain at a cut: what is in it there counts in the next interval.
class IntervalCuts {
 public:
  explicit IntervalCuts(IntervalReader* reader)  // null: nobody wants any
      : reader_(reader), left_(reader == nullptr ? UINT64_MAX : reader->length(0)) {}

  // `run` goes on by a phase and returns its end; `so_far` says what has counted.
  template <class Run, class SoFar>
  emu::RunEnd go_on(const emu::Emulator& emulator, const Phase& phase, Run run, SoFar so_far) {
    if (reader_ == nullptr || phase.listener != Listener::kFigures) return run(phase);
    for (Phase rest = phase;;) {
      // A cut is told when an instruction has followed: what the pipe does behind the last is the last
      // interval's.
      std::optional<TimingStats> full;
      if (left_ == 0) full = so_far();
      const std::uint64_t length = full ? reader_->length(full->core.insts) : left_;
      Phase part = rest;
      part.until.insts = std::min(rest.until.insts, length);
      const std::uint64_t before = emulator.stats().insts;
      const emu::RunEnd end = run(part);
      const std::uint64_t done = emulator.stats().insts - before;
      if (done != 0) left_ = length - done;
      if (done != 0 && full) reader_->ended(*full);
      if (rest.until.insts != UINT64_MAX) rest.until.insts -= done;
      if (end.kind != emu::RunEnd::Kind::kLimit || rest.until.insts == 0) return end;
    }
  }

 private:
  IntervalReader* reader_;
  std::uint64_t left_;  // of the interval; 0: it is full
};

}  // namespace m2sim::timing
