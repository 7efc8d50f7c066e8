// For who wants to see the pipe of a run: which part of it, and who gets the rows.
#pragma once

#include "emu/retired.h"
#include "timing/config/config.h"
#include "timing/probe/pipe_trace.h"
#include "timing/stats.h"

namespace m2sim::timing {

struct Trace {
  TraceWindow window;
  TraceReader* reader;
};

// A model that hands its trace on after every batch, so that a trace of any length takes little memory.
template <class Model>
class Traced {
 public:
  static constexpr bool kLogs = true;

  Traced(const CoreConfig& config, const Trace& trace)
      : model_(config, PipeTrace(trace.window)), reader_(*trace.reader) {}

  void consume(const emu::RetiredBatch& batch) {
    model_.consume(batch);
    model_.probe().hand_to(reader_);
  }
  void blocks_cleared() { model_.blocks_cleared(); }
  void finish() {
    model_.finish();
    model_.probe().hand_to(reader_);
  }
  Cycle now() const { return model_.now(); }
  TimingStats stats() const { return model_.stats(); }

 private:
  Model model_;
  TraceReader& reader_;
};

}  // namespace m2sim::timing
