// What lies below the L1 caches: the L2, the system-level cache before memory, and memory. An access says
// when it starts and learns when it is done; lines are named as the L1D numbers them.
//
// The L2 is physically indexed. Where a page lies in memory is up to the kernel, which hands pages out in no
// order: here a fixed permutation of the page numbers stands for that (MmuConfig::scatter_pages). So the L2
// and what is below it lose lines to conflicts before they are full.
//
// The system-level cache holds what the L2 puts out, clean or dirty, and gives it back: a line is in one of
// both. (Not modelled: what other agents keep there.)
//
// A line that the L1D writes whole needs no data from below: the L2 gives it room, and takes part after part
// when the L1D puts them out. Until then those parts are `missing`, and a read of one goes to memory.
//
// What is put out is written behind buffers: the L1D's victims go through a channel to the L2, the dirty
// ones from below through memory's. A full buffer holds the next miss.
//
// Not modelled: coherence with other cores, inclusion of the L1s.
//
// Reads L1dConfig (line size, buffer), L2Config, SlcConfig, DramConfig, MmuConfig (pages), ClockConfig.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/bandwidth.h"
#include "timing/memory/cache.h"
#include "timing/memory/dram.h"
#include "timing/memory/mshr.h"
#include "timing/memory/write_buffer.h"
#include "timing/stats.h"

namespace m2sim::timing {

class OuterLevels {
 public:
  struct Fill {
    Cycle ready;
    MemLevel source;
  };
  enum class By : std::uint8_t { kDemand, kPrefetch };  // who asks

  explicit OuterLevels(const CoreConfig& config);

  // What is known of a line, until anything is brought or put out.
  struct Look {
    std::uint64_t place;  // its number in physical memory
    std::uint8_t part;    // of the L2's line
    Cache::Line* here;    // in the L2; null if it is not there
    Cache::Line* below;   // in the system-level cache; null if it is not there, or in the L2
  };
  Look look(std::uint64_t line);

  // How long a miss of the L1D is in flight, queues but that of DRAM's banks aside: so many cycles, and until
  // the line is in the L2.
  struct Flight {
    Cycle least;
    Cycle until;
  };
  Flight flight_of(const Look& look, Cycle now) const {
    if (look.here != nullptr && (look.here->missing & look.part) == 0)
      return {load_to_use_, look.here->ready};
    return {look.below != nullptr ? slc_load_to_use_ : dram_.latency(look.place, now), 0};
  }
  // The same for one that writes the whole line.
  Flight flight_to_own(const Look& look) const {
    return {look.here != nullptr ? load_to_use_ : slc_load_to_use_, 0};
  }

  // Without any queue.
  Cycle latency_of(MemLevel level) const {
    return level == MemLevel::kDram  ? dram_.latency()
           : level == MemLevel::kSlc ? slc_load_to_use_
                                     : load_to_use_;
  }

  // A line for the L1D, whose miss has its register from `now` on, or for the L1I.
  Fill read_for_data(const Look& look, Cycle now, By by) { return read(look, to_l1d_.take(now), by); }
  Fill read(const Look& look, Cycle start, By by) {
    const bool demand = by == By::kDemand;
    if (demand) ++l2_stats_.accesses;
    Cache::Line* const found = look.here;
    if (found != nullptr) use(look);
    if (found == nullptr || (found->missing & look.part) != 0) {
      if (demand) ++l2_stats_.misses;
      return miss(look, start, by, false);
    }
    const Cycle done = start + load_to_use_;
    const bool late = found->ready > done;
    if (late && demand) ++(found->prefetched ? l2_stats_.late_prefetches : l2_stats_.merges);
    if (found->prefetched) {
      found->prefetched = false;
      ++l2_stats_.prefetch_hits;
    }
    if (late) return {found->ready, found->source};
    return {done, MemLevel::kL2};
  }
  // The L1D is going to write the whole line; returns when the L2 has taken note.
  Cycle own(const Look& look, Cycle start);
  // A line from the L1D that was written.
  void write_back(std::uint64_t line, Cycle now);
  // The cycle in which there is room for a line that the L1D has to put out.
  Cycle room(Cycle now) const { return from_l1d_.room(now); }

  // Into the L2. False: there is no room for one more miss.
  bool prefetch(std::uint64_t line, Cycle now) {
    const Look found = look(line);
    return found.here != nullptr || prefetch(found, now);
  }

  // Tells the host that a miss of `line` comes.
  void foresee(std::uint64_t line) const {
    const std::uint64_t place = place_of(line);
    l2_.foresee(place);
    if (slc_) slc_->foresee(place);
  }

  // Accesses that were not seen may have brought and put out lines until now. Instructions whose accesses
  // were not seen are `times` as many as those that were, between the gap before and this one.
  void mark_gap(double times);
  // What might have been otherwise, had accesses been seen before the last gap's end. Misses of demand that
  // take a place which has not been used since; and hits on lines that have not, if those that the gap
  // brought into the set, as many as what was seen says, put such a line out.
  struct Unsure {
    std::uint64_t misses = 0, hits = 0;
  };
  const Unsure& unsure() const { return unsure_; }

  // Adds what was counted here.
  void add_to(MemoryStats& stats) const;
  template <class Learned>
  void learned(Learned& show) {
    show(l2_);
    if (slc_) show(*slc_);
  }

 private:
  // A line's number in physical memory. The steps can each be undone, so no two lines get the same place.
  std::uint64_t place_of(std::uint64_t line) const {
    if (!scatter_) return line >> line_shift_;
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    std::uint64_t page = line >> page_shift_;
    page = page * kOdd & page_mask_;
    page ^= page >> 25;
    page = page * kOdd & page_mask_;
    page ^= page >> 25;
    const std::uint64_t in_page = line & ((std::uint64_t{1} << page_shift_) - 1);
    return (page << page_shift_ | in_page) >> line_shift_;
  }
  std::uint8_t part_of(std::uint64_t line) const {
    return static_cast<std::uint8_t>(1U << (line & ((std::uint64_t{1} << line_shift_) - 1)));
  }
  Cache::Line* in_slc(std::uint64_t place) { return slc_ ? slc_->peek(place) : nullptr; }
  Cycle grant(Cycle start, Cycle duration);
  bool prefetch(const Look& look, Cycle now);
  Fill miss(const Look& look, Cycle start, By by, bool prefetched);
  // Returns when the place that it takes was used last, as Cache::stamp() counts.
  std::uint32_t insert(std::uint64_t place, const Cache::Line& state, Cycle now);
  // A line that is here.
  void use(const Look& look) {
    if (gap_ != 0) doubt_hit(look);
    l2_.use(look.place, *look.here);
  }
  void doubt_hit(const Look& look);

  Cycle load_to_use_;
  Cycle slc_load_to_use_;
  std::uint32_t line_shift_;  // log2 of L1D lines in a line here
  std::uint32_t page_shift_;  // log2 of L1D lines in a page
  std::uint64_t page_mask_;   // of page numbers
  bool scatter_;
  std::uint8_t all_parts_;

  Cache l2_;
  std::optional<Cache> slc_;
  MshrFile mshrs_;
  Bandwidth to_l1d_;
  Bandwidth from_l1d_channel_;
  WriteBuffer from_l1d_;
  Dram dram_;
  std::uint32_t gap_ = 0;      // stamp of its end; 0: there was none
  double brought_by_gap_ = 0;  // lines into a set
  std::uint64_t inserts_ = 0;
  std::uint64_t inserts_at_gap_ = 0;
  Unsure unsure_;
  L2Stats l2_stats_{};
  SlcStats slc_stats_{};
};

}  // namespace m2sim::timing
