#include "insts/decode_table.h"

#include "insts/bits.h"

namespace m2sim::insts {
namespace {

// Calls `visit` with every value of word<shift + width - 1 : shift> that a row admits.
template <class Visit>
void for_each_key(std::uint32_t mask, std::uint32_t match, unsigned shift, unsigned width, Visit visit) {
  const std::uint32_t fixed = bits(mask, shift, width);
  const std::uint32_t value = bits(match, shift, width);
  const std::uint32_t open = ~fixed & ((std::uint32_t{1} << width) - 1);
  std::uint32_t subset = 0;
  do {
    visit(value | subset);
    subset = (subset - open) & open;
  } while (subset != 0);
}

}  // namespace

// Counting sort of `rows`, which are ordered from the most specific on, into the buckets.
void DecodeTable::fill(std::span<const Pattern> rows, unsigned shift, unsigned width, Bucket* buckets) {
  for (const Pattern& row : rows) {
    for_each_key(row.mask, row.match, shift, width, [&](std::uint32_t key) { ++buckets[key].count; });
  }
  auto begin = static_cast<std::uint32_t>(candidates_.size());
  for (std::size_t i = 0; i < std::size_t{1} << width; ++i) {
    buckets[i].begin = begin;
    begin += buckets[i].count;
    buckets[i].count = 0;
  }
  candidates_.resize(begin);
  for (const Pattern& row : rows) {
    for_each_key(row.mask, row.match, shift, width, [&](std::uint32_t key) {
      Bucket& bucket = buckets[key];
      candidates_[bucket.begin + bucket.count++] = row;
    });
  }
}

void DecodeTable::split(Bucket& bucket) {
  const auto from = candidates_.begin() + bucket.begin;
  const std::vector<Pattern> rows(from, from + bucket.count);
  const auto first = static_cast<std::uint32_t>(split_.size());
  split_.resize(first + (std::size_t{1} << kSplitBits));
  fill(rows, kSplitShift, kSplitBits, split_.data() + first);
  bucket.begin = first;
  bucket.split = true;
}

DecodeTable::DecodeTable() {
  // Room for today's table, so that filling does not move what is there already.
  candidates_.reserve(8 * kOpCount);
  split_.reserve(std::size_t{256} << kSplitBits);
  fill(patterns(), kTopShift, kTopBits, top_.data());
  for (Bucket& bucket : top_) {
    if (bucket.count > kCrowded) split(bucket);
  }
}

Op DecodeTable::find(std::uint32_t word) const {
  const Bucket* bucket = &top_[bits(word, kTopShift, kTopBits)];
  if (bucket->split) bucket = &split_[bucket->begin + bits(word, kSplitShift, kSplitBits)];
  const Pattern* candidate = candidates_.data() + bucket->begin;
  for (unsigned i = bucket->count; i != 0; --i, ++candidate) {
    if ((word & candidate->mask) == candidate->match) return candidate->op;
  }
  return Op::kUndefined;
}

}  // namespace m2sim::insts
