// Data prefetcher: one entry an instruction watches the lines at which it leaves the L1D and, once the
// strides repeat, runs ahead of it: a short way into the L1D, a long way into the L2. Demand misses train it
// (Apple, CPU optimization guide 3.0, 4.6.12); first uses of prefetched lines only keep a stream going. Else
// what one stream brought too much would begin another: that of a copy's source, say, one of stores at its
// destination, whose lines are written whole and need not be read.
//
// That the cores prefetch strides is measured; table size, degree and distances are guesses (no public
// measurement). Not modelled: the pointer-chasing data-memory-dependent prefetcher, AMPM maps.
//
// Reads PrefetchConfig.
#pragma once

#include <cstdint>
#include <vector>

#include "timing/config/config.h"

namespace m2sim::timing {

class Prefetcher {
 public:
  Prefetcher(const PrefetchConfig& config, std::uint32_t line_bytes, std::uint32_t page_bytes);

  enum class At : std::uint8_t { kMiss, kFirstUse };

  // The load or store at `pc` left the L1D at `line`. Calls into_l1(line) and into_l2(line) for each L1D line
  // number to prefetch; they return false if they have no room, and the line is asked for again later.
  template <class IntoL1, class IntoL2>
  void train(std::uint64_t pc, std::uint64_t line, At at, IntoL1 into_l1, IntoL2 into_l2) {
    Stream* const stream = enabled_ ? advance(pc, line, at) : nullptr;
    if (stream == nullptr) {
      return;
    }
    // The L2 first: what it cannot get in time, the L1D has no use for.
    run_ahead(*stream, line, stream->l2_ahead, l2_distance_, into_l2);
    run_ahead(*stream, line, stream->l1_ahead, l1_distance_, into_l1);
  }

 private:
  struct Stream {
    std::uint64_t pc = 0;
    std::uint64_t last = 0;   // line
    std::int64_t stride = 0;  // lines
    std::uint32_t confidence = 0;
    std::uint32_t l1_ahead = 0;  // strides beyond `last` that were asked for already
    std::uint32_t l2_ahead = 0;
    std::uint64_t used = 0;
  };

  // The stream if it is confirmed and has moved on, else null.
  Stream* advance(std::uint64_t pc, std::uint64_t line, At at);
  Stream* find(std::uint64_t pc);
  Stream& begin(std::uint64_t pc, std::uint64_t line);  // in place of the one used least recently

  template <class Issue>
  void run_ahead(const Stream& stream, std::uint64_t line, std::uint32_t& ahead, std::uint32_t distance,
                 Issue issue) {
    for (std::uint32_t n = 0; n < degree_ && ahead < distance; ++n) {
      const std::int64_t step = stream.stride * (std::int64_t{ahead} + 1);
      const std::uint64_t wanted = line + static_cast<std::uint64_t>(step);
      if (!cross_pages_ && wanted / lines_per_page_ != line / lines_per_page_) {
        return;
      }
      if (!issue(wanted)) {
        return;
      }
      ++ahead;
    }
  }

  bool enabled_;
  bool cross_pages_;
  std::uint32_t confirmations_;
  std::uint32_t degree_;
  std::uint32_t l1_distance_;
  std::uint32_t l2_distance_;
  std::int64_t max_stride_;  // lines
  std::uint64_t lines_per_page_;
  std::uint64_t clock_ = 0;
  std::vector<Stream> streams_;
};

}  // namespace m2sim::timing
