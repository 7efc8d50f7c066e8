// The detailed model: an out-of-order core, cycle by cycle. It consumes the retired log, so it never
// executes a wrong path; behind a mispredicted branch fetch stands still until the branch has executed.
//
// A cycle is tick(): retire, complete, issue, dispatch, rename, fetch, in this order, so that what a
// stage frees can be taken in the same cycle by the stage before it. Rename includes decode: the depth
// of the pipe between fetch and rename is a delay of the packets in between.
//
// Results are known as times: when a uop issues, the cycle in which its result can be read is known
// (the memory hierarchy answers with a time), and whoever waits for it is put on a wheel of cycles.
// Cycles in which nothing can happen are skipped.
//
// Reads CoreConfig whole.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "emu/retired.h"
#include "timing/branch/branch_predictor.h"
#include "timing/config/config.h"
#include "timing/config/port_layout.h"
#include "timing/context.h"
#include "timing/core/inflight.h"
#include "timing/core/scheduler.h"
#include "timing/core/wake_wheel.h"
#include "timing/crack/crack.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/fetch.h"
#include "timing/pipe/lsq.h"
#include "timing/pipe/rob.h"
#include "timing/ring.h"
#include "timing/slots.h"
#include "timing/stats.h"

namespace m2sim::timing {

class Core {
 public:
  static constexpr bool kLogs = true;

  explicit Core(const CoreConfig& config);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void consume(const emu::RetiredBatch& batch);
  // Uops in flight refer to blocks: the pipe drains, as it would behind the isb that such code needs.
  void blocks_cleared();
  void finish();  // the last uops retire; statistics are final then
  const TimingStats& stats() const { return stats_; }

 private:
  // Where a register's value comes from: a uop in flight, or a time that is known.
  struct Mapping {
    std::uint64_t producer = 0;  // sequence number; 0: the value is there
    std::uint8_t second = 0;     // 1: the producer's second destination
  };

  struct DispatchQueue {
    Ring<std::uint64_t, 64> uops;  // sequence numbers
    std::uint32_t entries = 0;
    std::uint32_t per_cycle = 0;
    std::array<std::uint8_t, kPortCount> ports{};  // the most specialised first
    unsigned port_count = 0;
  };

  void build_ports();
  void tick();
  void end_cycle();
  void drain();
  void switch_context();
  Cycle next_event() const;

  // Stages (core.cpp).
  void retire();
  void complete();
  void issue();
  void dispatch();
  void fetch();
  bool next_record();
  void retire_group(RetireGroup& group);
  void schedule(std::uint32_t index, InFlight& entry);

  // Rename (core_rename.cpp).
  void rename();
  bool can_rename(const UopInfo& uop);
  bool find_queue(const UopInfo& uop);
  void open_group();
  void rename_uop(const UopInfo& uop, Packet& packet, bool last);
  void rename_eliminated(const UopInfo& uop, RetireGroup& group);
  void link_sources(std::uint64_t sequence, InFlight& entry);
  void rename_memory(std::uint64_t sequence, InFlight& entry, RetireGroup& group);
  StallReason back_end_reason(StallReason otherwise) const;

  // Issue and execution (core_execute.cpp).
  void issue_from(unsigned scheduler);
  bool may_issue(Scheduler& scheduler, unsigned slot, InFlight& entry);
  void wake_sleeper(std::uint32_t& place, Cycle cycle);
  void execute(InFlight& entry);
  void execute_load(InFlight& entry);
  void finish_load(InFlight& entry, const StoreRecord& store);
  void publish(InFlight& entry, Cycle result, StallReason cause);
  void wake_waiters(InFlight& producer);
  static Cycle visible(const InFlight& producer, insts::Role role, bool second);

  bool group_open() const { return open_group_ != 0; }
  RetireGroup& group(std::uint64_t number) { return groups_[number % kMaxGroups]; }
  const RetireGroup& group(std::uint64_t number) const { return groups_[number % kMaxGroups]; }

  CoreConfig config_;
  Cycle now_ = 0;
  bool active_ = false;                    // something happened in this cycle
  StallReason why_ = StallReason::kFetch;  // rename stopped in this cycle

  CrackTable table_;
  MemoryHierarchy memory_;
  BranchPredictor predictor_;
  Fetch fetch_;
  Ring<Packet, 256> packets_;
  Ring<std::uint64_t, 1024> addresses_;  // of the fetched memory instructions
  std::uint32_t fetch_capacity_;
  std::uint32_t fetch_queued_ = 0;  // instructions

  SlotLedger ledger_;
  std::array<Mapping, kTimedRegs> map_{};
  GroupRules rules_;
  Resources available_;
  std::array<DispatchQueue, kDispatchQueueCount> queues_;
  DispatchQueue* queue_ = nullptr;  // chosen for the uop at hand
  bool alternate_ = false;

  std::array<Scheduler, kSchedulerCount> schedulers_;
  std::array<std::array<std::uint8_t, kPortCount>, kSchedulerCount> scheduler_ports_{};
  std::array<std::uint8_t, kSchedulerCount> scheduler_port_count_{};
  std::array<Cycle, kPortCount> port_free_{};
  WakeWheel wheel_;

  InFlightRing ring_;
  StoreTable stores_;
  DependencePredictor dependences_;
  std::array<std::uint32_t, 512> sleeping_loads_{};    // by number; the load that waits for a queue entry
  std::array<std::uint32_t, 1024> sleeping_stores_{};  // the same (index + 1; 0: none)
  std::uint64_t loads_renamed_ = 0;
  std::uint64_t loads_retired_ = 0;  // number of the last one
  std::uint64_t address_ = 0;        // effective address of the instruction at rename

  std::vector<RetireGroup> groups_;  // ring of kMaxGroups
  std::uint64_t next_group_ = 1;
  std::uint64_t oldest_group_ = 1;
  std::uint64_t open_group_ = 0;       // number; 0: none
  std::uint64_t oldest_sequence_ = 1;  // uops before it have retired
  StoreCommit commit_;
  Cycle last_retire_ = 0;
  Cycle serialized_until_ = 0;  // rename waits for a serialising uop

  // Input.
  emu::RetiredBatch batch_{};
  Context context_;
  std::size_t next_word_ = 0;
  bool ended_ = false;

  TimingStats stats_{};
};

}  // namespace m2sim::timing
