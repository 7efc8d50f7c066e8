// The detailed model: an out-of-order core, cycle by cycle. It consumes the retired log, so it never
// executes a wrong path; behind a mispredicted branch fetch stands still until the branch has executed.
//
// A cycle is tick(): retire, complete, issue, dispatch, rename, fetch, in this order, so that what a
// stage frees can be taken in the same cycle by the stage before it. Rename includes decode: the depth
// of the pipe between fetch and rename is a delay of the packets in between.
//
// The rules of the machine are those of timing/pipe, which FastCore keeps too; what is here is when. Results
// are known as times: when a uop issues, the cycle in which its result can be read is known (the memory
// hierarchy answers with a time), and whoever waits for it is put on a wheel of cycles. Cycles in which
// nothing can happen are skipped.
//
// Reads CoreConfig whole.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "emu/retired.h"
#include "timing/config/bounds.h"
#include "timing/config/config.h"
#include "timing/core/dispatch_queue.h"
#include "timing/core/inflight.h"
#include "timing/core/issue_queues.h"
#include "timing/core/queue_sleepers.h"
#include "timing/core/wake_wheel.h"
#include "timing/pipe/load_store_unit.h"
#include "timing/pipe/parts.h"
#include "timing/pipe/retire_window.h"
#include "timing/pipe/serialization.h"
#include "timing/pipe/steering.h"
#include "timing/probe/probe.h"
#include "timing/ring.h"
#include "timing/stats.h"

namespace m2sim::timing {

static_assert(InFlightRing::kMost == kProbeKeys);

template <Probe P>
class BasicCore {
 public:
  static constexpr bool kLogs = true;

  explicit BasicCore(const CoreConfig& config, P probe = P());
  BasicCore(const BasicCore&) = delete;
  BasicCore& operator=(const BasicCore&) = delete;

  void consume(const emu::RetiredBatch& batch);
  // Uops in flight refer to blocks: the pipe drains, as it would behind the isb that such code needs.
  void blocks_cleared() {
    drain();
    parts_.fetch.close_window();
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
  // For a probe that counts by block: of what has executed, the uops that stats() does not have yet.
  std::uint64_t slots_of_this_cycle() const { return parts_.ledger.width() - parts_.ledger.left(); }
  template <class Visit>
  void each_unrenamed(Visit&& visit) const {
    fetched_.packets.each([&](const Packet& packet) {
      for (const UopInfo* uop = packet.begin; uop != packet.end; ++uop)
        visit(*uop, packet.pc_of(*uop), packet.record);
    });
  }

 private:
  // Where a register's value comes from: a uop in flight, or a time that is known.
  struct Mapping {
    std::uint64_t producer = 0;  // sequence number; 0: the value is there
    bool second = false;         // the producer's second destination
  };

  // Why rename stopped: behind a full structure, or for a reason of its own.
  struct Stop {
    StallReason reason = StallReason::kFetch;
    std::optional<Structure> full;
  };

  // For a probe: an instruction, and the record that it is of.
  struct Culprit {
    std::uint64_t pc = 0;
    std::uint32_t record = 0;
  };
  struct Nothing {};

  struct Input {
    emu::RecordReader records;
    bool ended = false;
  };

  struct Fetched {
    static constexpr std::uint32_t kMost = Bounds<FetchConfig>::buffer_instructions.max;
    Ring<Packet, ring_size(kMost)> packets;
    Ring<std::uint64_t, ring_size(kMost + emu::kMaxBlockInsts)> addresses;  // of the memory instructions
    std::uint64_t address = 0;                                              // of the instruction at rename
  };

  void tick();
  [[gnu::always_inline]] void end_cycle();
  Culprit next_to_rename() const {
    const Packet& packet = fetched_.packets.front();
    return {packet.pc_of(*packet.begin), packet.record};
  }
  void drain();
  Cycle next_event() const;
  [[gnu::always_inline]] void lose(Cycle end, StallReason reason, const Culprit& culprit);
  // What rename waits for.
  Culprit culprit() const {
    if (stop_.reason == StallReason::kDrain) return {};
    if (fetched_.packets.empty()) return {parts_.fetch.culprit(), parts_.fetch.culprit_record()};
    if (stop_.reason == StallReason::kSerialize) return next_to_rename();
    const Packet& packet = fetched_.packets.front();
    return {packet.culprit, packet.culprit_record()};
  }
  Culprit culprit_of(const InFlight& entry) const {
    if constexpr (P::kOn) return {entry.pc, records_[ring_.index_of(entry)]};
    return {entry.pc, 0};
  }
  void charge_oldest(Cycle end);
  void charge_cycle();

  // Stages.
  [[gnu::always_inline]] void retire();
  [[gnu::always_inline]] void complete();
  [[gnu::always_inline]] void issue();
  [[gnu::always_inline]] void dispatch();
  [[gnu::always_inline]] void enter_scheduler(const QueuedUop& uop, std::uint8_t scheduler);
  [[gnu::always_inline]] void rename();
  [[gnu::always_inline]] void fetch();

  [[gnu::always_inline]] void retire_group(RetireGroup& group);
  void free_load(std::uint64_t number, StallReason work);
  bool next_record();

  // Rename.
  bool rename_packet(Packet& packet);
  [[gnu::always_inline]] inline bool can_rename(const UopInfo& uop, bool open, bool roomy, unsigned& queue);
  // Rename stops until one of those happens.
  bool stall(Structure full, std::uint32_t until) {
    stop_ = {StallReason::kRetire, full};
    stopped_until_ = until;
    return false;
  }
  void rename_eliminated(const UopInfo& uop, const Packet& packet, bool last);
  [[gnu::always_inline]] inline void rename_uop(const UopInfo& uop, unsigned queue, const Packet& packet,
                                                bool last);
  [[gnu::always_inline]] inline void link_sources(std::uint32_t index, InFlight& entry);
  void link_address(std::uint32_t index, InFlight& entry);
  [[gnu::always_inline]] inline void rename_memory(std::uint32_t index, InFlight& entry, RetireGroup& group);
  [[gnu::noinline]] void foretell(InFlight& entry, AddressPredictor::Guess guess);
  bool there_by(const insts::Source& source, Cycle cycle);
  bool wait_behind(const StoreRecord& store, std::uint32_t index, InFlight& entry);

  // Issue and execution.
  [[gnu::always_inline]] void schedule(std::uint32_t index, const InFlight& entry) {
    if (entry.ready - now_ < IssueQueues::kReach) [[likely]] {
      schedulers_.wake_at(entry, entry.ready);
    } else {
      wheel_.add(ring_, index, now_, entry.ready);
    }
  }
  [[gnu::always_inline]] void become_able(std::uint32_t index, InFlight& entry) {
    entry.able = entry.ready;
    schedule(index, entry);
  }
  [[gnu::noinline]] void postpone(InFlight& entry, Cycle cycle) {
    entry.ready = cycle;
    schedule(ring_.index_of(entry), entry);
  }
  [[gnu::always_inline]] bool may_issue(InFlight& entry);
  bool waits_for_release(InFlight& entry);
  bool reads_ahead(InFlight& entry);
  [[gnu::always_inline]] bool waits_for(const StoreRecord& store, InFlight& entry, StallReason held);
  [[gnu::always_inline]] void execute(InFlight& entry);
  void execute_memory(InFlight& entry);
  [[gnu::always_inline]] void execute_load(InFlight& entry);
  [[gnu::noinline]] void forward(InFlight& entry, const StoreRecord& store);
  Cycle behind_store(InFlight& entry, const StoreRecord& store);
  [[gnu::noinline]] bool issue_behind(const InFlight& producer, std::uint32_t index, InFlight& entry);
  [[gnu::always_inline]] void publish_load(InFlight& entry, Loaded loaded);
  [[gnu::always_inline]] void publish(InFlight& entry, const Loaded& loaded);
  [[gnu::always_inline]] void wake_waiters(InFlight& producer);

  [[no_unique_address]] P probe_;
  // For a probe: by a uop's key, the record that it is of.
  using Records = std::conditional_t<P::kOn, std::array<std::uint32_t, kProbeKeys>, Nothing>;
  [[no_unique_address]] Records records_{};
  Cycle now_ = 0;
  bool active_ = false;  // something happened in this cycle
  Stop stop_;            // of rename in this cycle
  // Behind a full structure rename need not look again until there can be room: a bit for each queue that a
  // uop leaves, and one for retirement. 0: it looks.
  static constexpr std::uint32_t kRetires = 1U << kMaxDispatchQueues;
  std::uint32_t stopped_until_ = 0;
  Parts parts_;
  Input input_;
  Fetched fetched_;
  Serialization serialization_;
  std::array<Mapping, kTimedRegs> map_{};
  RetireWindow window_;
  RetireBandwidth retirement_;
  LoadStoreUnit load_store_;
  QueueSleepers sleepers_;
  Steering steering_;
  std::array<DispatchQueue, kMaxDispatchQueues> queues_;
  std::array<std::uint32_t, kMaxDispatchQueues> queued_{};  // uops in each
  IssueQueues schedulers_;
  WakeWheel wheel_;
  InFlightRing ring_;
  std::uint64_t oldest_sequence_ = 1;  // uops before it have retired
};

using Core = BasicCore<NoProbe>;

}  // namespace m2sim::timing
