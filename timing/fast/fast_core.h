// The instruction-driven model: one pass over the retired instructions in program order, each uop given
// the cycles in which it passes every stage. It knows the same machine as Core (core.h) and shares its
// uop tables, fetch, predictors, memory hierarchy and retirement rules; what it does in place of ticking:
//
// - A uop issues in the first free cycle of its port once its operands are there. In program order that
//   is what an oldest-first scheduler does.
// - Occupancies are calendars: a resource taken at one known time and given back at another.
//
// Approximations against Core: memory accesses reach the caches in program order, not in issue order;
// the dependence predictor learns in program order.
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
#include "timing/crack/crack.h"
#include "timing/fast/port_calendar.h"
#include "timing/least_lane.h"
#include "timing/memory/memory_hierarchy.h"
#include "timing/pipe/fetch.h"
#include "timing/pipe/lsq.h"
#include "timing/pipe/rob.h"
#include "timing/slots.h"
#include "timing/stats.h"

namespace m2sim::timing {

class FastCore {
 public:
  static constexpr bool kLogs = true;

  explicit FastCore(const CoreConfig& config);
  FastCore(const FastCore&) = delete;
  FastCore& operator=(const FastCore&) = delete;

  void consume(const emu::RetiredBatch& batch);
  void blocks_cleared() { table_.clear(); }
  void finish();  // the last uops retire; statistics are final then
  const TimingStats& stats() const { return stats_; }

 private:
  struct Value {  // of a register
    Cycle ready = 0;
    std::uint64_t sooner = 0;  // a byte a role (insts::Role): cycles by which such an input gets it earlier

    static std::uint64_t sooner_as(insts::Role role, std::uint64_t cycles) {
      return cycles << (8 * static_cast<unsigned>(role));
    }
    Cycle ready_as(insts::Role role) const {
      return ready - static_cast<std::uint8_t>(sooner >> (8 * static_cast<unsigned>(role)));
    }
  };

  // A dispatch queue and the schedulers and ports behind it.
  struct Queue {
    PortCalendar calendar;
    std::array<Cycle, 64> dispatched{};  // ring: when the latest uops leave the queue
    std::uint64_t entered = 0;
    std::uint64_t waiting_from = 0;  // the oldest that had not left at the last look
    Cycle settled = kNever;          // of the last look
    std::uint32_t entries = 0;
    std::uint32_t per_cycle = 0;
    std::uint32_t left = 0;  // dispatches left in the calendar's cycle
    // By scheduler, which goes by its first port.
    Lanes waiting = 0;                                            // uops
    Lanes capacity = 0;                                           // entries
    std::array<std::uint8_t, kCalendarPorts> scheduler{};         // of each port
    std::array<std::uint32_t, kCalendarPorts> scheduler_ports{};  // mask of a scheduler's ports
    // For a uop that a mask of ports can execute: the schedulers that do not lead there, and all ports of
    // those that do, any of which makes room in a full one.
    struct Choice {
      Lanes excluded = 0;
      unsigned leaving = 0;
    };
    std::array<Choice, std::size_t{1} << kCalendarPorts> choices;

    // Nothing enters to leave at once, so one look a cycle is enough.
    void settle(Cycle now) {
      if (now == settled) return;
      settled = now;
      const std::uint64_t end = entered;
      std::uint64_t from = waiting_from;
      while (from < end && dispatched[from % dispatched.size()] <= now) ++from;
      waiting_from = from;
    }
    std::uint64_t queued() const { return entered - waiting_from; }
    Cycle oldest() const { return dispatched[waiting_from % dispatched.size()]; }  // when it leaves
  };

  void build_queues();
  void switch_context();
  void run_block(const CrackedBlock& block, const std::uint64_t* addresses);
  void run_packet(const Packet& packet, const std::uint64_t*& addresses);
  void open_window();
  void wait(Cycle cycle, StallReason reason) {
    if (cycle > ledger_.now()) ledger_.advance(cycle, reason);
  }

  [[gnu::always_inline]] void rename(const UopInfo& uop);
  void make_room(const UopInfo& uop, bool open);
  void release(Cycle now);
  void close_group();
  void serialize(const UopInfo& uop);
  [[gnu::always_inline]] void enter_queue(const UopInfo& uop);

  [[gnu::always_inline]] Cycle dispatch(unsigned ports, Queue& queue, unsigned& scheduler);
  static void dispatch_until(Queue& queue, Cycle cycle) {
    if (cycle > queue.calendar.now()) dispatch_later(queue, cycle);
  }
  static void dispatch_later(Queue& queue, Cycle cycle);
  [[gnu::always_inline]] Cycle operands_ready(const UopInfo& uop) const;
  [[gnu::always_inline]] void write(const UopInfo& uop, Cycle done, std::uint64_t sooner);
  [[gnu::always_inline]] Cycle issue(const UopInfo& uop, Cycle ready);
  [[gnu::always_inline]] void execute(const UopInfo& uop, std::uint64_t block_pc);
  void execute_load(const UopInfo& uop, Cycle ready, std::uint64_t pc, std::uint64_t address);
  void execute_store(const UopInfo& uop, Cycle ready, std::uint64_t pc, std::uint64_t address);

  CoreConfig config_;
  Context context_;
  CrackTable table_;
  MemoryHierarchy memory_;
  BranchPredictor predictor_;
  Fetch fetch_;
  SlotLedger ledger_;
  GroupRules rules_;
  RetireBandwidth retirement_;
  StoreCommit commit_;
  StoreTable stores_;
  DependencePredictor dependences_;

  std::array<Value, kTimedRegs> values_{};
  std::array<Queue, kDispatchQueueCount> queues_;
  bool alternate_ = false;

  std::vector<RetireGroup> groups_;  // ring of kMaxGroups
  std::uint64_t next_group_ = 1;     // number of the next one; the last one may still be open
  std::uint64_t released_ = 1;       // the oldest whose resources are still taken
  bool group_open_ = false;
  Resources available_;

  std::array<Cycle, 256> renamed_{};  // ring by instruction: when it left the fetch queue
  std::uint64_t fetched_ = 0;
  std::uint64_t taken_ = 0;  // instructions that rename has taken
  std::uint32_t fetch_capacity_;

  std::array<Cycle, 512> loads_{};  // ring by load number: when its queue entry is free
  std::uint64_t load_count_ = 0;

  // Of the uop at hand.
  RetireGroup* group_ = nullptr;
  unsigned ports_ = 0;  // that can execute it, as places behind its queue
  unsigned scheduler_ = 0;
  Queue* queue_ = nullptr;
  std::uint64_t address_ = 0;  // effective address of its instruction
  Cycle renamed_at_ = 0;
  Cycle last_issue_ = 0;

  TimingStats stats_{};
};

}  // namespace m2sim::timing
