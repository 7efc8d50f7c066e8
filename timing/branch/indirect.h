// Targets of br and blr. Two tagged tables indexed by a long and a short piece of the path histories
// over a table of last targets by address, the longest hit wins (the shape of ITTAGE).
//
// That Apple's predictor has this shape is a guess, and so are its sizes: only its effect is public
// (few misses in interpreters and simulators on M2, more on M1).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "timing/branch/path_history.h"
#include "timing/config/config.h"

namespace m2sim::timing {

class IndirectPredictor {
 public:
  explicit IndirectPredictor(const BranchConfig& config);

  // Predicts the target of the branch at `pc`, trains with the true one, returns the prediction (0: none).
  std::uint64_t observe(std::uint64_t pc, const PathHistory& history, std::uint64_t target);

 private:
  struct Entry {
    std::uint64_t target;
    std::uint16_t tag;
    std::uint8_t confidence;  // 0..3; a wrong target is replaced only at 0
  };
  struct Slot {
    Entry* hit;          // null: miss
    Entry* replaceable;  // the way with the least confidence
    std::uint16_t tag;
  };

  Slot find(unsigned table, std::uint64_t hash);
  static void train(Entry& entry, std::uint64_t target);

  static constexpr unsigned kTables = 2;  // long history first
  std::array<HistoryMask, kTables> masks_;
  std::uint32_t ways_;
  std::uint32_t set_mask_;
  std::array<std::vector<Entry>, kTables> tables_;
  std::vector<std::uint64_t> last_;  // by address alone
};

}  // namespace m2sim::timing
