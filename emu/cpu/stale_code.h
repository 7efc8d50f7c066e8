// Guest code that is not what it was when blocks were made of it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace m2sim::emu {

struct StaleRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // one past the last byte
};

// Few ranges; where there are more, one that covers them.
class StaleCode {
 public:
  bool empty() const { return count_ == 0; }
  const StaleRange* begin() const { return ranges_.data(); }
  const StaleRange* end() const { return ranges_.data() + count_; }
  void clear() { count_ = 0; }

  void add(StaleRange range) {
    // Lines are named one behind the other.
    if (count_ != 0 && ranges_[count_ - 1].end == range.begin) {
      ranges_[count_ - 1].end = range.end;
      return;
    }
    if (count_ == ranges_.size()) cover();
    ranges_[count_++] = range;
  }

 private:
  void cover() {
    for (const StaleRange& range : ranges_) {
      ranges_[0].begin = std::min(ranges_[0].begin, range.begin);
      ranges_[0].end = std::max(ranges_[0].end, range.end);
    }
    count_ = 1;
  }

  std::array<StaleRange, 16> ranges_{};
  std::size_t count_ = 0;
};

}  // namespace m2sim::emu
