// The log of a whole run, kept for models that are to hear it again. Unless its clocks follow a model, what a
// guest does depends on none: the log is all that they need of it, and neither the guest nor its pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "emu/machine.h"
#include "emu/retired.h"
#include "insts/inst.h"
#include "timing/config/config.h"
#include "timing/config/premises.h"
#include "timing/cycle.h"
#include "timing/zeroed_pages.h"

namespace m2sim::timing {

class RecordedLog {
 public:
  static constexpr bool kLogs = true;

  // Keeps as many words (emu::RetiredBatch), and nothing of a run that has more.
  explicit RecordedLog(std::size_t most_words) : most_words_(most_words) {}
  RecordedLog(const RecordedLog&) = delete;
  RecordedLog& operator=(const RecordedLog&) = delete;

  void consume(const emu::RetiredBatch& batch);
  void blocks_cleared() { forget(); }

  // All that came is kept. A run whose blocks were cleared is not.
  bool whole() const { return whole_; }
  std::size_t words() const { return words_.size(); }

  // As if the run went on now.
  template <class Sink>
  void replay(Sink& sink) const {
    for (const Batch& batch : batches_) {
      sink.consume({.words = std::span(words_).subspan(batch.begin, batch.count),
                    .blocks = blocks_,
                    .next_block = batch.next_block,
                    .task = batch.task,
                    .insts = batch.insts});
    }
  }

 private:
  struct Batch {
    std::size_t begin;  // in words_
    std::size_t count;
    std::uint32_t next_block;
    std::uint32_t task;
    std::uint64_t insts;
  };

  void forget();

  std::size_t most_words_;
  bool whole_ = true;
  std::vector<Batch> batches_;
  std::vector<std::uint64_t> words_;
  std::vector<const emu::Block*> blocks_;  // by id
  std::deque<emu::Block> kept_;            // what they are, without the uops behind them
  std::deque<std::vector<insts::Inst>> insts_;
};

// Runs a guest to its end and keeps its log. Null: it is longer than so many words.
std::unique_ptr<const RecordedLog> record_log(emu::Machine& machine, std::size_t most_words);

struct Replayed {
  Cycle cycles = 0;  // from the first instruction until the last one has retired
  Premises premises;
};

// What the instruction-driven model makes of a recorded run: as simulate() has them. The pages are for its
// tables: what a replay of the same log has left there fits best.
Replayed replay_in_fast_timing(const RecordedLog& log, const CoreConfig& config, KeptPages& pages);

}  // namespace m2sim::timing
