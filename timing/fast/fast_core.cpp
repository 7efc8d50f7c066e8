#include "timing/fast/fast_core.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "timing/pipe/charges.h"
#include "timing/probe/attribution.h"
#include "timing/probe/pipe_trace.h"
#include "timing/probe/premise_probe.h"

namespace m2sim::timing {

namespace {

// Without books all uops have one group's places.
template <Probe P>
RobConfig waiting(RobConfig rob) {
  if (!P::kBooks) rob.groups = 1;
  return rob;
}

}  // namespace

template <Probe P>
BasicFastCore<P>::BasicFastCore(const CoreConfig& config, P probe)
    : probe_(std::move(probe)),
      parts_(config),
      window_(config),
      waits_(waiting<P>(config.rob)),
      retirement_(config.rob),
      load_store_(config, parts_.memory),
      steering_(config) {
  for (unsigned q = 0; q < steering_.queues(); ++q) queues_[q].set_lane(steering_.queue(q));
  next_wait_ = waits_.first(0);
}

template <Probe P>
void BasicFastCore<P>::consume(const emu::RetiredBatch& batch) {
  if (parts_.begin(batch)) switch_context();
  for (const emu::Record& record : emu::records(batch)) {
    const CrackedBlock& block = parts_.begin(record);
    if constexpr (P::kOn) probe_.executes(record, block, parts_.fetch.record());
    run_block(record.addresses);
  }
}

template <Probe P>
void BasicFastCore<P>::switch_context() {
  if (window_.open()) close_group();
  wait(retirement_.last() + 1, StallReason::kDrain, 0, 0);
  parts_.switch_context();
  if constexpr (P::kOn) probe_.entered(parts_.context.task(), parts_.context.space());
}

template <Probe P>
void BasicFastCore<P>::finish() {
  if (window_.open()) close_group();
  const Cycle end = std::max(retirement_.last(), parts_.ledger.now() + 1);
  stores_.write_until(end, load_store_);
  lose(end, StallReason::kDrain, 0, 0);
}

template <Probe P>
void BasicFastCore<P>::run_packet(const Packet& packet) {
  parts_.buffer.fetch(packet.insts);
  wait(packet.available, packet.reason, packet.culprit, packet.culprit_record());
  std::uint64_t left = parts_.buffer.left();
  for (const UopInfo* uop = packet.begin; uop != packet.end; ++uop) {
    // Most are: without a look at what they are not.
    if (uop->is(kUopPlain)) {
      run_uop(*uop, packet, true);
    } else {
      run_uop(*uop, packet, false);
    }
    // The places of the next instructions are written even if none ends here: they are so again when one
    // does.
    renamed_[left % renamed_.size()] = renamed_at_;
    renamed_[(left + 1) % renamed_.size()] = renamed_at_;
    left += uop->insts;
  }
  parts_.buffer.leave(left - parts_.buffer.left());
  if (packet.penalty != 0) parts_.fetch.redirect(last_issue_, packet.penalty);
}

template <Probe P>
inline void BasicFastCore<P>::run_uop(const UopInfo& uop, const Packet& packet, bool plain) {
  const Way way = rename(uop, packet, plain);
  if (!plain && uop.ports == 0) return run_eliminated(uop, packet);
  if (!plain && uop.is(kUopFirstAccess)) address_ = parts_.context.locate(*addresses_++);
  execute(uop, packet, way, plain);
}

template <Probe P>
inline auto BasicFastCore<P>::rename(const UopInfo& uop, const Packet& packet, bool plain) -> Way {
  SlotLedger& ledger = parts_.ledger;
  if (plain || uop.slots > 0) [[likely]]
    ledger.find_slot();
  if constexpr (P::kOn) {
    renaming_ = packet.pc_of(uop);
    record_ = packet.record;
  }
  bool open = window_.must_open(uop);
  // A group that has already retired by now takes no more uops.
  if (!open && std::max(group_->complete, retirement_.last()) <= ledger.now()) open = true;
  if (open && window_.open()) close_group();
  if constexpr (P::kPremises) {
    if (open) note_groups(probe_.premises().groups);
  }
  if ((open && window_.full()) || window_.lacks(uop)) make_room(uop, open);
  if (!plain && uop.is(kUopSerialize)) {
    wait(serialization_.earliest(uop, retirement_.last()), StallReason::kSerialize, packet.pc_of(uop),
         packet.record);
  }
  const Way way = plain || uop.ports != 0 ? enter_queue(uop) : Way{};
  const bool opens = !window_.open();
  group_ = &window_.rename(uop);
  if (P::kBooks && opens) next_wait_ = waits_.first(window_.newest_number());
  renamed_at_ = ledger.now();
  plain ? ledger.use_found() : ledger.use(uop.slots);
  return way;
}

// A larger buffer never makes a window wait that this one did not. A smaller one asks for more instructions
// to have left: those that have by then do not make it wait either. All that were fetched have been renamed.
template <Probe P>
void BasicFastCore<P>::note_buffer(Premise& capacity, Cycle cycle) const {
  const auto waits = [&](std::uint32_t instructions) {
    const std::uint64_t left = parts_.buffer.must_have_left(instructions);
    return left != 0 && renamed_[(left - 1) % renamed_.size()] > cycle;
  };
  if (waits(capacity.value())) return capacity.only_this();
  capacity.at_least(std::min(parts_.buffer.window(), capacity.value()));
  while (capacity.low() < capacity.value() && waits(capacity.low())) capacity.at_least(capacity.low() + 1);
}

// Groups that have retired are released when room is looked for, and nobody else looks at them: whether that
// happens earlier shows nowhere.
template <Probe P>
void BasicFastCore<P>::note_groups(Premise& groups) {
  if (window_.size() < groups.low()) return;
  release(parts_.ledger.now());
  groups.compares(static_cast<std::int64_t>(window_.size()));
  if (window_.full()) groups.only_this();
}

template <Probe P>
void BasicFastCore<P>::make_room(const UopInfo& uop, bool open) {
  release(parts_.ledger.now());
  for (;;) {
    const bool full = open && window_.full();
    if (!full && !window_.lacks(uop)) return;
    if (window_.open() && window_.size() == 1) close_group();
    wait_for_oldest(window_.oldest().retired,
                    full ? Structure::kRetireGroups : lacking(window_.available(), uop.needs));
    release(parts_.ledger.now());
  }
}

// The cycles until then go to what the uops of the oldest group wait for, one after the other.
template <Probe P>
void BasicFastCore<P>::wait_for_oldest(Cycle cycle, Structure full) {
  SlotLedger& ledger = parts_.ledger;
  if (cycle <= ledger.now()) return;
  if constexpr (!P::kBooks) return ledger.advance(cycle, StallReason::kRetire, full);
  waits_.charge(window_.oldest_number(), window_.oldest(), ledger.now(), cycle,
                [&](Cycle end, StallReason reason, const Wait* culprit) {
                  if constexpr (P::kOn) {
                    probe_.lost({reason, ledger.now(), ledger.free_until(end),
                                 culprit == nullptr ? renaming_ : culprit->pc,
                                 culprit == nullptr ? record_ : culprit->record});
                  }
                  ledger.advance(end, reason, full);
                });
}

template <Probe P>
void BasicFastCore<P>::close_group() {
  RetireGroup& group = window_.newest();
  window_.close();
  group.retired = retirement_.take_first(group.complete, group.needs);
  if (group.store_sequence != 0) stores_.retire(group.store_sequence, group.retired);
  if constexpr (P::kOn) probe_.retired(window_.newest_number(), group.retired);
}

// Waits until the queue that the uop chooses has room.
template <Probe P>
inline auto BasicFastCore<P>::enter_queue(const UopInfo& uop) -> Way {
  for (;;) {
    exits_.advance(parts_.ledger.now());
    const unsigned chosen = steering_.choose_queue(
        uop, [this](unsigned q) { return exits_.queued(q); },
        [this](std::int64_t difference) { note_compared(difference); });
    if (exits_.queued(chosen) < steering_.entries(chosen)) {
      const unsigned ports = uop.ports_behind(chosen);
      return {chosen, ports, steering_.enter(uop, chosen, ports)};
    }
    wait_for_queue(uop);
  }
}

// Step by step as groups retire, so that each cycle is charged to what the oldest group waits for then.
template <Probe P>
void BasicFastCore<P>::wait_for_queue(const UopInfo& uop) {
  const Cycle room = exits_.next_leave(uop.queues);
  do {
    release(parts_.ledger.now());
    wait_for_oldest(std::min(room, window_.oldest().retired), Structure::kDispatchQueues);
  } while (parts_.ledger.now() < room);
}

template <Probe P>
void BasicFastCore<P>::run_eliminated(const UopInfo& uop, const Packet& packet) {
  const std::uint64_t pc = packet.pc_of(uop);
  if constexpr (P::kOn)
    probe_.renamed({&uop, pc, window_.newest_number(), packet.fetched, renamed_at_, kNoKey, packet.record});
  last_issue_ = renamed_at_;
  group_->complete_by(renamed_at_ + 1);
  values_.eliminate(uop);
  if (!serialization_.rename(uop, parts_.ledger.now())) return;
  close_group();
  wait(serialization_.until(), StallReason::kSerialize, pc, packet.record);
}

template <Probe P>
inline auto BasicFastCore<P>::dispatch(const UopInfo& uop, const Packet& packet, const Way& way) -> Waiting {
  CalendarQueue& queue = queues_[way.queue];
  const auto [dispatched, scheduler] =
      queue.dispatch(way.ports, renamed_at_ + steering_.dispatch_delay(), way.bound);
  exits_.enter(way.queue, dispatched);
  WaitRing::Entry& wait = *(P::kBooks ? next_wait_++ : next_wait_);
  if constexpr (P::kBooks) wait.uop = &uop;
  if constexpr (P::kOn) {
    key_ = (key_ + 1) % kProbeKeys;
    wait.pc = packet.pc_of(uop);
    wait.record = packet.record;
    probe_.renamed(
        {&uop, wait.pc, window_.newest_number(), packet.fetched, renamed_at_, key_, packet.record});
    probe_.dispatched(key_, dispatched);
  }
  return {queue, way.ports, scheduler, dispatched + steering_.issue_delay(), wait};
}

template <Probe P>
inline void BasicFastCore<P>::execute(const UopInfo& uop, const Packet& packet, const Way& way, bool plain) {
  const Waiting at = dispatch(uop, packet, way);
  const Cycle able = std::max(operands_ready(uop, plain), at.placed);
  if (!plain && uop.is(kUopLoad)) {
    return execute_load(uop, at, able, packet.pc_of(uop), address_ + uop.offset);
  }
  if (!plain && uop.is(kUopStore)) return execute_store(uop, at, able, packet.pc_of(uop));
  last_issue_ = issue(uop, at, able, {able, uop.port_reason}, plain);
  Cycle done = last_issue_ + uop.latency;
  if (!plain && uop.is(kUopPrefetch)) {
    stores_.write_until(last_issue_, load_store_);
    done += load_store_.prefetch(address_ + uop.offset, last_issue_) - last_issue_;
  }
  complete(uop, at, done, uop.work, 0, plain);
  if (!plain && uop.is(kUopBranch)) may_fail_.wait_for({done, uop.work});
}

// True: it was foretold wrong.
template <Probe P>
inline bool BasicFastCore<P>::foretell(Cycle placed, Cycle& able, std::uint64_t pc, std::uint64_t address) {
  const AddressPredictor::Guess guess = load_store_.foretell(pc, address);
  if (guess == AddressPredictor::Guess::kNone || able <= placed) return false;
  if (guess == AddressPredictor::Guess::kRight) {
    able = load_store_.read_ahead(placed, able);
    return false;
  }
  load_store_.mislead();
  return true;
}

template <Probe P>
inline void BasicFastCore<P>::execute_load(const UopInfo& uop, const Waiting& at, Cycle able,
                                           std::uint64_t pc, std::uint64_t address) {
  bool misled = false;
  if (load_store_.foretells(uop)) misled = foretell(at.placed, able, pc, address);
  const auto [store, predicted, other] = load_store_.dependence(pc, address, uop.bytes);
  if (other != nullptr && load_store_.ready_behind(*other) > able) [[unlikely]] {
    able = load_store_.ready_behind(*other);
    load_store_.waited_in_vain(pc);
  }
  if (predicted) able = std::max(able, load_store_.ready_behind(*store));
  Admission admitted{able, uop.port_reason};
  const std::uint64_t number = load_store_.add_load();
  const std::uint64_t before = load_store_.load_before(number);
  if (before != 0) admitted.wait_for(loads_[before % loads_.size()]);
  if (uop.is(kUopAcquire) && load_store_.release() != 0) {
    admitted.wait_for({stores_.freed(load_store_.release(), load_store_), StallReason::kOrder});
  }
  const Cycle issued = issue(uop, at, able, admitted, false);
  stores_.write_until(issued, load_store_);
  Loaded loaded = load_store_.access(pc, address, uop.bytes, issued);
  if (store != nullptr && LoadStoreUnit::must_forward(*store, issued)) {
    const bool runs_again = !predicted && !store->seen_by(issued);
    if constexpr (P::kPremises) {
      if (load_store_.foreseen(predicted, pc) != Foreseen::kNothing)
        probe_.premises().forward_predicted_latency.only_this();
    }
    loaded = load_store_.forward(*store, predicted, pc, address, uop.bytes, issued, loaded.ready);
    if constexpr (P::kOn) {
      if (runs_again) probe_.flushed(key_, store->issued);
    }
  }
  if (misled) [[unlikely]] {
    loaded.ready = std::max(loaded.ready, load_store_.run_again(issued));
    if constexpr (P::kOn) probe_.flushed(key_, issued);
  }
  const Cycle done = loaded.ready + uop.latency;
  complete(uop, at, done, loaded.cause, loaded.base_sooner, false);
  // Who waits for its entry waits for what it waited for.
  may_fail_.wait_for({done, loaded.cause});
  loads_[number % loads_.size()] = may_fail_;
}

template <Probe P>
inline void BasicFastCore<P>::execute_store(const UopInfo& uop, const Waiting& at, Cycle able,
                                            std::uint64_t pc) {
  StoreRecord& store = load_store_.add_store(uop, pc, address_ + uop.offset);
  store.addressed_by(at.placed);
  for (unsigned s = 0; s < uop.source_count; ++s) {
    if (uop.addresses(s)) store.addressed_by(values_.as(uop.sources[s]));
  }
  Admission admitted{able, uop.port_reason};
  if (const std::uint64_t before = load_store_.store_before(store.sequence); before != 0) {
    admitted.wait_for({stores_.freed(before, load_store_), StallReason::kStoreBuffer});
  }
  store.issued = issue(uop, at, able, admitted, false);
  group_->store_sequence = store.sequence;
  const Cycle done = store.issued + uop.latency;
  complete(uop, at, done, uop.work, 0, false);
  may_fail_.wait_for({done, uop.work});
}

template class BasicFastCore<NoProbe>;
template class BasicFastCore<PipeTrace>;
template class BasicFastCore<AttributionProbe>;
template class BasicFastCore<PremiseProbe>;
template class BasicFastCore<CyclesProbe>;

}  // namespace m2sim::timing
