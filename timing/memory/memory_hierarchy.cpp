#include "timing/memory/memory_hierarchy.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace m2sim::timing {

namespace {

std::uint32_t log2_of(std::uint32_t value) { return static_cast<std::uint32_t>(std::countr_zero(value)); }

std::optional<Cache> optional_cache(const CacheConfig& config) {
  return config.kib == 0 ? std::nullopt : std::optional<Cache>(std::in_place, config);
}

}  // namespace

MemoryHierarchy::MemoryHierarchy(const CoreConfig& config)
    : load_to_use_(config.l1d.load_to_use),
      base_lead_(static_cast<std::uint8_t>(config.l1d.load_to_use - config.l1d.load_to_base)),
      page_shift_(log2_of(config.mmu.page_kib * 1024)),
      page_cross_penalty_(config.l1d.page_cross_penalty),
      page_cross_channel_(1.0 / config.l1d.page_cross_penalty, 1),
      l2_load_to_use_(config.l2.load_to_use),
      slc_load_to_use_(config.slc.load_to_use),
      refill_interval_(config.l1i.refill_interval),
      prefetch_lines_(config.l1i.prefetch_lines),
      l2_line_shift_(log2_of(config.l2.cache.line_bytes / config.l1d.cache.line_bytes)),
      l1i_(config.l1i.cache),
      l1d_(config.l1d.cache),
      l2_(config.l2.cache),
      slc_(optional_cache(config.slc.cache)),
      l1d_mshrs_(config.l1d.mshrs),
      l2_mshrs_(config.l2.mshrs),
      l2_channel_(1.0 / config.l2.fill_interval, 1),
      itlb_(config.mmu.itlb),
      dtlb_(config.mmu.dtlb),
      l2_tlb_(config.mmu.l2_tlb),
      dram_(config.dram, config.clock, config.l2.cache.line_bytes),
      prefetcher_(config.prefetch, config.l1d.cache.line_bytes, config.mmu.page_kib * 1024) {
  assert(config.l1i.cache.line_bytes == config.l1d.cache.line_bytes);
}

MemoryStats MemoryHierarchy::stats() const {
  MemoryStats stats = stats_;
  stats.dram = dram_.stats();
  return stats;
}

LoadTiming MemoryHierarchy::load_slow(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  const std::uint64_t last = address + bytes - 1;
  if (address >> page_shift_ != last >> page_shift_) {
    ++stats_.page_crossings;
    now = page_cross_channel_.take(now) + page_cross_penalty_;
  }
  translate_data(address, now);
  LoadTiming timing = access_l1d(pc, address, now, false);
  timing.base_lead = timing.miss ? std::uint8_t{0} : base_lead(address, bytes);
  if (l1d_.line_of(address) != l1d_.line_of(last)) {
    ++stats_.line_crossings;
    translate_data(last, now);
    const LoadTiming second = access_l1d(pc, last, now, false);
    timing.ready = std::max(timing.ready, second.ready);
    timing.level = std::max(timing.level, second.level);
    timing.miss |= second.miss;
    timing.base_lead = 0;
  }
  return timing;
}

Cycle MemoryHierarchy::store(std::uint64_t pc, std::uint64_t address, unsigned bytes, Cycle now) {
  const std::uint64_t last = address + bytes - 1;
  if (address >> page_shift_ != last >> page_shift_) {
    ++stats_.page_crossings;
    now = page_cross_channel_.take(now) + page_cross_penalty_;
  }
  Cycle ignored = now;
  translate_data(address, ignored);
  LoadTiming timing = access_l1d(pc, address, now, true);
  if (l1d_.line_of(address) != l1d_.line_of(last)) {
    ++stats_.line_crossings;
    translate_data(last, ignored);
    const LoadTiming second = access_l1d(pc, last, now, true);
    timing.ready = std::max(timing.ready, second.ready);
    timing.miss |= second.miss;
  }
  return timing.miss ? std::max(timing.ready, now + 1) : now + 1;
}

void MemoryHierarchy::prefetch(std::uint64_t address, Cycle now) {
  if (dtlb_.contains(address >> page_shift_)) {
    prefetch_into_l1d(l1d_.line_of(address), now);
  }
}

void MemoryHierarchy::translate_data(std::uint64_t address, Cycle& now) {
  ++stats_.dtlb.accesses;
  const std::uint64_t page = address >> page_shift_;
  recent_page_ = page;
  if (dtlb_.access(page)) {
    return;
  }
  ++stats_.dtlb.misses;
  now += dtlb_.miss_extra() + walk_extra(page);
}

Cycle MemoryHierarchy::translate_instruction(std::uint64_t pc, Cycle now) {
  ++stats_.itlb.accesses;
  const std::uint64_t page = pc >> page_shift_;
  if (page == recent_code_page_ || itlb_.access(page)) {
    recent_code_page_ = page;
    return now;
  }
  recent_code_page_ = page;
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

LoadTiming MemoryHierarchy::access_l1d(std::uint64_t pc, std::uint64_t address, Cycle now, bool write) {
  const std::uint64_t line = l1d_.line_of(address);
  const Cycle done = now + load_to_use_;
  ++stats_.l1d.accesses;
  Cache::Line* const found = l1d_.find(line);
  if (found == nullptr) {
    const Fill fill = miss_l1d(line, now, write);
    train_prefetcher(pc, line, now);
    return {fill.ready, 0, fill.source, true};
  }
  found->dirty |= write;
  const Cycle ready = found->ready;
  const MemLevel source = found->source;
  if (found->prefetched) {
    found->prefetched = false;
    ++stats_.l1d.prefetch_hits;
    train_prefetcher(pc, line, now);
  }
  if (ready <= done) {
    return {done, 0, MemLevel::kL1, false};
  }
  ++stats_.l1d.misses;
  ++stats_.l1d.mshr_merges;
  return {ready, 0, source, true};
}

MemoryHierarchy::Fill MemoryHierarchy::miss_l1d(std::uint64_t line, Cycle now, bool write) {
  ++stats_.l1d.misses;
  const Cycle start = l1d_mshrs_.allocate(now, expected_l2_time(line, now));
  stats_.l1d.mshr_wait_cycles += start - now;
  const Fill fill = read_l2(line, l2_channel_.take(start));
  install_l1d(line, {.ready = fill.ready, .source = fill.source, .dirty = write}, now);
  return fill;
}

void MemoryHierarchy::install_l1d(std::uint64_t line, const Cache::Line& state, Cycle now) {
  const Cache::Victim victim = l1d_.insert(line, state);
  if (!victim.dirty) {
    return;
  }
  ++stats_.l1d.writebacks;
  Cache::Line* const below = l2_.peek(l2_line_of(victim.line));
  if (below != nullptr) {
    below->dirty = true;
  } else {
    write_memory_side(l2_line_of(victim.line), now);
  }
}

// How long the MSHR will be taken, queues aside.
Cycle MemoryHierarchy::expected_l2_time(std::uint64_t line, Cycle now) {
  const Cache::Line* const found = l2_.peek(l2_line_of(line));
  if (found == nullptr) {
    return dram_.latency();
  }
  return found->ready > now + l2_load_to_use_ ? found->ready - now : l2_load_to_use_;
}

MemoryHierarchy::Fill MemoryHierarchy::read_l2(std::uint64_t line, Cycle start) {
  const std::uint64_t l2_line = l2_line_of(line);
  ++stats_.l2.accesses;
  Cache::Line* const found = l2_.find(l2_line);
  if (found == nullptr) {
    ++stats_.l2.misses;
    return miss_l2(l2_line, start, false);
  }
  if (found->prefetched) {
    found->prefetched = false;
    ++stats_.l2.prefetch_hits;
  }
  const Cycle done = start + l2_load_to_use_;
  if (found->ready <= done) {
    return {done, MemLevel::kL2};
  }
  ++stats_.l2.misses;
  ++stats_.l2.mshr_merges;
  return {found->ready, found->source};
}

MemoryHierarchy::Fill MemoryHierarchy::miss_l2(std::uint64_t l2_line, Cycle start, bool prefetched) {
  const Cycle granted = l2_mshrs_.allocate(start, dram_.latency());
  stats_.l2.mshr_wait_cycles += granted - start;
  const Fill fill = read_memory_side(l2_line, granted);
  const Cache::Victim victim =
      l2_.insert(l2_line, {.ready = fill.ready, .source = fill.source, .prefetched = prefetched});
  if (victim.dirty) {
    ++stats_.l2.writebacks;
    write_memory_side(victim.line, start);
  }
  return fill;
}

// The system-level cache sits before memory and keeps what is read through it.
MemoryHierarchy::Fill MemoryHierarchy::read_memory_side(std::uint64_t l2_line, Cycle start) {
  if (!slc_) {
    return {dram_.read(start), MemLevel::kDram};
  }
  ++stats_.slc.accesses;
  if (const Cache::Line* const found = slc_->find(l2_line); found != nullptr) {
    return {std::max(start + slc_load_to_use_, found->ready), MemLevel::kSlc};
  }
  ++stats_.slc.misses;
  const Fill fill{dram_.read(start), MemLevel::kDram};
  if (slc_->insert(l2_line, {.ready = fill.ready, .source = fill.source}).dirty) {
    ++stats_.slc.writebacks;
    dram_.write(start);
  }
  return fill;
}

void MemoryHierarchy::write_memory_side(std::uint64_t l2_line, Cycle now) {
  Cache::Line* const found = slc_ ? slc_->peek(l2_line) : nullptr;
  if (found != nullptr) {
    found->dirty = true;
  } else {
    dram_.write(now);
  }
}

void MemoryHierarchy::train_prefetcher(std::uint64_t pc, std::uint64_t line, Cycle now) {
  prefetcher_.train(
      pc, line,
      // Only what the L2 has by now: a prefetch that waits for memory would hold an MSHR of the L1D.
      [&](std::uint64_t wanted) {
        return expected_l2_time(wanted, now) <= l2_load_to_use_ && prefetch_into_l1d(wanted, now);
      },
      [&](std::uint64_t wanted) { return prefetch_into_l2(wanted, now); });
}

bool MemoryHierarchy::prefetch_into_l1d(std::uint64_t line, Cycle now) {
  if (l1d_.peek(line) != nullptr) {
    return true;
  }
  if (l1d_mshrs_.full(now)) {
    return false;
  }
  ++stats_.l1d.prefetches;
  const Cycle start = l1d_mshrs_.allocate(now, expected_l2_time(line, now));
  const Fill fill = read_l2(line, l2_channel_.take(start));
  install_l1d(line, {.ready = fill.ready, .source = fill.source, .prefetched = true}, now);
  return true;
}

bool MemoryHierarchy::prefetch_into_l2(std::uint64_t line, Cycle now) {
  const std::uint64_t l2_line = l2_line_of(line);
  if (l2_.peek(l2_line) != nullptr) {
    return true;
  }
  if (l2_mshrs_.full(now)) {
    return false;
  }
  ++stats_.l2.prefetches;
  miss_l2(l2_line, now, true);
  return true;
}

Cycle MemoryHierarchy::fetch(std::uint64_t pc, Cycle now) {
  now = translate_instruction(pc, now);
  const std::uint64_t line = l1i_.line_of(pc);
  ++stats_.l1i.accesses;
  Cache::Line* const found = l1i_.find(line);
  Cycle ready = now;
  bool run_ahead = true;
  if (found == nullptr) {
    ++stats_.l1i.misses;
    ready = refill_l1i(line, now, false);
  } else {
    ready = std::max(now, found->ready);
    stats_.l1i.misses += ready > now ? 1 : 0;
    stats_.l1i.mshr_merges += ready > now ? 1 : 0;
    stats_.l1i.prefetch_hits += found->prefetched ? 1 : 0;
    run_ahead = found->prefetched;
    found->prefetched = false;
  }
  const std::uint64_t last_of_page = l1i_.line_of(pc | ((std::uint64_t{1} << page_shift_) - 1));
  for (std::uint64_t next = line + 1; run_ahead && next <= std::min(line + prefetch_lines_, last_of_page);
       ++next) {
    prefetch_into_l1i(next, now);
  }
  return ready;
}

void MemoryHierarchy::prefetch_into_l1i(std::uint64_t line, Cycle now) {
  if (l1i_.peek(line) == nullptr) {
    ++stats_.l1i.prefetches;
    refill_l1i(line, now, true);
  }
}

Cycle MemoryHierarchy::refill_l1i(std::uint64_t line, Cycle now, bool prefetched) {
  const Cycle start = std::max(now, refill_free_);
  if (!prefetched) stats_.l1i.mshr_wait_cycles += start - now;
  refill_free_ = start + refill_interval_;
  const Fill fill = read_l2(line, start);
  l1i_.insert(line, {.ready = fill.ready, .source = fill.source, .prefetched = prefetched});
  return fill.ready;
}

}  // namespace m2sim::timing
