// Sums by key: an open hash table that allocates only when keys that it has not seen fill it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace m2sim::timing {

// A key is small, compares by ==, is none() when made from nothing, and mixes itself with hash().
template <class Key>
class Tally {
 public:
  std::uint64_t& operator[](const Key& key) {
    for (std::size_t at = key.hash() & mask_;; at = (at + 1) & mask_) {
      Entry& entry = entries_[at];
      if (entry.key == key) return entry.sum;
      if (entry.key.none()) return add(at, key);
    }
  }
  bool has(const Key& key) const {
    std::size_t at = key.hash() & mask_;
    while (!entries_[at].key.none() && entries_[at].key != key) at = (at + 1) & mask_;
    return !entries_[at].key.none();
  }
  // visit(key, sum), in no order.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Entry& entry : entries_) {
      if (!entry.key.none()) visit(entry.key, entry.sum);
    }
  }
  std::size_t size() const { return size_; }

 private:
  struct Entry {
    Key key;
    std::uint64_t sum = 0;
  };
  static constexpr std::size_t kFirst = 4096;  // a power of two

  std::uint64_t& add(std::size_t at, const Key& key) {
    if (2 * ++size_ <= entries_.size()) {
      entries_[at].key = key;
      return entries_[at].sum;
    }
    const std::vector<Entry> all = std::exchange(entries_, std::vector<Entry>(2 * entries_.size()));
    mask_ = entries_.size() - 1;
    for (const Entry& entry : all) {
      if (!entry.key.none()) place_for(entry.key) = entry;
    }
    Entry& entry = place_for(key);
    entry.key = key;
    return entry.sum;
  }
  Entry& place_for(const Key& key) {
    std::size_t at = key.hash() & mask_;
    while (!entries_[at].key.none()) at = (at + 1) & mask_;
    return entries_[at];
  }

  std::vector<Entry> entries_ = std::vector<Entry>(kFirst);
  std::size_t mask_ = kFirst - 1;
  std::size_t size_ = 0;
};

// Mixes a number so that its upper half is as good as its lower one.
inline std::size_t mixed(std::uint64_t number) { return number * 0x9e3779b97f4a7c15U >> 32U; }

}  // namespace m2sim::timing
