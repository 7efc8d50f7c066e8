// Direction predictor of conditional branches: TAGE with the six tagged tables measured on M1, each
// indexed by its own lengths of the two path histories, over a table of two-bit counters. Cold branches
// are predicted not taken.
//
// Usefulness, allocation and the choice between a weak entry and the next one are those of the
// literature (Seznec's TAGE), because nobody has measured them. Not modelled: a loop predictor, a
// statistical corrector, several predictions a cycle that share one index.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "timing/branch/path_history.h"
#include "timing/config/config.h"

namespace m2sim::timing {

class Tage {
 public:
  explicit Tage(const BranchConfig& config);

  // Predicts the branch at `pc`, trains with what it did, and returns the prediction. The history must
  // not contain the branch itself yet.
  bool observe(std::uint64_t pc, const PathHistory& history, bool taken);

 private:
  // An entry is a tag (12 bits), a three-bit counter and a usefulness bit. Tag 0 is an empty entry.
  using Entry = std::uint16_t;
  static constexpr unsigned kTagShift = 4;
  static constexpr unsigned kCounterShift = 1;
  static constexpr unsigned kCounterMask = 7;
  static constexpr Entry kUseful = 1;

  // One element a table, filled up to the width of a host vector: loops over all elements compile to
  // vector code, which is what keeps six look-ups cheap.
  static constexpr unsigned kLanes = 8;
  template <class T>
  using Lanes = std::array<T, kLanes>;
  static_assert(kTageTableCount <= kLanes);

  // Eight entries are one vector; a table with fewer ways leaves the rest empty.
  struct alignas(16) Set {
    std::array<Entry, 8> ways;
  };
  struct Lookup {
    alignas(32) Lanes<std::uint32_t> set;
    alignas(32) Lanes<std::uint32_t> tag;  // shifted to its place in an entry
    std::uint64_t hits;                    // a byte a table, a bit a way; one bit more for the base table
    unsigned provider;                     // kTageTableCount: the base table
    unsigned alternate;
  };

  static unsigned counter(Entry entry) { return (entry >> kCounterShift) & kCounterMask; }
  static bool weak(unsigned value) { return value == 3 || value == 4; }
  static void train(Entry& entry, bool taken);

  void hash_history(const PathHistory& history);
  void look_up(std::uint64_t pc, const PathHistory& history, Lookup& lookup);
  Entry& hit_entry(const Lookup& lookup, unsigned table);
  bool table_prediction(const Lookup& lookup, unsigned table, std::uint8_t base);
  void train_tables(const Lookup& lookup, std::uint8_t& base, bool alternate_prediction, bool taken);
  void allocate(const Lookup& lookup, bool taken);
  void forget_usefulness();
  std::uint32_t random();

  alignas(32) std::array<Lanes<std::uint32_t>, 4> masks_{};  // of the history, cut into 32-bit words
  alignas(32) Lanes<std::uint32_t> first_set_{};
  alignas(32) Lanes<std::uint32_t> set_mask_{};
  alignas(32) Lanes<std::uint32_t> tag_mask_{};
  alignas(32) Lanes<std::uint32_t> hashes_{};  // of the history below
  std::uint64_t hashed_low_ = 0;
  std::uint64_t hashed_high_ = 0;
  Lanes<std::uint8_t> way_mask_{};  // a bit a way
  std::vector<Set> sets_;
  std::vector<std::uint8_t> base_;  // two-bit counters
  std::uint64_t base_mask_;
  std::uint32_t random_state_ = 0x2545f491U;
  std::int32_t use_alternate_ = 0;  // >= 0: a weak, not yet useful entry is less reliable than the next
  std::uint32_t failed_allocations_ = 0;
};

}  // namespace m2sim::timing
