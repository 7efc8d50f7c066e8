#include "timing/branch/indirect.h"

#include <algorithm>

namespace m2sim::timing {

namespace {

constexpr std::int32_t kUseAlternateLimit = 8;
constexpr std::uint32_t kFailedAllocationLimit = 256;

HistoryMask mask_of(std::uint32_t length) {
  return PathHistory::mask(length, std::min(length, kBranchHistoryBits));
}

}  // namespace

IndirectPredictor::IndirectPredictor(const BranchConfig& config)
    : masks_{mask_of(config.indirect_long_history), mask_of(config.indirect_short_history)},
      ways_(config.indirect_ways),
      set_mask_((1U << config.indirect_index_bits) - 1) {
  for (std::vector<Entry>& table : tables_) {
    table.resize((std::size_t{set_mask_} + 1) * ways_);
  }
}

void IndirectPredictor::look_up(std::uint64_t pc, const PathHistory& history, Lookup& lookup) {
  const std::uint64_t pc_hash = (pc >> 2) * 0x9e3779b97f4a7c15U;
  lookup.provider = kTables;
  for (unsigned t = kTables; t-- > 0;) {
    const std::uint64_t hash = history.hash(masks_[t]) ^ pc_hash;
    const auto tag = static_cast<std::uint16_t>((hash >> 32) | 1);
    Entry* const set = tables_[t].data() + (static_cast<std::size_t>(hash >> 48) & set_mask_) * ways_;
    Entry* const hit = std::find_if(set, set + ways_, [tag](const Entry& entry) { return entry.tag == tag; });
    lookup.set[t] = set;
    lookup.tag[t] = tag;
    lookup.hit[t] = hit == set + ways_ ? nullptr : hit;
    lookup.provider = lookup.hit[t] != nullptr ? t : lookup.provider;
  }
}

void IndirectPredictor::train(Entry& entry, std::uint32_t target) {
  if (entry.target == target) {
    entry.confidence = static_cast<std::uint8_t>(std::min(entry.confidence + 1, 3));
  } else if (entry.confidence > 0) {
    --entry.confidence;
  } else {
    entry.target = target;
  }
}

std::uint32_t IndirectPredictor::observe(std::uint64_t pc, const PathHistory& history, std::uint32_t last,
                                         std::uint32_t target) {
  Lookup lookup;
  look_up(pc, history, lookup);
  if (lookup.provider == kTables) {
    if (last != target) allocate(lookup, target);
    return last;
  }
  Entry& entry = *lookup.hit[lookup.provider];
  Entry* const next = lookup.provider + 1 < kTables ? lookup.hit[lookup.provider + 1] : nullptr;
  const std::uint32_t longest = entry.target;
  const std::uint32_t alternate = next != nullptr ? next->target : last;
  const bool fresh = entry.confidence == 0;
  const std::uint32_t prediction = chosen(entry, alternate);
  if (longest != alternate) {
    if (fresh && alternate == target) use_alternate_ = std::min(use_alternate_ + 1, kUseAlternateLimit - 1);
    if (fresh && longest == target) use_alternate_ = std::max(use_alternate_ - 1, -kUseAlternateLimit);
  }
  // While the entry has not proved useful, the one that would take its place keeps learning.
  if (!entry.useful && next != nullptr) train(*next, target);
  if (longest != alternate) entry.useful = longest == target || (entry.useful && alternate != target);
  train(entry, target);
  // An entry that was right is left to prove itself before a longer history is tried.
  if (prediction != target && longest != target) allocate(lookup, target);
  return prediction;
}

std::uint32_t IndirectPredictor::predict(std::uint64_t pc, const PathHistory& history, std::uint32_t last) {
  Lookup lookup;
  look_up(pc, history, lookup);
  if (lookup.provider == kTables) return last;
  const Entry* const next = behind(lookup);
  return chosen(*lookup.hit[lookup.provider], next != nullptr ? next->target : last);
}

IndirectPredictor::Entry* IndirectPredictor::victim(Entry* set, std::uint32_t start) const {
  Entry* least = nullptr;
  for (std::uint32_t i = 0; i < ways_; ++i) {
    Entry& entry = set[(start + i) % ways_];
    if (!entry.useful && (least == nullptr || entry.confidence < least->confidence)) least = &entry;
  }
  return least;
}

void IndirectPredictor::allocate(const Lookup& lookup, std::uint32_t target) {
  if (lookup.provider == 0) return;
  // Mostly in the next longer table, at times beyond: branches that meet in the sets of one by turns, and
  // would always put each other out, get away from there.
  const std::uint32_t bits = random_.next();
  const unsigned skip = (bits & 3) != 0 ? 0U : 1U;
  for (unsigned t = lookup.provider - std::min(skip, lookup.provider - 1); t-- > 0;) {
    Entry* const entry = victim(lookup.set[t], bits >> 8);
    if (entry != nullptr) {
      *entry = {.target = target, .tag = lookup.tag[t], .confidence = 0, .useful = false};
      failed_allocations_ -= failed_allocations_ > 0 ? 1 : 0;
      return;
    }
    ++failed_allocations_;
  }
  if (failed_allocations_ < kFailedAllocationLimit) return;
  failed_allocations_ = 0;
  for (std::vector<Entry>& table : tables_) {
    for (Entry& entry : table) entry.useful = false;
  }
}

}  // namespace m2sim::timing
