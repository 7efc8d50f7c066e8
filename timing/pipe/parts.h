// What both timing models are built around: the parts that the log drives, the memory behind them, the books
// of rename; how a record of the log enters them, and what they have counted.
#pragma once

#include <cstdint>

#include "emu/retired.h"
#include "timing/branch/branch_predictor.h"
#include "timing/config/config.h"
#include "timing/config/port_layout.h"
#include "timing/context.h"
#include "timing/crack/crack.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/fetch.h"
#include "timing/pipe/fetch_buffer.h"
#include "timing/pipe/fetch_targets.h"
#include "timing/pipe/foresight.h"
#include "timing/pipe/load_store_unit.h"
#include "timing/pipe/pmu.h"
#include "timing/slots.h"
#include "timing/stats.h"

namespace m2sim::timing {

struct Parts {
  explicit Parts(const CoreConfig& config)
      : memory(config),
        predictor(config.branch),
        table(config),
        targets(config, memory, predictor, table, context),
        fetch(config, memory, predictor, targets),
        buffer(config.fetch.buffer_instructions, fetch.window_instructions()),
        ledger(config.rename.width) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // True: the batch is not of the thread and the program of the one before. Its instructions have retired.
  bool begin(const emu::RetiredBatch& batch) {
    counts.insts += batch.insts;
    const bool switched = context.follow(batch);
    foresight.begin(batch, context, memory);
    return switched;
  }

  // Fetch goes on with a record.
  [[gnu::always_inline]] const CrackedBlock& begin(const emu::Record& record) {
    foresight.step(context, memory);
    const CrackedBlock& cracked = table.execute(*record.block);
    fetch.begin_record(cracked, context.locate(record.block->pc), record.next_pc(), record.has_next());
    return cracked;
  }

  // The pipe is empty and another thread's instructions follow. An exception drains it so; what the kernel
  // does then is not simulated.
  void switch_context() {
    fetch.restart(ledger.now());
    ++counts.context_switches;
  }

  // Of all whole cycles so far.
  TimingStats stats(const LoadStoreUnit& load_store) const {
    TimingStats stats{counts, predictor.stats(), memory.stats(), {}};
    stats.core.cycles = ledger.now();
    stats.core.slots = ledger.slots();
    stats.core.full = ledger.full();
    stats.core.stalled_cycles = ledger.held_cycles();
    stats.core.bubble_cycles = ledger.bubble_cycles();
    stats.core.recovery_cycles = ledger.recovery_cycles();
    stats.core.slots_per_cycle = ledger.width();
    stats.core.forwarded_loads = load_store.counts().forwarded_loads;
    stats.core.forward_fails = load_store.counts().forward_fails;
    stats.core.order_violations = load_store.counts().order_violations;
    stats.core.foretold_loads = load_store.counts().foretold_loads;
    stats.core.misled_loads = load_store.counts().misled_loads;
    const BlockCounts blocks = table.executed();
    stats.core.uops = blocks.uops;
    stats.core.issued_uops = blocks.issued_uops;
    stats.core.issued_memory_uops = blocks.issued_memory_uops;
    stats.core.issued_simd_uops = blocks.issued_simd_uops;
    stats.core.eliminated_uops = blocks.eliminated_uops;
    stats.core.fused_pairs = blocks.fused_pairs;
    stats.pmu = pmu_stats(stats, blocks);
    return stats;
  }

  MemoryHierarchy memory;
  BranchPredictor predictor;
  CrackTable table;
  Context context;
  Foresight foresight;
  FetchTargets targets;
  Fetch fetch;
  FetchBuffer buffer;
  SlotLedger ledger;
  CoreStats counts{};
};

}  // namespace m2sim::timing
