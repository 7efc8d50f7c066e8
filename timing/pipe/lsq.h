// What loads and stores know of each other: which older store a load overlaps, whether the predictor
// makes the load wait for it, and when the forwarded value arrives.
//
// The log gives every address, so the youngest older store that overlaps a load is known at rename;
// what the hardware would learn late (a load that ran too early) is decided from issue times. A store's
// address is an operation of its own, which needs no data: a load that finds it in the queue waits there for
// the data; only one that executes before the address is known has read something old and runs again. An
// older store is found through the 8-byte granules that it wrote last; one that a later, disjoint store to
// the same granule hides is not found, and the load reads the L1D then.
//
// Reads LsqConfig, L1dConfig (line size).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/cycle.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/xorshift.h"
#include "timing/zeroed_array.h"

namespace m2sim::timing {

// Loads that had to do with an older store, by their address, and the store. In the place of one, drawn at
// random, comes the next: of more loads than there are places, the measured cost of a pair rises slowly
// (Chen's curves of pairs whose data depend), where one that forgets the oldest would know none of them.
class LoadSet {
 public:
  struct Pair {
    std::uint64_t load;   // addresses of the instructions
    std::uint64_t store;  // with which the load was learned last
    std::uint64_t vain;   // waits for it since the load needed it
  };

  explicit LoadSet(std::uint32_t loads);
  // Null: the load is not known. Good until the next is learned or forgotten.
  Pair* find(std::uint64_t load_pc) {
    Pair& pair = pairs_[slot_of(load_pc)];
    return pair.load == load_pc ? &pair : nullptr;
  }
  bool has(std::uint64_t load_pc) const { return pairs_[slot_of(load_pc)].load == load_pc; }
  void learn(std::uint64_t load_pc, std::uint64_t store_pc);
  // One that is known.
  void forget(std::uint64_t load_pc);
  template <class Learned>
  void learned(Learned& show) {
    show(pairs_, known_, random_);
  }

 private:
  static constexpr unsigned kSlots = 512;
  static constexpr std::uint64_t kNone = UINT64_MAX;
  static unsigned home(std::uint64_t pc) { return static_cast<unsigned>((pc >> 2) % kSlots); }
  // Where the load is, or an empty slot where it could be.
  unsigned slot_of(std::uint64_t load_pc) const {
    unsigned i = home(load_pc);
    while (pairs_[i].load != kNone && pairs_[i].load != load_pc) i = (i + 1) % kSlots;
    return i;
  }
  void erase(std::uint64_t load_pc);

  std::array<Pair, kSlots> pairs_;
  std::vector<std::uint64_t> known_;  // kNone: an empty place
  Xorshift random_;
};

struct alignas(64) StoreRecord {
  std::uint64_t sequence = 0;  // number of the store in program order, from 1; 0: none
  std::uint64_t pc = 0;
  std::uint64_t address = 0;
  std::uint16_t bytes = 0;
  std::uint16_t unknown = 0;  // what its address waits for and has no time yet
  std::uint32_t entry = 0;    // the model's own handle (cycle-driven: in-flight uop)
  Cycle addressed = 0;        // once nothing is unknown: when loads can see its address
  Cycle issued = kNever;      // with its data
  Cycle freed = kNever;       // first cycle without a store queue entry

  void addressed_by(Cycle cycle) { addressed = std::max(addressed, cycle); }
  // One thing less is unknown.
  void know(Cycle cycle) {
    addressed_by(cycle);
    --unknown;
  }
  // A load that executes at `cycle` sees that it needs this store, whether its data is there or not.
  bool seen_by(Cycle cycle) const { return unknown == 0 && addressed <= cycle; }
};

// What is foreseen of a load that needs a store.
enum class Foreseen : std::uint8_t {
  kNothing,
  kData,   // that it will wait for data: the fast way is prepared
  kStore,  // that it needs the store, for which it waits
};

struct Forwarding {
  Cycle ready;
  bool early;     // the load ran before the store had its data, and did not wait for it
  bool violated;  // it could not see the store's address either, and had to run again
  bool failed;    // the store queue could not supply the value
};

class StoreTable {
 public:
  explicit StoreTable(const CoreConfig& config);

  StoreRecord& add(std::uint64_t pc, std::uint64_t address, unsigned bytes);
  StoreRecord& record(std::uint64_t sequence) { return ring_[sequence % kRing]; }

  // The youngest store so far that overlaps these bytes and may still be in the store queue, or null.
  [[gnu::always_inline]] StoreRecord* find(std::uint64_t address, unsigned bytes) {
    const std::uint64_t first = address >> kGranuleLog2;
    const std::uint64_t last = (address + bytes - 1) >> kGranuleLog2;
    std::uint64_t youngest = store_to(first);
    for (std::uint64_t granule = first; granule != last;) youngest = std::max(youngest, store_to(++granule));
    if (youngest == 0 || youngest + kRing <= sequence_) return nullptr;
    StoreRecord& store = record(youngest);
    const bool overlaps = store.address < address + bytes && address < store.address + store.bytes;
    return overlaps ? &store : nullptr;
  }

  // The youngest store so far that the instruction at `pc` made, if none of many others has made one since;
  // or null.
  StoreRecord* latest(std::uint64_t pc) {
    const Granule& last = latest_[slot_of_store(pc)];
    if (last.number != pc || last.sequence == 0 || last.sequence + kRing <= sequence_) return nullptr;
    return &record(last.sequence);
  }

  // When a load of these bytes that issues at `issued` has the store's value; what the store does not
  // cover comes from the L1D at `l1_ready`. The store has issued.
  Forwarding forward(const StoreRecord& store, std::uint64_t address, unsigned bytes, Cycle issued,
                     Cycle l1_ready, Foreseen foreseen) const;

 private:
  // One store at most opens a retire group; a retired one stays until it has written.
  static constexpr std::size_t kRing =
      ring_size(Bounds<RobConfig>::groups.max + Bounds<LsqConfig>::store_entries.max);
  static constexpr std::size_t kGranules = 2048;
  static constexpr std::size_t kStores = 512;
  static constexpr unsigned kGranuleLog2 = 3;

  struct Granule {
    std::uint64_t number = 0;    // or the address of an instruction
    std::uint64_t sequence = 0;  // 0: none, whatever the number
  };
  // The youngest that wrote it, if nobody has taken its place since; or 0.
  std::uint64_t store_to(std::uint64_t granule) const {
    const Granule& entry = granules_[slot_of(granule)];
    return entry.number == granule ? entry.sequence : 0;
  }
  static std::size_t slot_of(std::uint64_t granule) { return (granule ^ (granule >> 11)) % kGranules; }

  static std::size_t slot_of_store(std::uint64_t pc) { return (pc >> 2) % kStores; }

  LsqConfig config_;
  std::uint64_t line_bytes_;
  Cycle load_to_use_;
  std::uint64_t sequence_ = 0;
  ZeroedArray<StoreRecord> ring_;  // add() makes a record what it begins as
  ZeroedArray<Granule> granules_;
  ZeroedArray<Granule> latest_;  // by who made it
};

// When retired stores write the L1D, in order and so many a cycle, and leave the store queue. One that has to
// wait for its line holds up those behind it. A store across 16 bytes costs what others do: an M1 was
// measured to write two of them a cycle (forms STUR (Q)), although Apple's guide (4.6.9) gives each of them
// both write ports.
class StoreCommit {
 public:
  explicit StoreCommit(const LsqConfig& config) : per_cycle_(config.store_commits_per_cycle) {}

  Cycle commit(MemoryHierarchy& memory, const StoreRecord& store, Cycle retired) {
    if (retired > cycle_) {
      cycle_ = retired;
      left_ = per_cycle_;
    }
    if (left_ == 0) {
      ++cycle_;
      left_ = per_cycle_;
    }
    --left_;
    freed_ = std::max(freed_, memory.store(store.pc, store.address, store.bytes, cycle_));
    if (freed_ > cycle_ + 1) {
      cycle_ = freed_ - 1;
      left_ = per_cycle_ - 1;
    }
    return freed_;
  }

 private:
  unsigned per_cycle_;
  Cycle cycle_ = 0;
  unsigned left_ = 0;
  Cycle freed_ = 0;
};

}  // namespace m2sim::timing
