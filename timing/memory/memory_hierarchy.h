// Caches, TLBs and memory behind one interface of timestamps: an access says when it starts and learns
// when it is done, and every queue in between is kept as the times at which its entries free up. Both
// timing models use it. Times need not be monotonic: an access may start some cycles before one that
// was seen earlier (out-of-order issue), and state changes take effect in the order of the calls.
//
// Not modelled: wrong-path accesses, coherence with other cores, inclusion between levels, the L1D way
// predictor's aliasing, limits on page walks in flight (a walk costs a constant), L1D write bandwidth
// taken by fills.
//
// Reads L1iConfig, L1dConfig, L2Config, SlcConfig, DramConfig, MmuConfig, PrefetchConfig, ClockConfig.
#pragma once

#include <cstdint>
#include <optional>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/cache.h"
#include "timing/memory/dram.h"
#include "timing/memory/mshr.h"
#include "timing/memory/prefetcher.h"
#include "timing/memory/tlb.h"
#include "timing/stats.h"

namespace m2sim::timing {

struct LoadTiming {
  Cycle ready;             // an ALU that reads the value may execute in this cycle
  std::uint8_t base_lead;  // a load that uses the value as its base may execute this much earlier
  MemLevel level;          // where the line was; a merged miss reports where it is coming from
  bool miss;               // the line was not in the L1D: it occupies an MSHR or joined one
};

class MemoryHierarchy {
 public:
  explicit MemoryHierarchy(const CoreConfig& config);

  // A load of `bytes` (1..64) at `address` that executes at `now`.
  LoadTiming load(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
    const std::uint64_t line = l1d_.line_of(address);
    const Cycle done = now + load_to_use_;
    if (address >> page_shift_ == recent_page_ && line == l1d_.line_of(address + bytes - 1) &&
        l1d_.is_most_recent(line) && (done >= l1d_.settled() || done >= l1d_.most_recent(line).ready)) {
      ++stats_.l1d.accesses;
      ++stats_.dtlb.accesses;
      return {done, base_lead(address, bytes), MemLevel::kL1, false};
    }
    return load_slow(pc, address, bytes, now);
  }

  // A store that has retired and writes the L1D from `now` on; returns the cycle in which its store
  // queue entry is free, which is now + 1 for a line that is present. A DTLB miss costs no time here:
  // the address was translated when the store executed.
  Cycle store(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);

  // The cycle in which the instructions of the L1I line that holds `pc` can be fetched; `now` for a hit
  // of the L1I and the ITLB.
  Cycle fetch(std::uint64_t pc, Cycle now);

  // A prefetch instruction for data. Never waits; dropped when the DTLB misses or the MSHRs are full.
  void prefetch(std::uint64_t address, Cycle now);

  // Counters of the channel to memory included.
  MemoryStats stats() const;

 private:
  struct Fill {
    Cycle ready;
    MemLevel source;
  };

  std::uint8_t base_lead(std::uint64_t address, unsigned bytes) const {
    return (address & 7) + (bytes < 8 ? bytes : 8) <= 8 ? base_lead_ : std::uint8_t{0};
  }

  LoadTiming load_slow(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);
  LoadTiming access_l1d(std::uint64_t pc, std::uint64_t address, Cycle now, bool write);
  Fill miss_l1d(std::uint64_t line, Cycle now, bool write);
  void translate_data(std::uint64_t address, Cycle& now);
  Cycle translate_instruction(std::uint64_t pc, Cycle now);
  std::uint32_t walk_extra(std::uint64_t page);
  void train_prefetcher(std::uint64_t pc, std::uint64_t line, Cycle now);
  bool prefetch_into_l1d(std::uint64_t line, Cycle now);
  bool prefetch_into_l2(std::uint64_t line, Cycle now);
  void prefetch_into_l1i(std::uint64_t line, Cycle now);
  Cycle refill_l1i(std::uint64_t line, Cycle now, bool prefetched);
  void install_l1d(std::uint64_t line, const Cache::Line& state, Cycle now);

  // Both take L1 line numbers; `start` is when the L1 has sent the request.
  Cycle expected_l2_time(std::uint64_t line, Cycle now);
  Fill read_l2(std::uint64_t line, Cycle start);
  Fill miss_l2(std::uint64_t l2_line, Cycle start, bool prefetched);
  Fill read_memory_side(std::uint64_t l2_line, Cycle start);
  void write_memory_side(std::uint64_t l2_line, Cycle now);
  std::uint64_t l2_line_of(std::uint64_t line) const { return line >> l2_line_shift_; }

  std::uint32_t load_to_use_;
  std::uint8_t base_lead_;
  std::uint32_t page_shift_;
  std::uint64_t recent_page_ = ~std::uint64_t{0};  // data page accessed last
  std::uint64_t recent_code_page_ = ~std::uint64_t{0};
  Cycle page_cross_penalty_;
  Bandwidth page_cross_channel_;  // such accesses go one at a time, as measured for loads and stores
  Cycle l2_load_to_use_;
  Cycle slc_load_to_use_;
  Cycle refill_interval_;
  Cycle refill_free_ = 0;  // when the next line may come into the L1I
  std::uint32_t prefetch_lines_;
  std::uint32_t l2_line_shift_;  // log2 of L1 lines in an L2 line

  Cache l1i_;
  Cache l1d_;
  Cache l2_;
  std::optional<Cache> slc_;
  MshrFile l1d_mshrs_;
  MshrFile l2_mshrs_;
  Bandwidth l2_channel_;
  Tlb itlb_;
  Tlb dtlb_;
  Tlb l2_tlb_;
  Dram dram_;
  Prefetcher prefetcher_;
  MemoryStats stats_{};
};

}  // namespace m2sim::timing
