// Caches, TLBs and memory behind one interface of timestamps: an access says when it starts and learns
// when it is done, and every queue in between is kept as the times at which its entries free up. Both
// timing models use it. Times need not be monotonic: an access may start some cycles before one that
// was seen earlier (out-of-order issue), and state changes take effect in the order of the calls.
//
// An access counts once: as a hit, as a miss (nobody had asked for the line), as a merge (somebody had, and
// it is on its way), or as a late prefetch (the first use of a line that a prefetch asked for too late).
//
// Not modelled: wrong-path accesses, the L1D way predictor's aliasing, limits on page walks in flight (a walk
// costs a constant), L1D write bandwidth taken by fills.
//
// Reads L1iConfig, L1dConfig, MmuConfig, PrefetchConfig, and what OuterLevels reads.
#pragma once

#include <array>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/cache.h"
#include "timing/memory/data_tlb.h"
#include "timing/memory/mshr.h"
#include "timing/memory/outer_levels.h"
#include "timing/memory/prefetcher.h"
#include "timing/memory/quiet_lines.h"
#include "timing/memory/store_gather.h"
#include "timing/memory/tlb.h"
#include "timing/stats.h"

namespace m2sim::timing {

struct LoadTiming {
  Cycle ready;               // an ALU that reads the value may execute in this cycle
  std::uint8_t base_lead;    // a load that uses the value as its base may execute this much earlier
  MemLevel level;            // where the line was; a merged miss reports where it is coming from
  bool miss;                 // the line was not in the L1D: it occupies an MSHR or joined one
  bool translation = false;  // more of the time went to the DTLB's miss than to the line's
};

class MemoryHierarchy {
 public:
  explicit MemoryHierarchy(const CoreConfig& config);

  // A load of `bytes` (1..64) at `address` that executes at `now`.
  LoadTiming load(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
    if (loads_at_once(address, bytes, now)) return at_once(address, bytes, now);
    return load_others(pc, address, bytes, now);
  }
  // Whether that is of the page and the line used last in their sets, as most are, which changes nothing that
  // anybody looks at; counts it then. Its timing is at_once(), that of others load_others().
  [[gnu::always_inline]] bool loads_at_once(std::uint64_t address, unsigned bytes, Cycle now) {
    if (!needs_no_translation(address, bytes) || !used_last(l1d_.line_of(address), now + load_to_use_))
      return false;
    ++stats_.dtlb.accesses;
    ++stats_.l1d.accesses;
    return true;
  }
  LoadTiming at_once(std::uint64_t address, unsigned bytes, Cycle now) const {
    return {now + load_to_use_, base_lead(address, bytes), MemLevel::kL1, false};
  }
  LoadTiming load_others(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);

  // A store that has retired and writes the L1D from `now` on; returns the cycle in which its store queue
  // entry is free, which is now + 1 unless it has to wait for a place to gather in. A DTLB miss costs no time
  // here: the address was translated when the store executed.
  Cycle store(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
    if (!needs_no_translation(address, bytes)) return store_slow(pc, address, bytes, now);
    ++stats_.dtlb.accesses;
    const std::uint64_t line = l1d_.line_of(address);
    if (!used_last(line, now + load_to_use_)) return store_line(pc, address, bytes, now);
    ++stats_.l1d.accesses;
    l1d_.most_recent(line).dirty = true;
    return now + 1;
  }

  // The cycle in which the instructions of the L1I line that holds `pc` can be fetched; `now` for a hit
  // of the L1I and the ITLB.
  Cycle fetch(std::uint64_t pc, Cycle now) { return fetch_line(pc, translate_instruction(pc, now)).ready; }
  // Whether fetch(pc, now) is `now` and changes nothing that anybody looks at: of pages that are the most
  // recent of their sets it makes no difference which one was last.
  bool fetches_at_once(std::uint64_t pc, Cycle now) const {
    const std::uint64_t page = pc >> page_shift_;
    return (page == recent_code_page_ || itlb_.is_most_recent(page)) &&
           l1i_.is_most_recent(l1i_.line_of(pc)) && now >= l1i_.settled();
  }
  // Does that fetch if it is one of these.
  bool fetch_at_once(std::uint64_t pc, Cycle now) {
    const std::uint64_t line = l1i_.line_of(pc);
    std::uint64_t& at_hand = code_at_hand_[line % code_at_hand_.size()];
    if (at_hand != line || now < l1i_.settled()) {
      if (!fetches_at_once(pc, now)) return false;
      at_hand = line;
    }
    ++stats_.itlb.accesses;
    ++stats_.l1i.accesses;
    return true;
  }
  // When translation of that is done, which fetch_line() goes on from: the two halves of fetch().
  Cycle translate_instruction(std::uint64_t pc, Cycle now);
  struct CodeLine {
    Cycle ready;
    bool first_use;  // it was not there, or a prefetch has brought it
  };
  CodeLine fetch_line(std::uint64_t pc, Cycle now);
  // Asks for a line that fetch will come to; returns when it is there. kNever: the ITLB lacks its page.
  Cycle prefetch_code(std::uint64_t pc, Cycle now);

  // A prefetch instruction for data: never dropped. Returns when it has its page and its miss register, which
  // is all that it waits for.
  Cycle prefetch(std::uint64_t address, Cycle now);

  // For accesses that each wait for the one before: whether one more is known to change nothing, and to wait
  // for nothing. Addresses of one address space, as the program has them, since forget_quiet().
  bool is_quiet(std::uint64_t address, unsigned bytes, unsigned writes) const {
    return quiet_.covers(address, bytes, writes);
  }
  // The last access was of `address`, which the models know as `located`; the next one comes at `now`.
  void note_quiet(std::uint64_t address, std::uint64_t located, Cycle now) {
    const std::uint64_t line = l1d_.line_of(located);
    if (needs_no_translation(located, 1) && used_last(line, now + load_to_use_)) {
      quiet_.add(address, l1d_.most_recent(line).dirty);
    } else {
      quiet_.forget(line);
    }
  }
  void forget_quiet() { quiet_.clear(); }

  // Demand misses of the L1D so far.
  std::uint64_t l1d_misses() const { return stats_.l1d.misses; }
  std::uint64_t data_line(std::uint64_t address) const { return l1d_.line_of(address); }
  // Tells the host that an access of that line comes; nothing changes.
  void foresee(std::uint64_t line) const {
    if (!l1d_.is_most_recent(line) && !l1d_.contains(line)) outer_.foresee(line);
  }

  // Accesses that were not seen may have changed what the L2 has; see OuterLevels.
  void mark_gap(double times) { outer_.mark_gap(times); }
  const OuterLevels::Unsure& unsure() const { return outer_.unsure(); }

  Cycle load_to_use() const { return load_to_use_; }
  std::uint64_t code_line_bytes() const { return l1i_.line_bytes(); }
  Cycle memory_latency() const { return outer_.latency_of(MemLevel::kDram); }

  MemoryStats stats() const;
  template <class Learned>
  void learned(Learned& show) {
    show(l1i_, l1d_, itlb_, dtlb_, l2_tlb_, outer_, prefetcher_);
    forget_code_at_hand();
  }

 private:
  using Fill = OuterLevels::Fill;
  using By = OuterLevels::By;

  std::uint8_t base_lead(std::uint64_t address, unsigned bytes) const {
    return (address & 7) + (bytes < 8 ? bytes : 8) <= 8 ? base_lead_ : std::uint8_t{0};
  }

  // An access in one line of the page used last in its set: nothing of the DTLB changes.
  [[gnu::always_inline]] bool needs_no_translation(std::uint64_t address, unsigned bytes) const {
    return dtlb_.is_most_recent(address >> page_shift_) &&
           l1d_.line_of(address) == l1d_.line_of(address + bytes - 1);
  }
  // The line used last in its set, which is there by `done`: an access changes nothing that anybody looks at.
  [[gnu::always_inline]] bool used_last(std::uint64_t line, Cycle done) const {
    return l1d_.is_most_recent(line) && (done >= l1d_.settled() || done >= l1d_.most_recent(line).ready);
  }

  Cycle store_slow(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);
  LoadTiming load_line(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);
  LoadTiming load_gathered(StoreGather::Line& line, std::uint64_t address, unsigned bytes, Cycle now);
  Cycle store_line(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);
  Cycle store_elsewhere(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now);
  Cycle gather_more(StoreGather::Line& line, StoreGather::Bytes written, Cycle now);
  void write_whole(StoreGather::Line& line, Cycle now);
  Fill fetch_gathered(StoreGather::Line& line, Cycle now);
  // A use of a line that the L1D has, or that is on its way.
  void count_use(Cache::Line& line, bool late) {
    if (late) ++(line.prefetched ? stats_.l1d.late_prefetches : stats_.l1d.merges);
    if (!line.prefetched) return;
    ++stats_.l1d.prefetch_hits;
    line.prefetched = false;
  }
  Cycle allocate_mshr(Cycle now, const OuterLevels::Flight& flight);
  Fill fetch_l1d(std::uint64_t line, const OuterLevels::Look& look, Cycle start, By by, bool dirty);
  void translate_data(std::uint64_t address, Cycle& now);
  std::uint32_t walk_extra(std::uint64_t page);
  void train_prefetcher(std::uint64_t pc, std::uint64_t address, Prefetcher::At at, Cycle now);
  bool prefetch_into_l1d(std::uint64_t line, const OuterLevels::Look& look, Cycle now);
  // The order of the L1I or the ITLB changes.
  void forget_code_at_hand() { code_at_hand_.fill(~std::uint64_t{0}); }
  Cycle refill_l1i(std::uint64_t line, Cycle now, By by);
  void install_l1d(std::uint64_t line, const Cache::Line& state, Cycle now) {
    quiet_.forget(line);
    const Cache::Victim victim = l1d_.insert(line, state);
    if (!victim.state.dirty) return;
    ++stats_.l1d.writebacks;
    outer_.write_back(victim.line, now);
  }

  std::uint32_t load_to_use_;
  std::uint8_t base_lead_;
  std::uint32_t page_shift_;
  std::uint64_t recent_code_page_ = ~std::uint64_t{0};
  std::array<std::uint64_t, 16> code_at_hand_;  // lines that are fetched at once, as long as no order changes
  Cycle page_cross_penalty_;
  Bandwidth page_cross_channel_;  // such accesses go one at a time, as measured for loads and stores
  Cycle l2_load_to_use_;
  Cycle refill_interval_;
  Cycle refill_free_ = 0;  // when the next line may come into the L1I

  Cache l1i_;
  Cache l1d_;
  MshrFile l1d_mshrs_;
  QuietLines quiet_;
  StoreGather gather_;
  Tlb itlb_;
  DataTlb dtlb_;
  Tlb l2_tlb_;
  OuterLevels outer_;
  Prefetcher prefetcher_;
  MemoryStats stats_{};
};

}  // namespace m2sim::timing
