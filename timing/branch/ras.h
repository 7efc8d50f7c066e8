// Return address stack. The measured one loses everything when it overflows: the call that finds it
// full starts an empty stack (the step at depth 51 and the next at 101 in Chen's return test).
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

namespace m2sim::timing {

class ReturnStack {
 public:
  explicit ReturnStack(std::uint32_t entries) : entries_(entries) { assert(entries > 0); }

  // Returns whether the push overflowed the stack.
  bool push(std::uint64_t return_address) {
    const bool overflow = depth_ == entries_.size();
    if (overflow) {
      depth_ = 0;
    }
    entries_[depth_++] = return_address;
    return overflow;
  }

  // What a pop would give behind so many others.
  std::uint64_t peek(std::size_t behind) const { return depth_ > behind ? entries_[depth_ - behind - 1] : 0; }
  // The predicted target of a return; 0 if the stack is empty.
  std::uint64_t pop() { return depth_ == 0 ? 0 : entries_[--depth_]; }
  template <class Learned>
  void learned(Learned& show) {
    show(entries_, depth_);
  }

 private:
  std::vector<std::uint64_t> entries_;
  std::size_t depth_ = 0;
};

}  // namespace m2sim::timing
