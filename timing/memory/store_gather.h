// Stores on their way to lines that the L1D does not have. They gather, line by line, until a line is whole
// and needs nothing from below, or has to make room for another: only then is the rest of it fetched.
//
// That a whole line is written without a fetch follows from measurements (an M1 writes memory as fast as it
// reads it: Volatile MemBench); that its core gathers stores, and for how long, is not published. Apple says
// that stores several hundred instructions old may not have reached the cache (CPU optimization
// guide, 4.6.10).
//
// A line that nobody has made whole for long is fetched with its next access. Not modelled: that it is
// fetched though nobody accesses it, and at barriers: nobody else looks at it. A line whose every eighth byte
// is stored is not whole. Lines of more than 64 bytes never are.
//
// Reads L1dConfig (line size, gathered lines and cycles).
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/way_match.h"

namespace m2sim::timing {

class StoreGather {
 public:
  // A bit for each byte of a line.
  using Bytes = std::uint64_t;

  struct Line {
    std::uint64_t number = kNone;  // kNone: what it held is with a miss register, or was
    Bytes bytes = 0;               // written so far
    std::uint64_t pc = 0;          // of the first store
    std::uint64_t address = 0;     // the same
    Cycle free = 0;                // when the place can be used again
    Cycle until = 0;               // it gathers
  };
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  explicit StoreGather(const L1dConfig& config)
      : line_bytes_(config.cache.line_bytes),
        whole_(line_bytes_ < 64 ? (Bytes{1} << line_bytes_) - 1 : ~Bytes{0}),
        known_(line_bytes_ <= 64 ? whole_ : 0),
        longest_(config.gather_cycles),
        numbers_(config.gather_lines, kNone),
        lines_(config.gather_lines) {}

  // Those of an access of 1 to 64 bytes that begins at `address`, as far as they are in its line.
  Bytes bytes_of(std::uint64_t address, unsigned bytes) const {
    assert(bytes >= 1 && bytes <= 64);
    return ~Bytes{0} >> (64 - bytes) << (address & (line_bytes_ - 1) & 63) & known_;
  }
  bool whole(const Line& line) const { return line.bytes == whole_; }

  static bool is_due(const Line& line, Cycle now) { return now > line.until; }

  // The line if it is the one that was opened or found last, else null: most stores go on where the one
  // before them was.
  Line* recent(std::uint64_t number) {
    Line& line = lines_[recent_];
    return line.number == number ? &line : nullptr;
  }
  // Null: not gathered.
  Line* find(std::uint64_t number) {
    if (open_ == 0) return nullptr;
    const std::uint64_t place = find_tag(numbers_.data(), numbers_.size(), number);
    if (place == numbers_.size()) return nullptr;
    recent_ = place;
    return &lines_[place];
  }

  // The place that is used next. What it still gathers has to be fetched first.
  Line& place() { return lines_[next_]; }
  Line& open(std::uint64_t number, Bytes bytes, std::uint64_t pc, std::uint64_t address, Cycle now) {
    Line& line = lines_[next_];
    numbers_[next_] = number;
    recent_ = next_;
    next_ = next_ + 1 == lines_.size() ? 0 : next_ + 1;
    line = {number, bytes, pc, address, line.free, now + longest_};
    ++open_;
    return line;
  }
  void close(Line& line, Cycle free) {
    numbers_[static_cast<std::size_t>(&line - lines_.data())] = kNone;
    line.number = kNone;
    line.free = free;
    --open_;
  }

  // The line was asked for at `start`, for the sake of these bytes, and arrives at `ready`.
  void fetched(std::uint64_t number, Bytes bytes, Cycle start, Cycle ready) {
    fetched_[number % kFetched] = {number, bytes, start, ready};
  }
  // Bytes of a line that arrives at `ready` which stores have written meanwhile.
  void written(std::uint64_t number, Bytes bytes, Cycle ready) {
    Fetched& line = fetched_[number % kFetched];
    if (line.is(number, ready)) {
      line.bytes |= bytes;
    } else {
      line = {number, bytes, 0, ready};
    }
  }
  bool has_written(std::uint64_t number, Bytes bytes, Cycle ready) const {
    const Fetched& line = fetched_[number % kFetched];
    return line.is(number, ready) && (bytes & ~line.bytes) == 0 && bytes != 0;
  }
  // Whether the line that arrives at `ready` was asked for later than `now`, by a store that is earlier in
  // the program and later in time.
  bool fetched_after(std::uint64_t number, Cycle now, Cycle ready) const {
    const Fetched& line = fetched_[number % kFetched];
    return line.is(number, ready) && line.start > now;
  }

 private:
  // Two lines that share a place forget each other's bytes: their loads wait for the line.
  static constexpr std::size_t kFetched = 128;
  struct Fetched {
    std::uint64_t number = kNone;
    Bytes bytes = 0;
    Cycle start = 0;
    Cycle ready = 0;
    bool is(std::uint64_t other, Cycle its_ready) const { return number == other && ready == its_ready; }
  };

  std::uint32_t line_bytes_;
  Bytes whole_;
  Bytes known_;  // bytes that have a bit: none of a line of more than 64
  Cycle longest_;
  std::vector<std::uint64_t> numbers_;  // of the lines, together, for who looks for one
  std::vector<Line> lines_;             // a ring, the oldest at next_
  std::size_t next_ = 0;
  std::size_t recent_ = 0;  // place of the line that was opened or found last
  unsigned open_ = 0;
  std::array<Fetched, kFetched> fetched_{};
};

}  // namespace m2sim::timing
