#include "timing/run/recorded_log.h"

#include "emu/emulator.h"
#include "timing/fast/fast_core.h"
#include "timing/probe/premise_probe.h"

namespace m2sim::timing {

void RecordedLog::consume(const emu::RetiredBatch& batch) {
  if (!whole_) return;
  if (words_.size() + batch.words.size() > most_words_) return forget();
  for (std::size_t id = blocks_.size(); id < batch.blocks.size(); ++id) {
    emu::Block& block = kept_.emplace_back(*batch.blocks[id]);
    const auto insts = block.insts();
    block.inst_data = insts_.emplace_back(insts.begin(), insts.end()).data();
    blocks_.push_back(&block);
  }
  batches_.push_back({words_.size(), batch.words.size(), batch.next_block, batch.task, batch.insts});
  words_.insert(words_.end(), batch.words.begin(), batch.words.end());
}

void RecordedLog::forget() {
  whole_ = false;
  batches_ = {};
  words_ = {};
  blocks_ = {};
  kept_ = {};
  insts_ = {};
}

std::unique_ptr<const RecordedLog> record_log(emu::Machine& machine, std::size_t most_words) {
  auto log = std::make_unique<RecordedLog>(most_words);
  emu::Emulator(machine).run(*log);
  if (!log->whole()) return nullptr;
  return log;
}

Replayed replay_in_fast_timing(const RecordedLog& log, const CoreConfig& config, KeptPages& pages) {
  const KeptPages::Use use(pages);
  using Model = BasicFastCore<CyclesProbe>;
  const auto model = std::make_unique<Model>(config, CyclesProbe(config));  // too large for a stack
  log.replay(*model);
  model->finish();
  return {model->now(), model->premises()};
}

}  // namespace m2sim::timing
