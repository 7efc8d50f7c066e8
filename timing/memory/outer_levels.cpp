#include "timing/memory/outer_levels.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace m2sim::timing {

namespace {

std::uint32_t log2_of(std::uint32_t value) { return static_cast<std::uint32_t>(std::countr_zero(value)); }

std::optional<Cache> optional_cache(const CacheConfig& config) {
  return config.kib == 0 ? std::nullopt : std::optional<Cache>(std::in_place, config);
}

}  // namespace

OuterLevels::OuterLevels(const CoreConfig& config)
    : load_to_use_(config.l2.load_to_use),
      slc_load_to_use_(config.slc.load_to_use),
      line_shift_(log2_of(config.l2.cache.line_bytes / config.l1d.cache.line_bytes)),
      page_shift_(log2_of(config.mmu.page_kib * 1024 / config.l1d.cache.line_bytes)),
      page_mask_(UINT64_MAX >> log2_of(config.mmu.page_kib * 1024)),
      scatter_(config.mmu.scatter_pages != 0),
      all_parts_(static_cast<std::uint8_t>((1U << (1U << line_shift_)) - 1)),
      l2_(config.l2.cache),
      slc_(optional_cache(config.slc.cache)),
      mshrs_(config.l2.mshrs),
      to_l1d_(config.l2.bytes_per_cycle, config.l1d.cache.line_bytes),
      from_l1d_channel_(config.l2.write_bytes_per_cycle, config.l1d.cache.line_bytes),
      from_l1d_(config.l1d.victim_lines),
      dram_(config.dram, config.clock, config.l2.cache.line_bytes) {
  assert(line_shift_ <= 3);  // a bit for each part in Cache::Line::missing
}

OuterLevels::Look OuterLevels::look(std::uint64_t line) {
  const std::uint64_t place = place_of(line);
  Cache::Line* const here = l2_.peek(place);
  return {place, part_of(line), here, here == nullptr ? in_slc(place) : nullptr};
}

void OuterLevels::mark_gap(double times) {
  gap_ = std::max(l2_.stamp(), 1U);
  const auto seen = static_cast<double>(inserts_ - std::exchange(inserts_at_gap_, inserts_));
  brought_by_gap_ = seen * times / static_cast<double>(l2_.sets());
}

void OuterLevels::doubt_hit(const Look& look) {
  const Cache::Age age = l2_.age(look.place, *look.here);
  if (age.stamp <= gap_ && age.newer + brought_by_gap_ >= l2_.ways()) ++unsure_.hits;
}

// A register for a miss, and room for what it may put out.
Cycle OuterLevels::grant(Cycle start, Cycle duration) {
  const Cycle granted = dram_.write_room(mshrs_.allocate(start, duration));
  l2_stats_.mshr_wait_sum += granted - start;
  return granted;
}

OuterLevels::Fill OuterLevels::miss(const Look& look, Cycle start, By by, bool prefetched) {
  if (look.here != nullptr) {  // without this part
    const Fill fill{dram_.read(look.place, grant(start, dram_.latency(look.place, start))), MemLevel::kDram};
    l2_.refill(*look.here, fill.ready, fill.source);
    return fill;
  }
  if (slc_ && by == By::kDemand) {
    ++slc_stats_.accesses;
    if (look.below == nullptr) ++slc_stats_.misses;
  }
  Cache::Line state;
  if (look.below != nullptr) state = slc_->take(look.place, *look.below);
  if (look.below != nullptr && (state.missing & look.part) == 0) {
    state.ready = std::max(grant(start, slc_load_to_use_) + slc_load_to_use_, state.ready);
    state.source = MemLevel::kSlc;
  } else {
    state.ready = dram_.read(look.place, grant(start, dram_.latency(look.place, start)));
    state.source = MemLevel::kDram;
    state.missing = 0;
  }
  state.prefetched = prefetched;
  const std::uint32_t used = insert(look.place, state, start);
  if (gap_ != 0 && used <= gap_ && by == By::kDemand) ++unsure_.misses;
  return {state.ready, state.source};
}

Cycle OuterLevels::own(const Look& look, Cycle start) {
  if (look.here != nullptr) {
    use(look);
    return start;
  }
  const Cycle granted = grant(start, slc_load_to_use_);
  Cache::Line state{.missing = all_parts_};
  if (look.below != nullptr) state = slc_->take(look.place, *look.below);
  state.ready = granted + slc_load_to_use_;
  state.source = MemLevel::kSlc;
  insert(look.place, state, start);
  return granted;
}

void OuterLevels::write_back(std::uint64_t line, Cycle now) {
  from_l1d_.write(from_l1d_channel_, now);
  const std::uint64_t place = place_of(line);
  const auto mark = [part = part_of(line)](Cache::Line& state) {
    state.dirty = true;
    state.missing = static_cast<std::uint8_t>(state.missing & ~part);
  };
  if (Cache::Line* const here = l2_.peek(place); here != nullptr) return mark(*here);
  Cache::Line state{.ready = now, .source = MemLevel::kL2, .missing = all_parts_};
  if (Cache::Line* const below = in_slc(place); below != nullptr) state = slc_->take(place, *below);
  mark(state);
  insert(place, state, now);
}

bool OuterLevels::prefetch(const Look& look, Cycle now) {
  if (mshrs_.full(now)) return false;
  ++l2_stats_.prefetches;
  miss(look, now, By::kPrefetch, true);
  return true;
}

std::uint32_t OuterLevels::insert(std::uint64_t place, const Cache::Line& state, Cycle now) {
  const Cache::Victim victim = l2_.insert(place, state);
  ++inserts_;
  const std::uint32_t used = victim.stamp;
  // What has no part left is in the L1D alone, if anywhere.
  if (victim.line == Cache::kNone || victim.state.missing == all_parts_) return used;
  if (victim.state.dirty) ++l2_stats_.writebacks;
  if (!slc_) {
    if (victim.state.dirty) dram_.write(now);
    return used;
  }
  Cache::Line kept = victim.state;
  kept.prefetched = false;
  if (!slc_->insert(victim.line, kept).state.dirty) return used;
  ++slc_stats_.writebacks;
  dram_.write(now);
  return used;
}

void OuterLevels::add_to(MemoryStats& stats) const {
  stats.l2 = l2_stats_;
  stats.slc = slc_stats_;
  stats.dram = dram_.stats();
}

}  // namespace m2sim::timing
