// Tells the host ahead which of the caches' sets the records to come will look at. Tags and states of the
// outer levels are megabytes that the host keeps far away, and a run that misses the L1D visits them in no
// order: half of such a run's time was the host waiting for one after the other. Nothing modelled changes.
//
// Used where the last batch has missed often; else looking ahead would cost more than it saves.
#pragma once

#include <array>
#include <cstdint>

#include "emu/retired.h"
#include "timing/context.h"
#include "timing/memory/memory_hierarchy.h"

namespace m2sim::timing {

class Foresight {
 public:
  // The batch is what `context` follows.
  void begin(const emu::RetiredBatch& batch, const Context& context, const MemoryHierarchy& memory) {
    const std::uint64_t misses = memory.l1d_misses();
    const bool often = (misses - misses_) * kSeldom > words_;
    misses_ = misses;
    words_ = batch.words.size();
    ahead_ = emu::RecordReader();
    if (!often) return;
    ahead_ = emu::RecordReader(batch);
    for (unsigned n = 0; n < kRecords; ++n) step(context, memory);
  }
  // The model goes on by a record.
  void step(const Context& context, const MemoryHierarchy& memory) {
    if (ahead_ == std::default_sentinel) return;
    for (unsigned i = 0; i < ahead_->block->mem_count; ++i) {
      const std::uint64_t line = memory.data_line(context.locate(ahead_->addresses[i]));
      std::uint64_t& recent = recent_[line % recent_.size()];
      if (recent == line) continue;
      recent = line;
      // Sets of lines in order lie in order, too, which the host sees for itself.
      if (recent_[(line - 1) % recent_.size()] != line - 1) memory.foresee(line);
    }
    ++ahead_;
  }

 private:
  static constexpr unsigned kRecords = 8;        // so far ahead
  static constexpr std::uint64_t kSeldom = 100;  // words of the log a miss

  emu::RecordReader ahead_;
  std::array<std::uint64_t, 32> recent_{};  // lines that were foreseen
  std::uint64_t misses_ = 0;                // before the last batch
  std::uint64_t words_ = 0;                 // of it
};

}  // namespace m2sim::timing
