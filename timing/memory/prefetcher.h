// Data prefetcher: one entry an instruction watches the addresses at which it leaves the L1D and, once the
// strides repeat, runs ahead of it: a short way into the L1D, a long way into the L2. Demand misses train it
// (Apple, CPU optimization guide 3.0, 4.6.12); first uses of prefetched lines only keep a stream going. Else
// what one stream brought too much would begin another: that of a copy's source, say, one of stores at its
// destination, whose lines are written whole and need not be read.
//
// A stride is of bytes, so that one of 160 is followed exactly although its lines come in steps of two and
// three. An instruction that goes from line to line is followed by lines, whatever it does inside of them.
//
// That the cores prefetch strides is measured; table size, degree and distances are guesses (no public
// measurement). Not modelled: the pointer-chasing data-memory-dependent prefetcher, AMPM maps.
//
// Reads PrefetchConfig.
#pragma once

#include <cstdint>
#include <vector>

#include "timing/config/config.h"
#include "timing/way_match.h"

namespace m2sim::timing {

class Prefetcher {
 public:
  Prefetcher(const PrefetchConfig& config, std::uint32_t line_bytes, std::uint32_t page_bytes);

  enum class At : std::uint8_t { kMiss, kFirstUse };

  // The load or store at `pc` left the L1D at `address`. Calls into_l1(line) and into_l2(line) for each L1D
  // line number to prefetch; they return false if they have no room, and the line is asked for again later.
  template <class IntoL1, class IntoL2>
  void train(std::uint64_t pc, std::uint64_t address, At at, IntoL1 into_l1, IntoL2 into_l2) {
    Stream* const stream = enabled_ ? advance(pc, address, at) : nullptr;
    if (stream == nullptr) {
      return;
    }
    // The L2 first: what it cannot get in time, the L1D has no use for.
    run_ahead(*stream, stream->l2_ahead, l2_distance_, into_l2);
    run_ahead(*stream, stream->l1_ahead, l1_distance_, into_l1);
  }

  template <class Learned>
  void learned(Learned& show) {
    show(clock_, pcs_, streams_);
  }

 private:
  struct Stream {
    std::uint64_t last = 0;   // address
    std::int64_t stride = 0;  // bytes
    std::uint32_t confidence = 0;
    std::uint32_t l1_ahead = 0;  // strides beyond `last` that were asked for already
    std::uint32_t l2_ahead = 0;
    std::uint64_t used = 0;

    template <class Learned>
    void learned(Learned& show) {
      show(last, stride, confidence, l1_ahead, l2_ahead, used);
    }
  };

  // The stream if it is confirmed and has moved on, else null.
  Stream* advance(std::uint64_t pc, std::uint64_t address, At at);
  Stream* find(std::uint64_t pc) {
    const std::uint64_t found = find_tag(pcs_.data(), pcs_.size(), pc);
    return found == pcs_.size() ? nullptr : &streams_[found];
  }
  Stream& begin(std::uint64_t pc, std::uint64_t address);  // in place of the one used least recently
  // How many strides it has moved on by `delta` bytes; 0: it has done something else.
  std::uint32_t steps(const Stream& stream, std::uint64_t address, std::int64_t delta) const;

  template <class Issue>
  void run_ahead(const Stream& stream, std::uint32_t& ahead, std::uint32_t distance, Issue issue) {
    for (std::uint32_t n = 0; n < degree_ && ahead < distance; ++n) {
      const std::int64_t step = stream.stride * (std::int64_t{ahead} + 1);
      const std::uint64_t wanted = stream.last + static_cast<std::uint64_t>(step);
      if (!cross_pages_ && wanted >> page_shift_ != stream.last >> page_shift_) {
        return;
      }
      if (!issue(line_of(wanted))) {
        return;
      }
      ++ahead;
    }
  }

  std::uint64_t line_of(std::uint64_t address) const { return address >> line_shift_; }

  bool enabled_;
  bool cross_pages_;
  std::uint32_t confirmations_;
  std::uint32_t degree_;
  std::uint32_t l1_distance_;
  std::uint32_t l2_distance_;
  std::int64_t max_stride_;  // bytes
  std::uint32_t line_shift_;
  std::uint32_t page_shift_;
  std::uint64_t clock_ = 0;
  std::vector<std::uint64_t> pcs_;  // of the streams
  std::vector<Stream> streams_;
};

}  // namespace m2sim::timing
