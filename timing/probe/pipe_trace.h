// The first probe: what every uop did in which cycle, as rows that timeline.h turns into text.
//
// It keeps the latest `most` uops that have retired, and the slots that were lost, so that a trace of any
// length of run has a bounded size; or it hands on what it has from time to time, of a window of the run.
//
// Of dependences it knows those through registers: a row names the uops that had not given their results yet
// when it was renamed. What a load waits for in the store queue has no row to name, only a reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "timing/probe/probe.h"

namespace m2sim::timing {

inline constexpr std::uint64_t kNoUop = UINT64_MAX;

struct TracedUop {
  std::uint64_t id = 0;      // dense among the traced ones, from 0
  std::uint64_t number = 0;  // instructions that the model finished renaming before it
  std::uint64_t pc = 0;
  std::uint64_t group = 0;
  std::uint8_t insts =
      0;  // instructions that finish with it; 2: a fused pair, 0: not the last of its instruction
  bool eliminated = false;
  std::uint8_t port = 0;
  Cycle fetched = 0;
  Cycle renamed = 0;
  Cycle dispatched = kNever;
  Cycle able = kNever;  // could have issued: its operands were there
  Cycle issued = kNever;
  Cycle flushed = kNever;
  Cycle completed = kNever;
  Cycle retired = kNever;
  StallReason held = StallReason::kBase;      // what kept it from `able` to `issued`
  StallReason work = StallReason::kBase;      // what `issued` to `completed` is charged to
  StallReason operands = StallReason::kBase;  // the work of the producer that was last; kBase: none is known
  // Ids of the uops that it waited for; what is not known, or was there, is kNoUop. The last one.
  std::array<std::uint64_t, kMaxSources> producers = {kNoUop, kNoUop, kNoUop, kNoUop};
  std::uint64_t last_producer = kNoUop;
  // As if nothing but registers held anything up: when its result is there, and the producer that it then has
  // from. Counted from the window's beginning, with each uop's own time from issue to result.
  Cycle depth = 0;
  std::uint64_t deepest = kNoUop;
  std::uint32_t ports = 0;     // mask of those that can execute it
  std::uint8_t occupancy = 0;  // cycles for which it blocks one
  std::uint8_t slots = 0;      // of rename
};

// A part of a run, in the order of the program.
struct TraceWindow {
  std::uint64_t first = 0;  // instructions before it that the model hears of
  // Not there, but where this is executed for the first time from there on.
  std::optional<std::uint64_t> address{};
  std::uint64_t insts = UINT64_MAX;
};

// Gets the rows of a trace while it goes on, in program order.
class TraceReader {
 public:
  virtual ~TraceReader() = default;
  // Rename slots lost since the call before, from the first traced uop to the last.
  virtual void read(std::span<const TracedUop> uops, std::span<const LostSlots> lost) = 0;
};

class PipeTrace : public QuietProbe {
 public:
  static constexpr bool kOn = true;

  explicit PipeTrace(std::size_t most = 1000) : PipeTrace({}, most) {}
  // Of a window, for hand_to(): keeps what was not handed on.
  explicit PipeTrace(const TraceWindow& window) : PipeTrace(window, SIZE_MAX) {}

  void renamed(const RenamedUop& uop);
  void dispatched(std::uint32_t key, Cycle cycle) { row(key).dispatched = cycle; }
  void issued(std::uint32_t key, Cycle cycle, unsigned port) {
    row(key).issued = cycle;
    row(key).port = static_cast<std::uint8_t>(port);
  }
  void completed(std::uint32_t key, Cycle cycle) { row(key).completed = cycle; }
  void waited(std::uint32_t key, Cycle able, StallReason held, StallReason work) {
    TracedUop& traced = row(key);
    traced.able = able;
    traced.held = held;
    traced.work = work;
  }
  void flushed(std::uint32_t key, Cycle cycle) { row(key).flushed = cycle; }
  void retired(std::uint64_t group, Cycle cycle);
  void lost(const LostSlots& lost);

  // Hands on what has retired since the last time, and forgets it.
  void hand_to(TraceReader& reader);

  const std::deque<TracedUop>& uops() const { return done_; }  // in program order
  const std::deque<LostSlots>& lost_slots() const { return lost_; }

 private:
  // Enough for those that are in flight with a uop, the eliminated ones among them.
  static constexpr std::size_t kOutcomes = std::size_t{4} * kProbeKeys;
  struct Outcome {
    std::uint64_t id = kNoUop;
    Cycle completed = 0;
    Cycle depth = 0;
    StallReason work = StallReason::kBase;
  };

  PipeTrace(const TraceWindow& window, std::size_t most);
  TracedUop& row(std::uint32_t key) { return rows_[key] == kNoUop ? outside_ : flying_[rows_[key] - first_]; }
  bool in_window(const RenamedUop& uop);
  void link(const UopInfo& uop, TracedUop& traced);
  void look_at_producers(TracedUop& traced) const;

  TraceWindow window_;
  std::size_t most_;
  std::uint64_t number_ = 0;  // instructions renamed so far
  bool open_ = false;
  std::uint64_t end_ = UINT64_MAX;                 // the window's, once it is open
  TracedUop outside_;                              // what happens to uops outside of it
  std::vector<std::uint64_t> rows_;                // by key: the id of its uop
  std::array<std::uint64_t, kTimedRegs> writers_;  // by register: the id of who writes it
  std::vector<Outcome> outcomes_;                  // by id
  std::uint64_t next_id_ = 0;
  std::uint64_t first_ = 0;       // id of the first of flying_
  std::deque<TracedUop> flying_;  // renamed and not retired
  std::deque<TracedUop> done_;
  std::deque<LostSlots> lost_;
};

}  // namespace m2sim::timing
