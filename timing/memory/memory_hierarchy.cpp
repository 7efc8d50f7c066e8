#include "timing/memory/memory_hierarchy.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace m2sim::timing {

namespace {

std::uint32_t log2_of(std::uint32_t value) { return static_cast<std::uint32_t>(std::countr_zero(value)); }

}  // namespace

MemoryHierarchy::MemoryHierarchy(const CoreConfig& config)
    : load_to_use_(config.l1d.load_to_use),
      base_lead_(static_cast<std::uint8_t>(config.l1d.load_to_use - config.l1d.load_to_base)),
      page_shift_(log2_of(config.mmu.page_kib * 1024)),
      page_cross_penalty_(config.l1d.page_cross_penalty),
      page_cross_channel_(1.0 / config.l1d.page_cross_penalty, 1),
      l2_load_to_use_(config.l2.load_to_use),
      refill_interval_(config.l1i.refill_interval),
      l1i_(config.l1i.cache),
      l1d_(config.l1d.cache),
      l1d_mshrs_(config.l1d.mshrs),
      quiet_(l1d_.line_bytes(), log2_of(config.l1d.cache.line_bytes), l1d_.sets()),
      gather_(config.l1d),
      itlb_(config.mmu.itlb),
      dtlb_(config.mmu.dtlb),
      l2_tlb_(config.mmu.l2_tlb),
      outer_(config),
      prefetcher_(config.prefetch, config.l1d.cache.line_bytes, config.mmu.page_kib * 1024) {
  assert(config.l1i.cache.line_bytes == config.l1d.cache.line_bytes);
  forget_code_at_hand();
}

MemoryStats MemoryHierarchy::stats() const {
  MemoryStats stats = stats_;
  outer_.add_to(stats);
  return stats;
}

LoadTiming MemoryHierarchy::load_others(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  if (needs_no_translation(address, bytes)) {
    ++stats_.dtlb.accesses;
    return load_line(pc, address, bytes, now);
  }
  const std::uint64_t last = address + bytes - 1;
  if (address >> page_shift_ != last >> page_shift_) {
    ++stats_.page_crossings;
    now = page_cross_channel_.take(now) + page_cross_penalty_;
  }
  const Cycle untranslated = now;
  translate_data(address, now);
  LoadTiming timing = load_line(pc, address, bytes, now);
  timing.translation = now - untranslated > timing.ready - now;
  if (l1d_.line_of(address) != l1d_.line_of(last)) {
    ++stats_.line_crossings;
    ++stats_.load_line_crossings;
    translate_data(last, now);
    // Of two misses the second is served when the first has its line.
    const std::uint64_t second_begin = l1d_.first_byte(last);
    const bool both = timing.miss && l1d_.peek(l1d_.line_of(last)) == nullptr;
    const LoadTiming second = load_line(pc, second_begin, static_cast<unsigned>(last - second_begin) + 1,
                                        both ? timing.ready : now);
    timing.ready = std::max(timing.ready, second.ready);
    timing.level = std::max(timing.level, second.level);
    timing.miss |= second.miss;
    timing.base_lead = 0;
  }
  return timing;
}

Cycle MemoryHierarchy::store_slow(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  const std::uint64_t last = address + bytes - 1;
  if (address >> page_shift_ != last >> page_shift_) {
    ++stats_.page_crossings;
    now = page_cross_channel_.take(now) + page_cross_penalty_;
  }
  Cycle ignored = now;
  translate_data(address, ignored);
  Cycle freed = store_line(pc, address, bytes, now);
  if (l1d_.line_of(address) != l1d_.line_of(last)) {
    ++stats_.line_crossings;
    translate_data(last, ignored);
    const std::uint64_t second_begin = l1d_.first_byte(last);
    const auto rest = static_cast<unsigned>(last - second_begin) + 1;
    freed = std::max(freed, store_line(pc, second_begin, rest, now));
  }
  return freed;
}

Cycle MemoryHierarchy::prefetch(std::uint64_t address, Cycle now) {
  translate_data(address, now);
  const std::uint64_t line = l1d_.line_of(address);
  if (l1d_.peek(line) != nullptr || gather_.find(line) != nullptr) return now;
  ++stats_.l1d.prefetches;
  const OuterLevels::Look look = outer_.look(line);
  const Cycle start = allocate_mshr(now, outer_.flight_of(look, now));
  fetch_l1d(line, look, start, By::kPrefetch, false);
  return start;
}

void MemoryHierarchy::translate_data(std::uint64_t address, Cycle& now) {
  ++stats_.dtlb.accesses;
  const std::uint64_t page = address >> page_shift_;
  if (dtlb_.is_most_recent(page)) return;
  quiet_.clear();
  if (dtlb_.access_others(page)) return;
  ++stats_.dtlb.misses;
  const std::uint64_t walks = stats_.l2_tlb.misses;
  now += dtlb_.miss_extra() + walk_extra(page);
  stats_.l2_tlb.data_misses += stats_.l2_tlb.misses - walks;
}

Cycle MemoryHierarchy::translate_instruction(std::uint64_t pc, Cycle now) {
  ++stats_.itlb.accesses;
  const std::uint64_t page = pc >> page_shift_;
  if (page == recent_code_page_) return now;
  recent_code_page_ = page;
  if (itlb_.is_most_recent(page)) return now;
  forget_code_at_hand();
  if (itlb_.access(page)) return now;
  ++stats_.itlb.misses;
  return now + itlb_.miss_extra() + walk_extra(page);
}

std::uint32_t MemoryHierarchy::walk_extra(std::uint64_t page) {
  ++stats_.l2_tlb.accesses;
  if (l2_tlb_.access(page)) {
    return 0;
  }
  ++stats_.l2_tlb.misses;
  return l2_tlb_.miss_extra();
}

LoadTiming MemoryHierarchy::load_line(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  const std::uint64_t line = l1d_.line_of(address);
  const Cycle done = now + load_to_use_;
  ++stats_.l1d.accesses;
  Cache::Line* const found = l1d_.find(line);
  if (found == nullptr) {
    if (StoreGather::Line* const gathered = gather_.find(line); gathered != nullptr) {
      return load_gathered(*gathered, address, bytes, now);
    }
    ++stats_.l1d.misses;
    ++stats_.l1d.load_misses;
    const OuterLevels::Look look = outer_.look(line);
    const Cycle start = allocate_mshr(now, outer_.flight_of(look, now));
    const Fill fill = fetch_l1d(line, look, start, By::kDemand, false);
    train_prefetcher(pc, address, Prefetcher::At::kMiss, now);
    return {fill.ready, 0, fill.source, true};
  }
  const Cycle ready = found->ready;
  const MemLevel source = found->source;
  const bool late = ready > done && !gather_.has_written(line, gather_.bytes_of(address, bytes), ready);
  const bool trains = found->prefetched;
  count_use(*found, late);
  if (trains) train_prefetcher(pc, address, Prefetcher::At::kFirstUse, now);
  if (!late) return at_once(address, bytes, now);
  if (gather_.fetched_after(line, now, ready)) {
    // Nobody has asked for it yet at this time: the load does.
    const Cycle latency = outer_.latency_of(source);
    found->ready = std::min(ready, allocate_mshr(now, {latency, 0}) + latency);
  }
  return {found->ready, 0, source, true};
}

// A load of a line to which stores are under way gets what they have written from them.
LoadTiming MemoryHierarchy::load_gathered(StoreGather::Line& line, std::uint64_t address, unsigned bytes,
                                          Cycle now) {
  const StoreGather::Bytes wanted = gather_.bytes_of(address, bytes);
  const bool stored = wanted != 0 && (wanted & ~line.bytes) == 0;
  const LoadTiming value_there = at_once(address, bytes, now);
  if (stored && !StoreGather::is_due(line, now)) return value_there;
  const Fill fill = fetch_gathered(line, now);
  if (stored) return value_there;
  ++stats_.l1d.merges;
  return {fill.ready, 0, fill.source, true};
}

Cycle MemoryHierarchy::store_line(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  ++stats_.l1d.accesses;
  // A line that gathers is not in the L1D.
  if (StoreGather::Line* const recent = gather_.recent(l1d_.line_of(address)); recent != nullptr) {
    return gather_more(*recent, gather_.bytes_of(address, bytes), now);
  }
  return store_elsewhere(pc, address, bytes, now);
}

Cycle MemoryHierarchy::store_elsewhere(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  const std::uint64_t line = l1d_.line_of(address);
  const StoreGather::Bytes written = gather_.bytes_of(address, bytes);
  Cache::Line* found = l1d_.find(line);
  if (found == nullptr) {
    if (StoreGather::Line* const gathered = gather_.find(line); gathered != nullptr) {
      return gather_more(*gathered, written, now);
    }
    if (gather_.place().number != StoreGather::kNone) {
      fetch_gathered(gather_.place(), now);
      found = l1d_.find(line);  // the line that makes room may have set off a prefetch of this one
    }
  }
  if (found == nullptr) {
    ++stats_.l1d.misses;
    ++stats_.l1d.store_misses;
    now = std::max(now, gather_.place().free);
    StoreGather::Line& opened = gather_.open(line, written, pc, address, now);
    if (gather_.whole(opened)) write_whole(opened, now);
    return now + 1;
  }
  found->dirty = true;
  const bool late = found->ready > now + load_to_use_;
  if (late) gather_.written(line, written, found->ready);
  const bool trains = found->prefetched;
  count_use(*found, late);
  if (trains) train_prefetcher(pc, address, Prefetcher::At::kFirstUse, now);
  return now + 1;
}

Cycle MemoryHierarchy::gather_more(StoreGather::Line& line, StoreGather::Bytes written, Cycle now) {
  ++stats_.l1d.merges;
  line.bytes |= written;
  if (gather_.whole(line)) {
    write_whole(line, now);
  } else if (StoreGather::is_due(line, now)) {
    fetch_gathered(line, now);
  }
  return now + 1;
}

void MemoryHierarchy::write_whole(StoreGather::Line& line, Cycle now) {
  ++stats_.l1d.whole_lines;
  const OuterLevels::Look look = outer_.look(line.number);
  const Cycle start = allocate_mshr(now, outer_.flight_to_own(look));
  const Cycle taken = outer_.own(look, start);
  install_l1d(line.number, {.ready = now, .dirty = true}, start);
  gather_.close(line, taken);
}

MemoryHierarchy::Fill MemoryHierarchy::fetch_gathered(StoreGather::Line& gathered, Cycle now) {
  const StoreGather::Line line = gathered;
  const OuterLevels::Look look = outer_.look(line.number);
  const Cycle start = allocate_mshr(now, outer_.flight_of(look, now));
  const Fill fill = fetch_l1d(line.number, look, start, By::kDemand, true);
  gather_.close(gathered, start);
  gather_.fetched(line.number, line.bytes, start, fill.ready);
  train_prefetcher(line.pc, line.address, Prefetcher::At::kMiss, now);
  return fill;
}

// The cycle from which a miss has a register, and room for what it may put out.
Cycle MemoryHierarchy::allocate_mshr(Cycle now, const OuterLevels::Flight& flight) {
  const Cycle start = l1d_mshrs_.allocate(outer_.room(now), flight.least, flight.until);
  stats_.l1d.mshr_wait_sum += start - now;
  return start;
}

MemoryHierarchy::Fill MemoryHierarchy::fetch_l1d(std::uint64_t line, const OuterLevels::Look& look,
                                                 Cycle start, By by, bool dirty) {
  const Fill fill = outer_.read_for_data(look, start, by);
  install_l1d(line,
              {.ready = fill.ready, .source = fill.source, .dirty = dirty, .prefetched = by == By::kPrefetch},
              start);
  return fill;
}

void MemoryHierarchy::train_prefetcher(std::uint64_t pc, std::uint64_t address, Prefetcher::At at,
                                       Cycle now) {
  prefetcher_.train(
      pc, address, at,
      // Only what the L2 has by now: a prefetch that waits for memory would hold an MSHR of the L1D.
      [&](std::uint64_t wanted) {
        const OuterLevels::Look look = outer_.look(wanted);
        const OuterLevels::Flight flight = outer_.flight_of(look, now);
        return flight.least <= l2_load_to_use_ && flight.until <= now + l2_load_to_use_ &&
               prefetch_into_l1d(wanted, look, now);
      },
      [&](std::uint64_t wanted) { return outer_.prefetch(wanted, now); });
}

bool MemoryHierarchy::prefetch_into_l1d(std::uint64_t line, const OuterLevels::Look& look, Cycle now) {
  if (l1d_.peek(line) != nullptr || gather_.find(line) != nullptr) return true;
  if (l1d_mshrs_.full(now) || outer_.room(now) > now) return false;
  ++stats_.l1d.prefetches;
  const Cycle start = allocate_mshr(now, outer_.flight_of(look, now));
  fetch_l1d(line, look, start, By::kPrefetch, false);
  return true;
}

MemoryHierarchy::CodeLine MemoryHierarchy::fetch_line(std::uint64_t pc, Cycle now) {
  const std::uint64_t line = l1i_.line_of(pc);
  ++stats_.l1i.accesses;
  if (!l1i_.is_most_recent(line)) forget_code_at_hand();
  Cache::Line* const found = l1i_.find(line);
  if (found == nullptr) {
    ++stats_.l1i.misses;
    return {refill_l1i(line, now, By::kDemand), true};
  }
  const bool first_use = std::exchange(found->prefetched, false);
  if (found->ready > now) ++(first_use ? stats_.l1i.late_prefetches : stats_.l1i.merges);
  if (first_use) ++stats_.l1i.prefetch_hits;
  return {std::max(now, found->ready), first_use};
}

Cycle MemoryHierarchy::prefetch_code(std::uint64_t pc, Cycle now) {
  const std::uint64_t page = pc >> page_shift_;
  if (page != recent_code_page_ && !itlb_.contains(page)) return kNever;
  const std::uint64_t line = l1i_.line_of(pc);
  if (const Cache::Line* const found = l1i_.peek(line); found != nullptr) return std::max(now, found->ready);
  ++stats_.l1i.prefetches;
  return refill_l1i(line, now, By::kPrefetch);
}

Cycle MemoryHierarchy::refill_l1i(std::uint64_t line, Cycle now, By by) {
  const Cycle start = std::max(now, refill_free_);
  if (by == By::kDemand) stats_.l1i.refill_wait_sum += start - now;
  refill_free_ = start + refill_interval_;
  const Fill fill = outer_.read(outer_.look(line), start, by);
  forget_code_at_hand();
  l1i_.insert(line, {.ready = fill.ready, .source = fill.source, .prefetched = by == By::kPrefetch});
  return fill.ready;
}

}  // namespace m2sim::timing
