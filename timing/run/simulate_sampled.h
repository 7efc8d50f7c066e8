// Sampled runs: what the timing modes share.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "timing/pipe/warming.h"
#include "timing/run/point_windows.h"
#include "timing/run/sampler.h"
#include "timing/run/simulate_with.h"

namespace m2sim::timing {

// Cycles that are charged to what may be misses of the L2. It takes the stack's word for what they cost: a
// chain that ends late as it waited for one is charged to the chain.
inline double far_miss_cycles(const CoreStats& core) {
  std::uint64_t slots = 0;
  for (std::size_t i = 0; i < kStallReasonCount; ++i) {
    if (may_be_far_miss(static_cast<StallReason>(i))) slots += core.slots[i];
  }
  return static_cast<double>(slots) / static_cast<double>(core.slots_per_cycle);
}

// Hands the log to who listens at the moment: warming or the model, which share what they learn; and where
// the whole run is timed, too, to a second model, always.
template <class Model>
class SampledSink {
 public:
  static constexpr bool kLogs = true;
  enum class Listener : std::uint8_t { kNobody, kWarming, kModel };

  explicit SampledSink(const CoreConfig& config, bool check)
      : model_(std::make_unique<Model>(config)), warming_(model_->parts()) {
    if (check) whole_ = std::make_unique<Model>(config);
  }

  void consume(const emu::RetiredBatch& batch) {
    if (whole_) whole_->consume(batch);
    if (listener_ == Listener::kNobody) return;
    const emu::RetiredBatch heard = drop_first_ ? without_first(batch) : batch;
    if (listener_ == Listener::kWarming) warming_.consume(heard);
    if (listener_ == Listener::kModel) {
      model_->consume(heard);
      fills_ = true;
    }
  }
  void blocks_cleared() {
    if (whole_) whole_->blocks_cleared();
    model_->blocks_cleared();
    warming_.blocks_cleared();
  }

  Model& model() { return *model_; }
  Model* whole() { return whole_.get(); }

  // Between runs. `inside_block`: the last one ended there; of a block of which the model has not heard the
  // beginning it does not hear the rest, whether or not somebody else does.
  // `insts`: executed so far.
  void listen(Listener listener, bool inside_block, std::uint64_t insts) {
    // Until that record comes: it may be of a later run.
    if (listener_ == Listener::kNobody) drop_first_ = whole_ != nullptr && inside_block;
    // An empty pipe would take a cycle for it.
    if (listener != Listener::kModel && std::exchange(fills_, false)) model_->finish();
    if (listener_ != Listener::kNobody && listener == Listener::kNobody) gap_begin_ = insts;
    if (listener_ == Listener::kNobody && listener != Listener::kNobody) mark_gap(insts);
    if (listener_ == Listener::kWarming && listener != Listener::kWarming) warming_.end();
    if (listener_ != Listener::kWarming && listener == Listener::kWarming) warming_.begin();
    listener_ = listener;
  }

 private:
  void mark_gap(std::uint64_t insts) {
    const std::uint64_t heard = std::max<std::uint64_t>(gap_begin_ - gap_end_, 1);
    model_->parts().memory.mark_gap(static_cast<double>(insts - gap_begin_) / static_cast<double>(heard));
    model_->parts().predictor.mark_gap();
    gap_end_ = insts;
  }
  emu::RetiredBatch without_first(emu::RetiredBatch batch) {
    if (batch.words.empty()) return batch;
    drop_first_ = false;
    const emu::Block* const first = batch.blocks[batch.words.front()];
    batch.words = batch.words.subspan(1 + std::size_t{first->mem_count});
    return batch;
  }

  std::unique_ptr<Model> model_;
  Warming warming_;
  bool drop_first_ = false;
  bool fills_ = false;  // the model's pipe
  std::unique_ptr<Model> whole_;
  Listener listener_ = Listener::kModel;
  // Instructions before the last ones that nobody heard, and with them.
  std::uint64_t gap_begin_ = 0;
  std::uint64_t gap_end_ = 0;
};

template <class Model>
class SampledRun {
 public:
  // `check`: time the whole run, too.
  SampledRun(emu::Machine& machine, const Simulation& simulation, Windows& windows, bool check)
      : simulation_(simulation), emulator_(machine), sink_(simulation.config, check), windows_(windows) {}

  Outcome run() {
    Outcome outcome;
    const Stopwatch watch;
    for (const Phase& phase : simulation_.phases) {
      outcome.end = phase.listener == Listener::kFigures ? sample(phase) : pass(phase);
      if (!goes_on(outcome.end)) break;
    }
    sink_.listen(Sink::Listener::kNobody, false, emulator_.stats().insts);
    finish(outcome);
    outcome.figures = run_figures(emulator_.stats(), watch);
    outcome.emulation = emulator_.stats();
    return outcome;
  }

 private:
  using Sink = SampledSink<Model>;

  // Before what counts.
  emu::RunEnd pass(const Phase& phase) {
    const bool heard = phase.listener != Listener::kNobody;
    return advance(phase.until.insts, heard ? Sink::Listener::kModel : Sink::Listener::kNobody);
  }

  emu::RunEnd advance(std::uint64_t insts, typename Sink::Listener listener) {
    sink_.listen(listener, emulator_.inside_block(), emulator_.stats().insts);
    const auto go_on = [&](const Phase& part) {
      if (listener != Sink::Listener::kNobody || sink_.whole() != nullptr) {
        return emulator_.run(sink_, part.until);
      }
      emu::NoSink nobody;
      return emulator_.run(nobody, part.until);
    };
    const auto state = [&] { return RunState{emulator_.stats().insts, false, 0, 0, ""}; };
    return run_watched(emulator_, simulation_.watcher, Phase{{.insts = insts}}, go_on, state);
  }

  emu::RunEnd sample(const Phase& phase) {
    begin_ = emulator_.stats().insts;
    start_ = mark();
    model_heard_all_ = simulation_.points == nullptr;
    if (sink_.whole() != nullptr) whole_before_ = sink_.whole()->stats();
    for (unsigned steps = 0;; ++steps) {
      Windows::Step step = windows_.next();
      // What lies before the first window is timed, as the run may end before the window does.
      if (model_heard_all_ && steps == 1) {
        step.detail += step.skip + step.warm;
        step.skip = step.warm = 0;
      }
      emu::RunEnd end = part(phase, step.skip, Sink::Listener::kNobody);
      if (at_limit(end)) end = warm(phase, step.warm);
      if (step.skip + step.warm != 0) sink_.model().leave_out(step.odd);
      if (at_limit(end)) end = part(phase, step.detail, Sink::Listener::kModel);
      if (at_limit(end)) end = measure(phase, step);
      if (!at_limit(end) || left(phase) == 0) return end;
    }
  }
  static bool at_limit(const emu::RunEnd& end) { return end.kind == emu::RunEnd::Kind::kLimit; }
  std::uint64_t sampled() const { return emulator_.stats().insts - begin_; }
  std::uint64_t left(const Phase& phase) const { return phase.until.insts - sampled(); }

  emu::RunEnd part(const Phase& phase, std::uint64_t insts, typename Sink::Listener listener) {
    if (insts == 0) return {.kind = emu::RunEnd::Kind::kLimit};  // who listens goes on
    const std::uint64_t before = emulator_.stats().insts;
    const emu::RunEnd end = advance(std::min(insts, left(phase)), listener);
    const std::uint64_t done = emulator_.stats().insts - before;
    if (done != 0 && listener != Sink::Listener::kModel) model_heard_all_ = false;
    if (listener == Sink::Listener::kWarming) warmed_ += done;
    if (listener == Sink::Listener::kModel) detailed_ += done;
    return end;
  }

  // What the last two quarters lose says whether warming is long enough.
  emu::RunEnd warm(const Phase& phase, std::uint64_t insts) {
    const std::uint64_t quarter = insts / 4;
    emu::RunEnd end = part(phase, insts - 2 * quarter, Sink::Listener::kWarming);
    for (double& cycles : quarters_) {
      const double before = lost();
      if (at_limit(end)) end = part(phase, quarter, Sink::Listener::kWarming);
      cycles = lost() - before;
    }
    return end;
  }
  // Cycles so far, if nothing overlapped.
  double lost() {
    const Parts& parts = sink_.model().parts();
    const MemoryStats memory = parts.memory.stats();
    const CoreConfig& config = simulation_.config;
    return static_cast<double>(parts.predictor.stats().mispredicts * config.branch.mispredict_penalty +
                               (memory.l1i.misses + memory.l1d.misses) * config.l2.load_to_use);
  }

  // Of the model, before something that counts.
  struct Mark {
    TimingStats stats{};
    OuterLevels::Unsure unsure;
    double stale = 0;  // cycles, of a miss of the BTB
  };
  Mark mark() {
    const Parts& parts = sink_.model().parts();
    return {sink_.model().stats(), parts.memory.unsure(),
            parts.predictor.stale_part() * simulation_.config.branch.btb_miss_bubble};
  }
  // Cycles of `stats`, since then, that longer warming might have made others.
  double unsure(const Mark& since, const TimingStats& stats) {
    const auto& memory = sink_.model().parts().memory;
    const std::uint64_t misses = memory.unsure().misses - since.unsure.misses;
    const std::uint64_t hits = memory.unsure().hits - since.unsure.hits;
    // A window may have hidden its misses; what a hit would have cost as a miss, nobody knows.
    const double missed =
        std::min(static_cast<double>(misses * memory.memory_latency()), far_miss_cycles(stats.core));
    return missed + static_cast<double>(hits * memory.memory_latency()) +
           since.stale * static_cast<double>(stats.branch.btb_misses);
  }

  // A window that the run's end cuts short is dropped, unless it is all there is, or the step says otherwise.
  emu::RunEnd measure(const Phase& phase, const Windows::Step& step) {
    const Mark before = mark();
    const Parts& parts = sink_.model().parts();
    const std::uint64_t renamed = parts.buffer.left();
    const bool from_start = sampled() == 0;
    const emu::RunEnd end = part(phase, step.measure, Sink::Listener::kModel);
    const bool ended = !at_limit(end) || left(phase) == 0;
    const bool whole_run = from_start && ended;
    const bool cut = ended && (whole_run || step.cut);
    if (cut) sink_.listen(Sink::Listener::kNobody, false, emulator_.stats().insts);
    TimingStats window = difference(sink_.model().stats(), before.stats);
    const std::uint64_t heard = window.core.insts;
    // The cycles are those of rename: what the log is ahead of it is as random as where a window ends.
    if (!whole_run) window.core.insts = parts.buffer.left() - renamed;
    if (window.core.insts != 0 && (heard == step.measure || cut)) {
      detailed_ -= heard;
      windows_.measured(window, {unsure(before, window), quarters_});
    }
    return end;
  }

  // Nothing is estimated: there were no more than the first instructions and windows without gaps.
  Windows::Estimate timed_whole() {
    Windows::Estimate whole{difference(sink_.model().stats(), start_.stats), {}};
    SampledFigures& figures = whole.figures;
    figures.measured = sampled();
    figures.half_widths.assign(stat_table().size(), 0.0);
    figures.error = 0;
    figures.met = true;
    const auto cycles = static_cast<double>(whole.stats.core.cycles);
    figures.unwarmed = std::min(unsure(start_, whole.stats) / cycles, 1.0);
    detailed_ = 0;
    return whole;
  }

  void finish(Outcome& outcome) {
    const bool whole_run = model_heard_all_ && sampled() != 0;
    Windows::Estimate estimate = whole_run ? timed_whole() : windows_.estimate(sampled());
    outcome.timing = estimate.stats;
    outcome.sampled = std::move(estimate.figures);
    outcome.sampled->detailed = detailed_;
    outcome.sampled->warmed = warmed_;
    if (Model* const whole = sink_.whole(); whole != nullptr) {
      whole->finish();
      outcome.sampled->whole = difference(whole->stats(), whole_before_);
    }
  }

  const Simulation& simulation_;
  emu::Emulator emulator_;
  Sink sink_;
  Windows& windows_;
  std::array<double, 2> quarters_{};  // cycles lost there by the last warming
  TimingStats whole_before_{};
  std::uint64_t begin_ = 0;  // of what is sampled
  Mark start_;               // there
  bool model_heard_all_ = false;
  std::uint64_t detailed_ = 0;
  std::uint64_t warmed_ = 0;
};

template <class Model>
Outcome simulate_sampled(emu::Machine& machine, const Simulation& simulation) {
  if (const SimPointPlan* const plan = simulation.points; plan != nullptr) {
    PointWindows points(*plan);
    return SampledRun<Model>(machine, simulation, points, plan->check).run();
  }
  Sampler sampler(*simulation.sampling);
  return SampledRun<Model>(machine, simulation, sampler, simulation.sampling->check).run();
}

}  // namespace m2sim::timing
