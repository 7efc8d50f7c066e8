#include "timing/pipe/lsq.h"

#include <algorithm>

#include "timing/config/bounds.h"

namespace m2sim::timing {

LoadSet::LoadSet(std::uint32_t loads) : known_(loads, kNone) {
  static_assert(2 * Bounds<LsqConfig>::dependence_loads.max <= kSlots &&
                    2 * Bounds<LsqConfig>::forwarding_loads.max <= kSlots,
                "half empty, so that probing ends soon");
  pairs_.fill({kNone, kNone, 0});
}

void LoadSet::learn(std::uint64_t load_pc, std::uint64_t store_pc) {
  if (Pair* const known = find(load_pc)) {
    *known = {load_pc, store_pc, 0};
    return;
  }
  auto place = std::ranges::find(known_, kNone);
  if (place == known_.end()) {
    place = known_.begin() + static_cast<std::ptrdiff_t>(random_.next() % known_.size());
    erase(*place);
  }
  *place = load_pc;
  pairs_[slot_of(load_pc)] = {load_pc, store_pc, 0};
}

void LoadSet::forget(std::uint64_t load_pc) {
  *std::ranges::find(known_, load_pc) = kNone;
  erase(load_pc);
}

// Linear probing without tombstones: what stood behind the hole moves up.
void LoadSet::erase(std::uint64_t load_pc) {
  unsigned hole = slot_of(load_pc);
  pairs_[hole].load = kNone;
  for (unsigned i = (hole + 1) % kSlots; pairs_[i].load != kNone; i = (i + 1) % kSlots) {
    const unsigned wanted = home(pairs_[i].load);
    const bool reachable = (i - wanted) % kSlots < (i - hole) % kSlots;
    if (reachable) continue;
    pairs_[hole] = pairs_[i];
    pairs_[i].load = kNone;
    hole = i;
  }
}

StoreTable::StoreTable(const CoreConfig& config)
    : config_(config.lsq),
      line_bytes_(config.l1d.cache.line_bytes),
      load_to_use_(config.l1d.load_to_use),
      ring_(kRing),
      granules_(kGranules),
      latest_(kStores) {}

StoreRecord& StoreTable::add(std::uint64_t pc, std::uint64_t address, unsigned bytes) {
  const std::uint64_t sequence = ++sequence_;
  StoreRecord& store = record(sequence);
  store = {.sequence = sequence, .pc = pc, .address = address, .bytes = static_cast<std::uint16_t>(bytes)};
  latest_[slot_of_store(pc)] = {pc, sequence};
  const std::uint64_t last = (address + bytes - 1) >> kGranuleLog2;
  std::uint64_t granule = address >> kGranuleLog2;
  Granule* const granules = granules_.data();
  do {
    granules[slot_of(granule)] = {granule, sequence};
  } while (++granule <= last);
  return store;
}

Forwarding StoreTable::forward(const StoreRecord& store, std::uint64_t address, unsigned bytes, Cycle issued,
                               Cycle l1_ready, Foreseen foreseen) const {
  Forwarding result{l1_ready, false, false, false};
  Cycle latency =
      foreseen != Foreseen::kNothing ? config_.forward_predicted_latency : config_.forward_latency;
  const std::uint64_t end = address + bytes;
  const bool same_line = address / line_bytes_ == (end - 1) / line_bytes_;
  const bool contained = store.address <= address && end <= store.address + store.bytes;
  if (!same_line) latency += config_.forward_line_cross_extra;
  if (!contained) {
    // Bytes of several stores, or of a store and the L1D: merged inside a line, not across lines.
    latency += config_.forward_merge_extra;
    if (!same_line) {
      latency = config_.forward_fail_latency;
      result.failed = true;
    }
  }
  result.early = foreseen != Foreseen::kStore && store.issued > issued;
  result.violated = result.early && !store.seen_by(issued);
  if (result.violated) latency = std::max<Cycle>(latency, config_.order_violation_penalty);
  result.ready = std::max(contained ? issued + load_to_use_ : l1_ready, store.issued + latency);
  return result;
}

}  // namespace m2sim::timing
