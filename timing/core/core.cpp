#include "timing/core/core.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "timing/pipe/charges.h"
#include "timing/probe/attribution.h"
#include "timing/probe/pipe_trace.h"

namespace m2sim::timing {

template <Probe P>
BasicCore<P>::BasicCore(const CoreConfig& config, P probe)
    : probe_(std::move(probe)),
      parts_(config),
      window_(config),
      retirement_(config.rob),
      load_store_(config, parts_.memory),
      steering_(config),
      schedulers_(config, steering_),
      ring_(config.rob) {}

template <Probe P>
void BasicCore<P>::consume(const emu::RetiredBatch& batch) {
  if (parts_.begin(batch)) {
    drain();
    parts_.switch_context();
    if constexpr (P::kOn) probe_.entered(parts_.context.task(), parts_.context.space());
  }
  input_.records = emu::RecordReader(batch);
  if (parts_.fetch.window_open()) fetch();  // the cycle in which the last batch ended goes on
  while (input_.records != std::default_sentinel || !parts_.fetch.needs_record()) {
    tick();
  }
}

template <Probe P>
void BasicCore<P>::drain() {
  input_.ended = true;
  while (!fetched_.packets.empty() || !window_.empty()) tick();
  input_.ended = false;
}

template <Probe P>
void BasicCore<P>::finish() {
  drain();
  const Cycle end = std::max(retirement_.last(), parts_.ledger.now() + 1);
  stop_ = {StallReason::kDrain, {}};
  lose(end, StallReason::kDrain, {});
}

template <Probe P>
void BasicCore<P>::tick() {
  now_ = parts_.ledger.now();
  active_ = false;
  retire();
  complete();
  issue();
  dispatch();
  rename();
  fetch();
  end_cycle();
}

// Rename's slots that are left are lost, and if nothing moved, so are those up to the next event.
template <Probe P>
inline void BasicCore<P>::end_cycle() {
  if (parts_.ledger.now() != now_) return;
  Cycle next = now_ + 1;
  if (!active_ && !schedulers_.any_ready()) {
    next = std::max(next, next_event());
    assert(next != kNever);
  }
  if (stop_.full) {
    next == now_ + 1 ? charge_cycle() : charge_oldest(next);
  } else {
    lose(next, stop_.reason, culprit());
  }
}

template <Probe P>
inline void BasicCore<P>::lose(Cycle end, StallReason reason, const Culprit& culprit) {
  SlotLedger& ledger = parts_.ledger;
  if constexpr (P::kOn)
    probe_.lost({reason, ledger.now(), ledger.free_until(end), culprit.pc, culprit.record});
  if (stop_.full) {
    ledger.advance(end, reason, *stop_.full);
  } else {
    ledger.advance(end, reason);
  }
}

// The cycles up to `end` go to what the uops of the oldest group wait for, one after the other.
template <Probe P>
void BasicCore<P>::charge_oldest(Cycle end) {
  Cycle from = now_;
  const unsigned issuing = window_.empty() ? 0 : window_.oldest().issuing;
  for (unsigned i = 0; i < issuing && from < end; ++i) {
    const InFlight& entry = ring_.at(oldest_sequence_ + i);
    if (entry.result.ready <= from) continue;
    from = charge(entry.wait(), *entry.info, from, end,
                  [&](Cycle until, StallReason reason) { lose(until, reason, culprit_of(entry)); });
  }
  if (from < end) lose(end, StallReason::kRetire, next_to_rename());
}

// The same for this cycle alone, as most are.
template <Probe P>
void BasicCore<P>::charge_cycle() {
  const Cycle end = now_ + 1;
  if (!window_.empty()) {
    const unsigned issuing = window_.oldest().issuing;
    for (unsigned i = 0; i < issuing; ++i) {
      const InFlight& entry = ring_.at(oldest_sequence_ + i);
      if (entry.result.ready > now_)
        return lose(end, charged_to(entry.wait(), *entry.info, now_), culprit_of(entry));
    }
  }
  lose(end, StallReason::kRetire, next_to_rename());
}

template <Probe P>
inline void BasicCore<P>::retire() {
  while (!window_.empty()) {
    RetireGroup& oldest = window_.oldest();
    if (oldest.unissued != 0 || oldest.complete > now_ || !retirement_.take(now_, oldest.needs)) break;
    if constexpr (P::kOn) probe_.retired(window_.oldest_number(), now_);
    retire_group(oldest);
  }
  if (!load_store_.loads_may_wait(sleepers_.last_freed_load())) return;
  sleepers_.free_loads(ring_, oldest_sequence_, now_,
                       [this](const InFlight& load) { free_load(load.memory_number, load.facts.work); });
}

template <Probe P>
inline void BasicCore<P>::retire_group(RetireGroup& group) {
  active_ = true;
  // A load opens its group.
  if (group.load_number > sleepers_.last_freed_load())
    free_load(group.load_number, ring_.at(oldest_sequence_).facts.work);
  if (group.store_sequence != 0) {
    const Cycle freed = load_store_.commit(group.store_sequence, now_);
    sleepers_.written(group.store_sequence, ring_,
                      [&](InFlight& entry) { postpone(entry, std::max(freed, now_)); });
  }
  oldest_sequence_ += group.issuing;
  window_.release();
  stopped_until_ &= ~kRetires;
}

// Who waits for a load's queue entry waits for what it waited for.
template <Probe P>
void BasicCore<P>::free_load(std::uint64_t number, StallReason work) {
  sleepers_.free_load(number);
  std::uint32_t& sleeper = sleepers_.load(load_store_.load_behind(number));
  if (sleeper == 0) return;
  InFlight& entry = ring_.at_index(sleeper - 1);
  sleeper = 0;
  entry.held = work;
  postpone(entry, now_);
}

template <Probe P>
inline void BasicCore<P>::complete() {
  wheel_.drain(ring_, now_, [this](std::uint32_t index) {
    const InFlight& entry = ring_.at_index(index);
    if (entry.ready > now_) {
      schedule(index, entry);
    } else {
      schedulers_.wake(entry);
    }
  });
  schedulers_.begin_cycle(now_);
}

template <Probe P>
inline void BasicCore<P>::issue() {
  const auto execute_on = [this](InFlight & entry, unsigned queue, unsigned scheduler, unsigned port)
      __attribute__((always_inline)) {
    if constexpr (P::kOn) probe_.issued(ring_.index_of(entry), now_, steering_.queue(queue).port_name[port]);
    queues_[queue].room_in(scheduler);
    execute(entry);
  };
  schedulers_.pick(
      now_, ring_, [this](InFlight& entry) { return may_issue(entry); }, execute_on);
}

template <Probe P>
inline void BasicCore<P>::dispatch() {
  for (unsigned q = 0; q < steering_.queues(); ++q) {
    if (queues_[q].next_look() > now_) continue;
    const QueueLane& lane = steering_.queue(q);
    const auto enter = [&](const QueuedUop& uop, unsigned scheduler) __attribute__((always_inline)) {
      --queued_[q];
      if ((stopped_until_ & 1U << q) != 0) stopped_until_ = 0;
      enter_scheduler(uop, lane.scheduler_name[scheduler]);
    };
    queues_[q].leave(now_, lane, schedulers_.waiting(q), enter);
  }
}

template <Probe P>
inline void BasicCore<P>::enter_scheduler(const QueuedUop& uop, std::uint8_t scheduler) {
  active_ = true;
  InFlight& entry = ring_.at_index(uop.key);
  entry.ports = uop.ports;
  schedulers_.insert(entry, scheduler, ring_);
  entry.ready = std::max(entry.ready, now_ + steering_.issue_delay());
  if (entry.facts.is(kUopStore)) load_store_.store(entry.memory_number).know(now_ + steering_.issue_delay());
  if constexpr (P::kOn) probe_.dispatched(uop.key, now_);
  if (--entry.pending == 0) become_able(uop.key, entry);
}

template <Probe P>
inline void BasicCore<P>::fetch() {
  Fetch& fetch = parts_.fetch;
  if (!fetch.window_open()) {
    if (now_ < fetch.next_cycle() || !parts_.buffer.has_room() || input_.ended) return;
    fetch.open_window(now_);
    active_ = true;
  }
  while (fetch.window_open()) {
    if (fetch.needs_record() && !next_record()) return;
    const Packet packet = fetch.take();
    fetched_.packets.push(packet);
    parts_.buffer.fetch(packet.insts);
    active_ = true;
  }
}

template <Probe P>
bool BasicCore<P>::next_record() {
  if (input_.records == std::default_sentinel) return false;
  const emu::Record& record = *input_.records;
  for (unsigned i = 0; i < record.block->mem_count; ++i) {
    fetched_.addresses.push(parts_.context.locate(record.addresses[i]));
  }
  const CrackedBlock& block = parts_.begin(record);
  if constexpr (P::kOn) probe_.executes(record, block, parts_.fetch.record());
  ++input_.records;
  return true;
}

// The next cycle in which anything can happen, seen from a cycle in which nothing did.
template <Probe P>
Cycle BasicCore<P>::next_event() const {
  Cycle next = std::min(wheel_.next(now_), schedulers_.next_due(now_));
  if (!window_.empty() && window_.oldest().unissued == 0) next = std::min(next, window_.oldest().complete);
  const auto later = [&](Cycle cycle) {
    if (cycle > now_) next = std::min(next, cycle);
  };
  if (!fetched_.packets.empty()) later(fetched_.packets.front().available);
  for (unsigned q = 0; q < steering_.queues(); ++q) later(queues_[q].next_look());
  later(serialization_.until());
  if (load_store_.loads_may_wait(sleepers_.last_freed_load())) later(sleepers_.next_free(ring_));
  if (parts_.buffer.has_room() && !input_.ended) next = std::min(next, parts_.fetch.next_cycle());
  return next;
}

// Decode and rename, in order, up to rename.width slots a cycle.
template <Probe P>
inline void BasicCore<P>::rename() {
  if (stopped_until_ != 0) return;
  for (;;) {
    if (fetched_.packets.empty()) {
      stop_ = {input_.ended ? StallReason::kDrain : parts_.fetch.reason(), {}};
      return;
    }
    Packet& packet = fetched_.packets.front();
    if (packet.available > now_) {
      stop_ = {packet.reason, {}};
      return;
    }
    if (packet.begin != packet.end && !rename_packet(packet)) return;
    fetched_.packets.pop();
  }
}

// A load or store without a queue entry sleeps until the one that it will get is free, and an acquire until
// the release before it has written.
template <Probe P>
inline bool BasicCore<P>::may_issue(InFlight& entry) {
  if (!entry.facts.memory()) return true;
  if (entry.facts.is(kUopLoad)) {
    if (load_store_.load_before(entry.memory_number) > sleepers_.last_freed_load()) {
      sleepers_.load(entry.memory_number) = ring_.index_of(entry) + 1;
      entry.held = entry.facts.work;
    } else if ((entry.release == 0 || !waits_for_release(entry)) && (!entry.ahead || reads_ahead(entry))) {
      return true;
    }
  } else if (entry.facts.is(kUopStore)) {
    const std::uint64_t before = load_store_.store_before(entry.memory_number);
    if (before == 0 || !waits_for(load_store_.store(before), entry, StallReason::kStoreBuffer)) return true;
  } else {
    return true;
  }
  schedulers_.sleep(entry);
  return false;
}

template <Probe P>
bool BasicCore<P>::waits_for_release(InFlight& entry) {
  const StoreRecord& release = load_store_.store(entry.release);
  return InFlight::same(entry.release, release.sequence) && waits_for(release, entry, StallReason::kOrder);
}

// A load that was foretold right, able but for its registers: false if another one reads ahead in this cycle.
template <Probe P>
bool BasicCore<P>::reads_ahead(InFlight& entry) {
  const bool known = entry.unaddressed == 0 && entry.addressed() <= now_;
  if (known || load_store_.read_ahead(now_, now_ + 1) == now_) return true;
  postpone(entry, now_ + 1);
  return false;
}

// Until the store has written: when that is, is known once it has retired.
template <Probe P>
inline bool BasicCore<P>::waits_for(const StoreRecord& store, InFlight& entry, StallReason held) {
  if (store.freed <= now_) return false;
  if (store.freed == kNever) {
    sleepers_.sleep_until_written(store.sequence, ring_, entry);
  } else {
    postpone(entry, store.freed);
  }
  entry.held = held;
  return true;
}

template <Probe P>
inline void BasicCore<P>::execute(InFlight& entry) {
  active_ = true;
  entry.issued = now_;
  if (entry.penalty != 0) parts_.fetch.redirect(now_, entry.penalty);
  if (entry.facts.memory()) return execute_memory(entry);
  publish(entry, {now_, 0, entry.facts.work});
}

template <Probe P>
void BasicCore<P>::execute_memory(InFlight& entry) {
  // All others issue as soon as they are able and have a port.
  entry.held = held_by(entry.facts, entry.able, {entry.ready, entry.held}, now_);
  if (entry.facts.is(kUopLoad)) return execute_load(entry);
  if (entry.facts.is(kUopStore)) load_store_.store(entry.memory_number).issued = now_;
  const bool prefetches = entry.facts.is(kUopPrefetch);
  const Cycle done = prefetches ? load_store_.prefetch(entry.address, now_) : now_;
  publish(entry, {done, 0, entry.facts.work});
}

template <Probe P>
inline void BasicCore<P>::execute_load(InFlight& entry) {
  const Loaded loaded = load_store_.access(entry.pc, entry.address, entry.info->bytes, now_);
  if (entry.store != 0) {
    const StoreRecord& store = load_store_.store(entry.store);
    if (InFlight::same(entry.store, store.sequence) && LoadStoreUnit::must_forward(store, now_)) {
      entry.ready = loaded.ready;
      if (store.issued != kNever) return forward(entry, store);
      // The load overtakes the store: it runs again once the store has executed.
      InFlight& producer = ring_.at_index(store.entry);
      entry.next[kInputViolation] = producer.waiters;
      producer.waiters = waiter_link(ring_.index_of(entry), kInputViolation);
      return;
    }
  }
  publish_load(entry, loaded);
}

// Each violation has what is behind it renamed again, so what counts is what the predictor says when the
// store issues: whether the load, which has waited for it since it was renamed, would have.
template <Probe P>
Cycle BasicCore<P>::behind_store(InFlight& entry, const StoreRecord& store) {
  if (load_store_.foresees(entry.pc) || entry.ahead) return load_store_.ready_behind(store);
  entry.predicted = false;
  entry.overtook = true;
  entry.overtaking() = entry.ready;
  return store.issued;
}

// False: the store has issued.
template <Probe P>
bool BasicCore<P>::wait_behind(const StoreRecord& store, std::uint32_t index, InFlight& entry) {
  if (store.issued != kNever) {
    entry.ready = std::max(entry.ready, load_store_.ready_behind(store));
    return false;
  }
  InFlight& producer = ring_.at_index(store.entry);
  entry.next[kInputStore] = producer.waiters;
  producer.waiters = waiter_link(index, kInputStore);
  return true;
}

// A store for which a load was made to wait has issued: one that it needs, or one that it was expected to
// need and does not, behind which comes the one that it needs. False: for that it waits now.
template <Probe P>
bool BasicCore<P>::issue_behind(const InFlight& producer, std::uint32_t index, InFlight& entry) {
  const StoreRecord& issued = load_store_.store(producer.memory_number);
  if (entry.predicted && InFlight::same(entry.store, issued.sequence)) {
    entry.ready = std::max(entry.ready, behind_store(entry, issued));
    return true;
  }
  if (load_store_.ready_behind(issued) > entry.ready) {
    entry.ready = load_store_.ready_behind(issued);
    // Unless something else is still to come.
    if (entry.pending == 1) load_store_.waited_in_vain(entry.pc);
  }
  if (!entry.predicted) return true;
  const StoreRecord& needed = load_store_.store(entry.store);
  return !InFlight::same(entry.store, needed.sequence) || !wait_behind(needed, index, entry);
}

template <Probe P>
inline void BasicCore<P>::publish_load(InFlight& entry, Loaded loaded) {
  if (entry.misled) [[unlikely]] {
    loaded.ready = std::max(loaded.ready, load_store_.run_again(entry.issued));
    if constexpr (P::kOn) probe_.flushed(ring_.index_of(entry), now_);
  }
  publish(entry, loaded);
}

template <Probe P>
void BasicCore<P>::forward(InFlight& entry, const StoreRecord& store) {
  const std::uint64_t violations = load_store_.counts().order_violations;
  const Cycle issued = entry.overtook ? entry.overtaking() : entry.issued;
  const Loaded loaded = load_store_.forward(store, entry.predicted, entry.pc, entry.address,
                                            entry.info->bytes, issued, entry.ready);
  if constexpr (P::kOn) {
    if (load_store_.counts().order_violations != violations) probe_.flushed(ring_.index_of(entry), now_);
  }
  publish_load(entry, loaded);
}

template <Probe P>
inline void BasicCore<P>::publish(InFlight& entry, const Loaded& loaded) {
  const Cycle ready = loaded.ready + entry.facts.latency;
  entry.result = result_of(entry.facts, ready, loaded.base_sooner);
  entry.facts.work = loaded.cause;
  RetireGroup& group = window_.group(entry.group);
  group.complete_by(ready);
  if constexpr (P::kOn) {
    probe_.completed(ring_.index_of(entry), ready);
    probe_.waited(ring_.index_of(entry), entry.able, entry.held, entry.facts.work);
  }
  --group.unissued;
  if (entry.waiters != kNoWaiter) wake_waiters(entry);
}

template <Probe P>
inline void BasicCore<P>::wake_waiters(InFlight& producer) {
  WaiterLink link = producer.waiters;
  producer.waiters = kNoWaiter;
  while (link != kNoWaiter) {
    const std::uint32_t index = waiting_index(link);
    const unsigned input = waiting_input(link);
    const WaiterLink here = link;
    InFlight& entry = ring_.at_index(index);
    link = entry.next[input];
    if (input == kInputViolation) [[unlikely]] {
      entry.predicted = load_store_.foresees(entry.pc);
      forward(entry, load_store_.store(entry.store));
      continue;
    }
    if (input == kInputStore) [[unlikely]] {
      if (issue_behind(producer, index, entry) && --entry.pending == 0) become_able(index, entry);
      continue;
    }
    const Cycle time = producer.result.as(waiting_role(here));
    if (waiting_for_address(here) && entry.ahead) [[unlikely]] {
      entry.know_address(time);
      continue;
    }
    entry.ready = std::max(entry.ready, time);
    if (waiting_for_address(here)) load_store_.store(entry.memory_number).know(time);
    if (--entry.pending == 0) become_able(index, entry);
  }
}

template class BasicCore<NoProbe>;
template class BasicCore<PipeTrace>;
template class BasicCore<AttributionProbe>;

}  // namespace m2sim::timing
