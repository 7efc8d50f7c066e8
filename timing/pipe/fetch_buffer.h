// Room between fetch and rename: a window is fetched when all its instructions will fit.
#pragma once

#include <cstdint>

namespace m2sim::timing {

class FetchBuffer {
 public:
  FetchBuffer(std::uint32_t capacity, std::uint32_t window) : capacity_(capacity), window_(window) {}

  // How many instructions in all must have left before the next window can be fetched.
  std::uint64_t must_have_left() const { return must_have_left(capacity_); }
  // The same of a buffer of another capacity.
  std::uint64_t must_have_left(std::uint32_t capacity) const {
    const std::uint64_t fetched = fetched_ + window_;
    return fetched > capacity ? fetched - capacity : 0;
  }
  std::uint32_t window() const { return window_; }
  bool has_room() const { return left_ >= must_have_left(); }
  std::uint64_t left() const { return left_; }  // instructions that rename has taken so far

  void fetch(unsigned insts) { fetched_ += insts; }
  void leave(std::uint64_t insts) { left_ += insts; }

 private:
  std::uint32_t capacity_;  // instructions
  std::uint32_t window_;    // instructions that a cycle fetches
  std::uint64_t fetched_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace m2sim::timing
