#include "timing/branch/indirect.h"

#include <algorithm>

namespace m2sim::timing {

IndirectPredictor::IndirectPredictor(const BranchConfig& config)
    : masks_{PathHistory::mask(config.indirect_long_history,
                               std::min(config.indirect_long_history, kBranchHistoryBits)),
             PathHistory::mask(config.indirect_short_history,
                               std::min(config.indirect_short_history, kBranchHistoryBits))},
      ways_(config.indirect_ways),
      set_mask_((1U << config.indirect_index_bits) - 1),
      last_(std::size_t{set_mask_} + 1) {
  for (std::vector<Entry>& table : tables_) {
    table.resize((std::size_t{set_mask_} + 1) * ways_);
  }
}

IndirectPredictor::Slot IndirectPredictor::find(unsigned table, std::uint64_t hash) {
  Entry* const set = tables_[table].data() + (static_cast<std::size_t>(hash >> 48) & set_mask_) * ways_;
  Slot slot{nullptr, set, static_cast<std::uint16_t>((hash >> 32) | 1)};
  for (Entry* entry = set; entry != set + ways_; ++entry) {
    if (entry->tag == slot.tag) {
      slot.hit = entry;
    }
    if (entry->confidence < slot.replaceable->confidence) {
      slot.replaceable = entry;
    }
  }
  return slot;
}

void IndirectPredictor::train(Entry& entry, std::uint64_t target) {
  if (entry.target == target) {
    entry.confidence = static_cast<std::uint8_t>(std::min(entry.confidence + 1, 3));
  } else if (entry.confidence > 0) {
    --entry.confidence;
  } else {
    entry.target = target;
  }
}

std::uint64_t IndirectPredictor::observe(std::uint64_t pc, const PathHistory& history, std::uint64_t target) {
  const std::uint64_t pc_hash = (pc >> 2) * 0x9e3779b97f4a7c15U;
  std::array<Slot, kTables> slots;
  unsigned provider = kTables;
  for (unsigned t = kTables; t-- > 0;) {
    slots[t] = find(t, history.hash(masks_[t]) ^ pc_hash);
    provider = slots[t].hit != nullptr ? t : provider;
  }
  std::uint64_t& last = last_[(pc >> 2) & set_mask_];
  const std::uint64_t prediction = provider < kTables ? slots[provider].hit->target : last;
  if (provider < kTables) {
    train(*slots[provider].hit, target);
  }
  last = target;
  if (prediction != target && provider > 0) {
    const Slot& slot = slots[provider - 1];
    if (slot.replaceable->confidence == 0) {
      *slot.replaceable = {.target = target, .tag = slot.tag, .confidence = 0};
    } else {
      --slot.replaceable->confidence;
    }
  }
  return prediction;
}

}  // namespace m2sim::timing
