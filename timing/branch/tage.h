// Direction predictor of conditional branches: TAGE with the six tagged tables measured on M1, each
// indexed by its own lengths of the two path histories, over a table of two-bit counters. Cold branches
// are predicted not taken. Which bits are xored into an index and a tag is published; these are hashes of the
// same histories instead (path_history.h), which was tried and changes mispredictions by 1 %.
//
// Usefulness, allocation and the choice between a weak entry and the next one are those of the
// literature (Seznec's TAGE), because nobody has measured them. Not modelled: a loop predictor, a
// statistical corrector, several predictions a cycle that share one index.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "timing/branch/path_history.h"
#include "timing/branch/tag_match.h"
#include "timing/branch/tage_rules.h"
#include "timing/config/config.h"
#include "timing/xorshift.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

class Tage {
 public:
  explicit Tage(const BranchConfig& config);

  // Predicts the branch at `pc`, trains with what it did, and returns the prediction. The history must
  // not contain the branch itself yet.
  bool observe(std::uint64_t pc, const PathHistory& history, bool taken);
  // The prediction alone.
  bool predict(std::uint64_t pc, const PathHistory& history);
  template <class Learned>
  void learned(Learned& show) {
    show(hashes_, hashed_low_, hashed_high_, tags_, states_, base_, random_, use_alternate_,
         failed_allocations_);
    forget_found();
  }

 private:
  // An entry is a tag, of which 0 is empty, and its state. A look-up reads the tags of all tables and the
  // state of one or two.
  using State = TageState;

  // One element a table, filled up to the width of a host vector: loops over all elements compile to
  // vector code, which is what keeps six look-ups cheap.
  template <class T>
  using Lanes = TagLanes<T>;
  static constexpr unsigned kLanes = std::tuple_size_v<Lanes<std::uint32_t>>;
  static_assert(kTageTableCount == kTagTables);

  struct Lookup {
    alignas(32) Lanes<std::uint32_t> place;  // where the table's set begins, in tags_ and states_
    alignas(32) Lanes<std::uint32_t> tag;
    std::uint64_t hits;      // a byte a table, a bit a way; see kBaseHits
    std::uint32_t provider;  // which state, by its place in all of them; kNoState: the base table
    std::uint32_t alternate;
  };

  // Two more bytes stand for the base table, which always hits: behind the last table, and behind itself.
  static constexpr std::uint64_t kBaseHits = (std::uint64_t{1} | std::uint64_t{1} << kMatchWays)
                                             << (kTageTableCount * kMatchWays);
  static constexpr std::uint32_t kNoState = UINT32_MAX;

  // What a look-up has found: which states tell, by their place in all of them; kNoState: the base table
  // does. It stays so until an entry is allocated, and loops ask for the same again and again.
  struct Found {
    std::uint64_t low = 0;  // history
    std::uint64_t high = 0;
    std::uint64_t site = kNowhere;  // the branch's address, above it age_
    std::uint32_t provider = 0;
    std::uint32_t alternate = 0;
  };
  static constexpr std::uint64_t kNowhere = 1;  // is no address
  static constexpr unsigned kAddressBits = 48;
  static constexpr std::size_t kFounds = 1024;
  // Where founds are seldom asked for again, nobody asks for a while.
  static constexpr std::uint32_t kTrial = 256;
  static constexpr std::uint32_t kPause = 8192;

  // What a look-up and training are made of is inlined: a tenth of a warming's instructions was calls of
  // these.
  [[gnu::always_inline]] void hash_history(const PathHistory& history);
  [[gnu::always_inline]] void look_up(std::uint64_t pc, const PathHistory& history, Lookup& lookup);
  static std::uint32_t place_of(const Lookup& lookup, std::uint64_t hits);
  bool says(std::uint32_t place, std::uint64_t pc) const;
  // What observe() does with what a look-up has found, or with one that is yet to be made.
  [[gnu::always_inline]] bool learn(const Found& found, std::uint64_t pc, const PathHistory& history,
                                    bool taken);
  [[gnu::noinline]] bool look_up_and_learn(Found& place, std::uint64_t pc, const PathHistory& history,
                                           bool taken);
  void forget_found();
  // What the state at a place says before it learns.
  [[gnu::always_inline]] bool ask(std::uint32_t place, std::uint64_t pc, TageLesson lesson);
  // Returns the prediction, which was wrong.
  [[gnu::noinline]] bool allocate(std::uint64_t pc, const PathHistory& history, bool taken);
  static unsigned useless(const State* states);  // a bit a way
  void forget_usefulness();

  alignas(32) std::array<Lanes<std::uint32_t>, 4> masks_{};  // of the history, cut into 32-bit words
  alignas(32) Lanes<std::uint32_t> first_place_{};
  alignas(32) Lanes<std::uint32_t> place_mask_{};
  alignas(32) Lanes<std::uint32_t> tag_mask_{};
  alignas(32) Lanes<std::uint32_t> hashes_{};  // of the history below
  std::uint64_t hashed_low_ = 0;
  std::uint64_t hashed_high_ = 0;
  Lanes<std::uint8_t> way_mask_{};  // a bit a way
  // Sets of kMatchWays entries, one table after the other; one with fewer ways leaves the rest empty.
  ZeroedArray<std::uint16_t> tags_;
  ZeroedArray<State> states_;
  std::vector<std::uint8_t> base_;  // two-bit counters
  std::uint64_t base_mask_;
  Xorshift random_;
  std::vector<Found> founds_;
  Found unkept_;            // the last one that was not put there
  Lookup lookup_{};         // the last one of observe()
  bool looked_up_ = false;  // for the branch that is observed
  std::uint64_t age_ = 0;   // of allocations, above an address
  std::uint32_t hits_ = 0;  // in founds_, of the last trial
  std::uint32_t misses_ = 0;
  std::uint32_t pause_ = 0;         // look-ups until the next trial
  std::int32_t use_alternate_ = 0;  // >= 0: a weak, not yet useful entry is less reliable than the next
  std::uint32_t failed_allocations_ = 0;
};

}  // namespace m2sim::timing
