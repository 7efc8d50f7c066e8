// The load/store unit: the rules by which loads and stores wait for each other, for queue entries and for
// memory.
//
// Queue entries are taken at issue and freed in program order, so with a queue of n entries a load or store
// can issue only when the one n places before it has freed its entry: a store when it has written, a load as
// soon as it is done and no load, store or branch before it can fail any more, which may be long before it
// retires (Dougall Johnson, load/store-queue post; 291 and 325 loads in flight behind square roots).
//
// Reads LsqConfig, L1dConfig (line size), and what MemoryHierarchy reads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "timing/config/config.h"
#include "timing/crack/uop.h"
#include "timing/cycle.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/address_predictor.h"
#include "timing/pipe/lsq.h"
#include "timing/stall.h"

namespace m2sim::timing {

// A load's data: when a dependent uop could issue, were it not for the load's own latency.
struct Loaded {
  Cycle ready;
  unsigned base_sooner;  // cycles by which an address gets it sooner
  StallReason cause;     // what who waits for it is charged to
};

class LoadStoreUnit {
 public:
  struct Counts {
    std::uint64_t forwarded_loads = 0;
    std::uint64_t forward_fails = 0;
    std::uint64_t order_violations = 0;
    std::uint64_t foretold_loads = 0;
    std::uint64_t misled_loads = 0;
  };
  // What a load waits for, and what it should.
  struct Dependence {
    StoreRecord* store;  // to its bytes, older; null: none
    bool predicted;      // it waits for that store
    StoreRecord* other;  // it waits for that too: the latest of the one it once needed; null: none
  };

  LoadStoreUnit(const CoreConfig& config, MemoryHierarchy& memory)
      : memory_(memory),
        load_entries_(config.lsq.load_entries),
        store_entries_(config.lsq.store_entries),
        predicted_wait_(config.lsq.predicted_wait),
        vain_waits_(config.lsq.vain_waits),
        stores_(config),
        dependences_(config.lsq.dependence_loads),
        forwards_(config.lsq.forwarding_loads),
        addresses_(config),
        run_again_(config.lsq.order_violation_penalty),
        commit_(config.lsq) {}

  // Numbers count loads, and stores, in program order from 1. The load or store whose queue entry this one
  // gets; 0: one that is free from the beginning.
  std::uint64_t load_before(std::uint64_t number) const { return number - std::min(number, load_entries_); }
  std::uint64_t store_before(std::uint64_t number) const { return number - std::min(number, store_entries_); }
  std::uint64_t load_behind(std::uint64_t number) const { return number + load_entries_; }
  std::uint64_t store_behind(std::uint64_t number) const { return number + store_entries_; }

  std::uint64_t add_load() { return ++loads_; }
  // Whether some load may be waiting for an entry, when so many loads have freed theirs.
  bool loads_may_wait(std::uint64_t freed) const { return loads_ - freed > load_entries_; }
  StoreRecord& add_store(const UopInfo& uop, std::uint64_t pc, std::uint64_t address) {
    StoreRecord& store = stores_.add(pc, address, uop.bytes);
    if (uop.is(kUopRelease)) release_ = store.sequence;
    return store;
  }
  // The youngest store-release so far, which a load-acquire does not pass until it has written; 0: none.
  std::uint64_t release() const { return release_; }
  StoreRecord& store(std::uint64_t number) { return stores_.record(number); }

  // A load that is known waits for the store that it needs, whichever it is (Apple, CPU optimization
  // guide 3.0, 4.6.10: of several in flight, for all).
  [[gnu::always_inline]] Dependence dependence(std::uint64_t load_pc, std::uint64_t address, unsigned bytes) {
    StoreRecord* const store = stores_.find(address, bytes);
    LoadSet::Pair* const pair = dependences_.find(load_pc);
    if (pair == nullptr) return {store, false, nullptr};
    if (pair->vain >= vain_waits_) {
      dependences_.forget(load_pc);
      return {store, false, nullptr};
    }
    StoreRecord* const latest = stores_.latest(pair->store);
    if (latest != store) return {store, store != nullptr, latest};
    return {store, store != nullptr, nullptr};
  }
  // The load had to wait for the other store of its Dependence.
  void waited_in_vain(std::uint64_t load_pc) {
    LoadSet::Pair* const pair = dependences_.find(load_pc);
    if (pair != nullptr) ++pair->vain;
  }
  bool foretells(const ExecutionFacts& load) const { return load.is(kUopForetold) && addresses_.present(); }
  // What is said of a load of which foretells() is true. It makes a difference if its registers are not there
  // when it could issue otherwise.
  [[gnu::always_inline]] AddressPredictor::Guess foretell(std::uint64_t pc, std::uint64_t address) {
    return addresses_.observe(pc, address);
  }
  // One that was foretold right reads in the first cycle of [from, to) in which no other such load does;
  // where there is none in `to`, when its registers are there.
  Cycle read_ahead(Cycle from, Cycle to) {
    const Cycle turn = addresses_.turn(from);
    if (turn >= to) return to;
    addresses_.take_turn(turn);
    ++counts_.foretold_loads;
    return turn;
  }
  void mislead() { ++counts_.misled_loads; }
  // What was foretold wrong is found out in the cycle in which the load issues.
  Cycle run_again(Cycle issued) const { return issued + run_again_; }
  // Whether a load waits for a store that it needs.
  bool foresees(std::uint64_t load_pc) const { return dependences_.has(load_pc); }
  // When a load issues at the earliest that waits for the store, which has issued.
  Cycle ready_behind(const StoreRecord& store) const { return store.issued + predicted_wait_; }

  // The load reads the L1D or what is below it.
  [[gnu::always_inline]] Loaded access(std::uint64_t pc, std::uint64_t address, unsigned bytes,
                                       Cycle issued) {
    if (!memory_.loads_at_once(address, bytes, issued)) return access_others(pc, address, bytes, issued);
    const LoadTiming timing = memory_.at_once(address, bytes, issued);
    return {timing.ready, timing.base_lead, StallReason::kMemoryL1};
  }
  // The store still has its queue entry when the load issues: the load cannot do with the L1D alone.
  static bool must_forward(const StoreRecord& store, Cycle issued) { return store.freed > issued; }
  // `predicted`: it waits for the store.
  Foreseen foreseen(bool predicted, std::uint64_t load_pc) const {
    if (predicted) return Foreseen::kStore;
    return forwards_.has(load_pc) ? Foreseen::kData : Foreseen::kNothing;
  }
  // The load gets its value, or a part of it, from the store, which has issued. `l1_ready`: from access().
  Loaded forward(const StoreRecord& store, bool predicted, std::uint64_t pc, std::uint64_t address,
                 unsigned bytes, Cycle issued, Cycle l1_ready) {
    const Forwarding forwarding =
        stores_.forward(store, address, bytes, issued, l1_ready, foreseen(predicted, pc));
    ++counts_.forwarded_loads;
    LoadSet::Pair* const pair = dependences_.find(pc);
    if (pair != nullptr && pair->store == store.pc) pair->vain = 0;
    if (forwarding.failed) ++counts_.forward_fails;
    if (forwarding.violated) {
      ++counts_.order_violations;
      dependences_.learn(pc, store.pc);
    } else if (forwarding.early) {
      forwards_.learn(pc, store.pc);
    }
    return {forwarding.ready, 0, StallReason::kForwarding};
  }
  // Returns when the prefetch is under way and waits for nothing more.
  Cycle prefetch(std::uint64_t address, Cycle issued) { return memory_.prefetch(address, issued); }

  // The store's group retires: it writes the L1D. Returns when it leaves the queue.
  Cycle commit(std::uint64_t number, Cycle retired) {
    StoreRecord& store = stores_.record(number);
    return store.freed = commit_.commit(memory_, store, retired);
  }

  const Counts& counts() const { return counts_; }
  template <class Learned>
  void learned(Learned& show) {
    show(dependences_, forwards_, addresses_);
  }

 private:
  [[gnu::noinline]] Loaded access_others(std::uint64_t pc, std::uint64_t address, unsigned bytes,
                                         Cycle issued) {
    const LoadTiming timing = memory_.load_others(pc, address, bytes, issued);
    if (timing.miss && addresses_.present()) addresses_.missed(pc);
    return {timing.ready, timing.base_lead,
            timing.translation ? StallReason::kDataTlb : stall_of(timing.level)};
  }
  static StallReason stall_of(MemLevel level) {
    switch (level) {
      case MemLevel::kL1:
        return StallReason::kMemoryL1;
      case MemLevel::kL2:
        return StallReason::kMemoryL2;
      case MemLevel::kSlc:
        return StallReason::kMemorySlc;
      case MemLevel::kDram:
        return StallReason::kMemoryDram;
    }
    return StallReason::kMemoryL1;
  }

  MemoryHierarchy& memory_;
  std::uint64_t load_entries_;
  std::uint64_t store_entries_;
  Cycle predicted_wait_;
  std::uint64_t vain_waits_;
  std::uint64_t loads_ = 0;
  std::uint64_t release_ = 0;
  StoreTable stores_;
  LoadSet dependences_;  // loads that ran before a store to their address: they wait for it now
  LoadSet forwards_;     // loads that found their store without its data
  AddressPredictor addresses_;
  Cycle run_again_;
  StoreCommit commit_;
  Counts counts_;
};

}  // namespace m2sim::timing
