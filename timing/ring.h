// A queue of fixed capacity.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>

namespace m2sim::timing {

template <class T, std::size_t kCapacity>
class Ring {
  static_assert((kCapacity & (kCapacity - 1)) == 0, "indices are masked");

 public:
  bool empty() const { return begin_ == end_; }
  bool full() const { return size() == kCapacity; }
  std::size_t size() const { return end_ - begin_; }

  T& front() { return items_[begin_ % kCapacity]; }
  const T& front() const { return items_[begin_ % kCapacity]; }
  void push(const T& item) {
    assert(!full());
    items_[end_++ % kCapacity] = item;
  }
  void pop() {
    assert(!empty());
    ++begin_;
  }
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::size_t i = begin_; i != end_; ++i) visit(items_[i % kCapacity]);
  }

 private:
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::array<T, kCapacity> items_{};
};

}  // namespace m2sim::timing
