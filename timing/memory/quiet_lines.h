// Lines of the L1D of which warming knows that one more access changes nothing: each is the most recent of
// its set, its page that of its set in the DTLB, and it has arrived. A program's accesses mostly go to such
// lines, and to know them by one comparison is what makes warming fast.
//
// A line shares its place with all others of its set in the L1D, so whatever changes that set's order takes
// or frees the place. Addresses are the log's: what Context does to them stays above the place's bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace m2sim::timing {

class QuietLines {
 public:
  // `sets`: of the L1D, a power of two.
  QuietLines(std::uint64_t line_bytes, std::uint32_t line_shift, std::uint64_t sets)
      : in_line_(line_bytes - 1), line_shift_(line_shift), place_mask_(std::min(sets, kPlaces) - 1) {
    clear();
  }

  // Whether an access of `bytes` changes nothing. `writes`: 1 of a store, or 0.
  bool covers(std::uint64_t address, std::uint64_t bytes, std::uint64_t writes) const {
    const std::uint64_t other = lines_[address >> line_shift_ & place_mask_] ^ (address & ~in_line_);
    return other - writes <= 1 - writes && (address & in_line_) + bytes <= in_line_ + 1;
  }

  // `dirty`: a store changes nothing, either.
  void add(std::uint64_t address, bool dirty) {
    const std::uint64_t place = address >> line_shift_ & place_mask_;
    added_[std::min(count_++, kFew)] = static_cast<std::uint8_t>(place);
    lines_[place] = (address & ~in_line_) | (dirty ? 1U : 0U);
  }
  // By the line's number.
  void forget(std::uint64_t line) { lines_[line & place_mask_] = kNone; }
  void clear() {
    if (count_ <= kFew) {
      for (std::size_t i = 0; i < count_; ++i) lines_[added_[i]] = kNone;
    } else {
      lines_.fill(kNone);
    }
    count_ = 0;
  }

 private:
  static constexpr std::uint64_t kPlaces = 256;
  static constexpr std::size_t kFew = 8;
  static constexpr std::uint64_t kNone = 2;  // differs from each line by more than a bit that says dirty

  std::uint64_t in_line_;
  std::uint32_t line_shift_;
  std::uint64_t place_mask_;
  std::size_t count_ = kFew + 1;                // of those added since all were cleared
  std::array<std::uint8_t, kFew + 1> added_{};  // where the first are; the last element is for all others
  std::array<std::uint64_t, kPlaces> lines_;
};

}  // namespace m2sim::timing
