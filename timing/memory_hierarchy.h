// Caches, TLBs and memory behind one interface of timestamps: an access says when it starts and learns
// when it is done, and every queue in between is kept as the times at which its entries free up. Both
// timing models use it. Times need not be monotonic: an access may start some cycles before one that
// was seen earlier (out-of-order issue), and state changes take effect in the order of the calls.
//
// Not modelled: wrong-path accesses, coherence with other cores, the L1D way predictor's aliasing, and
// page-table lines in the caches (a walk costs a constant).
//
// Reads L1iConfig, L1dConfig, L2Config, SlcConfig, DramConfig, MmuConfig, PrefetchConfig, ClockConfig.
#pragma once

#include <cstdint>

#include "timing/cache.h"
#include "timing/config.h"
#include "timing/cycle.h"
#include "timing/dram.h"
#include "timing/prefetcher.h"
#include "timing/stats.h"
#include "timing/tlb.h"

namespace m2sim::timing {

enum class MemLevel : std::uint8_t { kL1, kL2, kSlc, kDram };

struct LoadTiming {
  Cycle ready;     // an ALU that reads the value may execute in this cycle; an L1D hit that feeds
                   // a load's base is ready l1d.load_to_use - l1d.load_to_base earlier
  MemLevel level;  // where the line was; a merged miss reports the level it is coming from
  bool mshr;       // the line was not in the L1D: it occupies an MSHR or joined one
  bool tlb_miss;   // the L1 DTLB missed
};

class MemoryHierarchy {
 public:
  explicit MemoryHierarchy(const CoreConfig& config);

  // A load of `bytes` (1..64) at `address` whose address is known at `now`.
  LoadTiming load(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);

  // A store that has retired and writes the L1D from `now` on; returns the cycle in which its store
  // queue entry is free, which is now + 1 for a line that is present.
  Cycle store(std::uint64_t address, unsigned bytes, Cycle now);

  // The cycle in which the instructions of the 64-byte line that holds `pc` can be fetched; `now` for
  // a hit of the L1I and the ITLB.
  Cycle fetch(std::uint64_t pc, Cycle now);

  // A prefetch instruction for data. Never waits; dropped when the DTLB misses or MSHRs are full.
  void prefetch(std::uint64_t address, Cycle now);

  const MemoryStats& stats() const;
};

}  // namespace m2sim::timing
