// A channel that serves so many units a cycle, asked for times that need not be monotonic: time is cut
// into short buckets that each hold their share, and a request takes the first bucket from its own on
// that has room. (A single "free from" time would let a request that is late in time delay earlier ones.)
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "timing/cycle.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

class Bandwidth {
 public:
  // `units_per_cycle` > 0. A bucket is the time of at least one request of `units`.
  Bandwidth(double units_per_cycle, std::uint32_t units) : units_(units), buckets_(kBuckets) {
    assert(units_per_cycle > 0);
    const double cycles_per_request = units / units_per_cycle;
    while ((1U << shift_) < cycles_per_request) {
      ++shift_;
    }
    capacity_ = static_cast<std::uint32_t>(units_per_cycle * (1U << shift_) * kFraction);
    cycles_per_unit_ = 1.0 / (units_per_cycle * kFraction);
  }

  // The cycle from which a request made at `now` is served; it is charged there.
  Cycle take(Cycle now) {
    const Cycle first = now >> shift_;
    for (Cycle number = first;;) {
      Bucket* bucket = claim(number);
      if (bucket == nullptr) {
        return now;  // so long ago that nobody remembers
      }
      if (bucket->used < capacity_) {
        const auto offset = static_cast<Cycle>(bucket->used * cycles_per_unit_);
        charge(number, *bucket);
        if (number != first) note_full(first, number);
        return std::max(now, (number << shift_) + offset);
      }
      number = known_full(number) ? full_end_ : number + 1;
    }
  }

 private:
  static constexpr std::size_t kBuckets = 4096;
  static constexpr std::uint32_t kFraction = 256;  // fixed point of a unit

  struct Bucket {
    Cycle number = 0;
    std::uint32_t used = 0;
  };

  // Whether this bucket and all up to full_end_ are full. Not where later ones have taken their places.
  bool known_full(Cycle number) const {
    return number >= full_first_ && number < full_end_ && latest_ < number + kBuckets;
  }
  // All of [first, end) are full: who comes by again goes to their end at once.
  void note_full(Cycle first, Cycle end) {
    if (first < full_first_ || first > full_end_) full_first_ = first;
    full_end_ = end;
  }

  Bucket* claim(Cycle number) {
    Bucket& bucket = buckets_[number % kBuckets];
    if (bucket.number > number) {
      return nullptr;
    }
    if (bucket.number < number) {
      bucket = {number, 0};
      latest_ = std::max(latest_, number);
    }
    return &bucket;
  }

  // What exceeds the bucket is work of the next ones.
  void charge(Cycle number, Bucket& bucket) {
    bucket.used += units_ * kFraction;
    Bucket* full = &bucket;
    while (full->used > capacity_) {
      const std::uint32_t excess = full->used - capacity_;
      full->used = capacity_;
      full = claim(++number);
      if (full == nullptr) {
        return;
      }
      full->used += excess;
    }
  }

  std::uint32_t units_;
  std::uint32_t shift_ = 0;  // log2 of the cycles of a bucket
  std::uint32_t capacity_ = 0;
  double cycles_per_unit_ = 0;
  Cycle latest_ = 0;  // number of a bucket
  Cycle full_first_ = 0;
  Cycle full_end_ = 0;  // of buckets that are known to be full
  ZeroedArray<Bucket> buckets_;
};

}  // namespace m2sim::timing
