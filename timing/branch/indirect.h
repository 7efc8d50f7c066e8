// Targets of br and blr. Two tagged tables indexed by a long and a short piece of the path histories over
// the branch's own entry of the BTB, which has where it went last: ITTAGE (Seznec), whose rules of
// usefulness, allocation and fresh entries these are.
//
// That a branch which neither table nor the BTB knows has no target at all, since predecode sees only direct
// ones, is what makes code of many branches expensive on an M1, which has a quarter of the M2's BTB. That
// Apple's tables have this shape is a guess, and so are their sizes: only their effect is public.
//
// Addresses are words (code_word.h); 0 is none.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "timing/branch/path_history.h"
#include "timing/config/config.h"
#include "timing/xorshift.h"

namespace m2sim::timing {

class IndirectPredictor {
 public:
  explicit IndirectPredictor(const BranchConfig& config);

  // Predicts the target of the branch at `pc`, of which the BTB knows that it went to `last`, trains with
  // the true one, returns the prediction.
  std::uint32_t observe(std::uint64_t pc, const PathHistory& history, std::uint32_t last,
                        std::uint32_t target);
  // The prediction alone.
  std::uint32_t predict(std::uint64_t pc, const PathHistory& history, std::uint32_t last);
  template <class Learned>
  void learned(Learned& show) {
    for (std::vector<Entry>& table : tables_) show(table);
    show(use_alternate_, failed_allocations_, random_);
  }

 private:
  static constexpr unsigned kTables = 2;  // long history first

  struct Entry {
    std::uint32_t target;
    std::uint16_t tag;
    std::uint8_t confidence;  // 0..3; a wrong target is replaced only at 0
    bool useful;              // was right where what would take its place was wrong: is not put out
  };
  struct Lookup {
    std::array<Entry*, kTables> set;
    std::array<std::uint16_t, kTables> tag;
    std::array<Entry*, kTables> hit;  // null: miss
    unsigned provider;                // kTables: the BTB
  };

  static const Entry* behind(const Lookup& lookup) {
    return lookup.provider + 1 < kTables ? lookup.hit[lookup.provider + 1] : nullptr;
  }
  std::uint32_t chosen(const Entry& longest, std::uint32_t alternate) const {
    return longest.confidence == 0 && use_alternate_ >= 0 && alternate != 0 ? alternate : longest.target;
  }
  void look_up(std::uint64_t pc, const PathHistory& history, Lookup& lookup);
  static void train(Entry& entry, std::uint32_t target);
  void allocate(const Lookup& lookup, std::uint32_t target);
  Entry* victim(Entry* set, std::uint32_t start) const;

  std::array<HistoryMask, kTables> masks_;
  std::uint32_t ways_;
  std::uint32_t set_mask_;
  std::array<std::vector<Entry>, kTables> tables_;
  std::int32_t use_alternate_ = 0;  // >= 0: a fresh entry is less reliable than the next
  std::uint32_t failed_allocations_ = 0;
  Xorshift random_;
};

}  // namespace m2sim::timing
