// The instruction-driven model: one pass over the retired instructions in program order, each uop given
// the cycles in which it passes every stage. It keeps the same rules of the machine as Core (timing/pipe);
// what it does in place of ticking:
//
// - A uop issues in the first free cycle of its port once its operands are there. In program order that
//   is what an oldest-first scheduler does.
// - Occupancies are calendars: a resource taken at one known time and given back at another.
//
// Approximations against Core: loads reach the caches in program order, not in issue order, and stores where
// pending_stores.h says; the dependence predictor learns in program order; a uop whose operands come later
// than the calendars reach (port_calendar.h) has a port for nothing and takes no place in its scheduler.
//
// Reads CoreConfig whole.
#pragma once

#include <array>
#include <cstdint>

#include "emu/retired.h"
#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/config/premises.h"
#include "timing/fast/calendar_queue.h"
#include "timing/fast/pending_stores.h"
#include "timing/fast/queue_exits.h"
#include "timing/fast/register_times.h"
#include "timing/fast/wait_ring.h"
#include "timing/pipe/bypass.h"
#include "timing/pipe/load_store_unit.h"
#include "timing/pipe/parts.h"
#include "timing/pipe/retire_window.h"
#include "timing/pipe/serialization.h"
#include "timing/pipe/steering.h"
#include "timing/probe/probe.h"
#include "timing/stats.h"

namespace m2sim::timing {

template <Probe P>
class BasicFastCore {
 public:
  static constexpr bool kLogs = true;

  explicit BasicFastCore(const CoreConfig& config, P probe = P());
  BasicFastCore(const BasicFastCore&) = delete;
  BasicFastCore& operator=(const BasicFastCore&) = delete;

  void consume(const emu::RetiredBatch& batch);
  void blocks_cleared() {
    if constexpr (P::kOn) probe_.dropping();
    parts_.table.clear();
  }
  void finish();  // the last uops retire
  // Instructions are left out here, behind finish(); `odd`: with an odd number of choices between dispatch
  // queues.
  void leave_out(bool odd) { steering_.set_turn(odd); }
  // For who goes on with them while the pipe is empty, behind finish().
  Parts& parts() { return parts_; }
  template <class Learned>
  void learned(Learned& show) {
    show(parts_.memory, parts_.predictor, load_store_);
  }
  Cycle now() const { return parts_.ledger.now(); }  // stats().core.cycles
  // At any time; of all whole cycles so far.
  TimingStats stats() const { return parts_.stats(load_store_); }
  P& probe() { return probe_; }
  const P& probe() const { return probe_; }
  // So far; nothing unless the probe asks for them.
  Premises premises() const {
    Premises all;
    if constexpr (P::kPremises) {
      all = probe_.premises();
      for (unsigned q = 0; q < steering_.queues(); ++q) all.bound_cycles[q] = queues_[q].bound_cycles();
    }
    return all;
  }
  // For a probe that counts by block: of what has executed, the uops that stats() does not have yet.
  std::uint64_t slots_of_this_cycle() const { return parts_.ledger.width() - parts_.ledger.left(); }
  template <class Visit>
  void each_unrenamed(Visit&& /*visit*/) const {}  // all uops rename in the call that brings them

 private:
  void switch_context();
  void run_block(const std::uint64_t* addresses) {
    addresses_ = addresses;
    while (!parts_.fetch.needs_record()) {
      if (!parts_.fetch.window_open()) open_window();
      run_packet(parts_.fetch.take());
    }
  }
  void run_packet(const Packet& packet);
  void open_window() {
    Cycle cycle = parts_.fetch.next_cycle();
    if constexpr (P::kPremises) note_buffer(probe_.premises().buffer_instructions, cycle);
    const std::uint64_t must_have_left = parts_.buffer.must_have_left();
    if (must_have_left != 0) cycle = std::max(cycle, renamed_[(must_have_left - 1) % renamed_.size()]);
    parts_.fetch.open_window(cycle);
  }
  // Premises: what the capacity of the fetch buffer, a full retire window and a look at the queues decide.
  void note_buffer(Premise& capacity, Cycle cycle) const;
  void note_groups(Premise& groups);
  void note_compared(std::int64_t difference) {
    if constexpr (P::kPremises) probe_.premises().queue_difference.compares(difference);
  }
  void wait(Cycle cycle, StallReason reason, std::uint64_t culprit, std::uint32_t record) {
    if (cycle > parts_.ledger.now()) lose(cycle, reason, culprit, record);
  }
  [[gnu::always_inline]] void lose(Cycle cycle, StallReason reason, std::uint64_t culprit,
                                   std::uint32_t record) {
    SlotLedger& ledger = parts_.ledger;
    if constexpr (P::kOn) probe_.lost({reason, ledger.now(), ledger.free_until(cycle), culprit, record});
    ledger.advance(cycle, reason);
  }

  // The way of a uop to its port, as rename chooses it.
  struct Way {
    unsigned queue;
    unsigned ports;  // that can execute it, as the queue numbers them
    unsigned bound;  // to a scheduler of that queue, or to none (kLaneCount)
  };
  // A uop in its scheduler.
  struct Waiting {
    CalendarQueue& queue;
    unsigned ports;
    unsigned scheduler;
    Cycle placed;  // when it can issue at the earliest
    WaitRing::Entry& wait;
  };
  // `plain`: of a uop that is kUopPlain.
  [[gnu::always_inline]] void run_uop(const UopInfo& uop, const Packet& packet, bool plain);
  [[gnu::always_inline]] Way rename(const UopInfo& uop, const Packet& packet, bool plain);
  void make_room(const UopInfo& uop, bool open);
  void wait_for_oldest(Cycle cycle, Structure full);
  void release(Cycle now) {
    while (!window_.empty() && window_.oldest().retired <= now) window_.release();
  }
  void close_group();
  [[gnu::always_inline]] Way enter_queue(const UopInfo& uop);
  void wait_for_queue(const UopInfo& uop);

  void run_eliminated(const UopInfo& uop, const Packet& packet);
  // Most uops have up to two sources: those are looked at without asking how many there are.
  [[gnu::always_inline]] Cycle operands_ready(const UopInfo& uop, bool plain) const {
    Cycle ready = std::max(values_.as(uop.sources[0]), values_.as(uop.sources[1]));
    for (unsigned s = 2; !plain && s < uop.source_count; ++s)
      ready = std::max(ready, values_.as(uop.sources[s]));
    return ready;
  }
  [[gnu::always_inline]] void write(const UopInfo& uop, Cycle ready, unsigned base_sooner, bool plain) {
    values_.write(uop.dests[0], ready, uop.addend_sooner, base_sooner);
    // The second register of a pair has no short way to an address.
    if (!plain && uop.dest_count > 1) values_.write(uop.dests[1], ready, uop.addend_sooner, 0);
  }
  [[gnu::always_inline]] Cycle issue(const UopInfo& uop, const Waiting& at, Cycle able,
                                     const Admission& admitted, bool plain) {
    const unsigned occupancy = plain ? 1 : uop.occupancy;
    const auto [issued, port] = at.queue.issue(at.ports, at.scheduler, admitted.cycle, occupancy);
    if constexpr (P::kOn) probe_.issued(key_, issued, at.queue.port_name(port));
    if constexpr (P::kBooks) {
      at.wait.able = able;
      at.wait.issued = issued;
      at.wait.held = held_by(uop, able, admitted, issued);
    }
    return issued;
  }
  [[gnu::always_inline]] void complete(const UopInfo& uop, const Waiting& at, Cycle cycle, StallReason work,
                                       unsigned base_sooner, bool plain) {
    if constexpr (P::kOn) {
      probe_.completed(key_, cycle);
      probe_.waited(key_, at.wait.able, at.wait.held, work);
    }
    group_->complete_by(cycle);
    if constexpr (P::kBooks) {
      at.wait.complete = cycle;
      at.wait.work = work;
    }
    write(uop, cycle, base_sooner, plain);
  }
  [[gnu::always_inline]] Waiting dispatch(const UopInfo& uop, const Packet& packet, const Way& way);
  [[gnu::always_inline]] void execute(const UopInfo& uop, const Packet& packet, const Way& way, bool plain);
  // `able`: when it is in its scheduler and all its operands are there, those of a store's data too.
  [[gnu::always_inline]] void execute_load(const UopInfo& uop, const Waiting& at, Cycle able,
                                           std::uint64_t pc, std::uint64_t address);
  [[gnu::always_inline]] bool foretell(Cycle placed, Cycle& able, std::uint64_t pc, std::uint64_t address);
  [[gnu::always_inline]] void execute_store(const UopInfo& uop, const Waiting& at, Cycle able,
                                            std::uint64_t pc);

  [[no_unique_address]] P probe_;
  Parts parts_;
  Serialization serialization_;
  RegisterTimes values_;
  RetireWindow window_;
  WaitRing waits_;
  RetireBandwidth retirement_;
  LoadStoreUnit load_store_;
  PendingStores stores_;
  Steering steering_;
  QueueExits exits_;
  std::array<CalendarQueue, kMaxDispatchQueues> queues_;

  // Rings: by instruction, when it left the fetch buffer; by load number, when its queue entry is free and
  // what it took its time for.
  std::array<Cycle, ring_size(Bounds<FetchConfig>::buffer_instructions.max)> renamed_{};
  std::array<Admission, ring_size(Bounds<LsqConfig>::load_entries.max)> loads_{};

  // When the last load, store or branch so far is done that can fail.
  Admission may_fail_{0, StallReason::kBase};

  // Of the uop at hand.
  WaitRing::Entry* next_wait_ = nullptr;  // of the next that issues
  RetireGroup* group_ = nullptr;
  std::uint32_t key_ = 0;                     // for a probe, as
  std::uint64_t renaming_ = 0;                // its pc is, and
  std::uint32_t record_ = 0;                  // the record that it is of
  std::uint64_t address_ = 0;                 // effective address of its instruction
  const std::uint64_t* addresses_ = nullptr;  // of the record's next accesses
  Cycle renamed_at_ = 0;
  Cycle last_issue_ = 0;
};

using FastCore = BasicFastCore<NoProbe>;

}  // namespace m2sim::timing
